package org.clipscribe.nn.json;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.clipscribe.nn.BadInputException;
import org.jspecify.annotations.Nullable;

/// A JSON object with typed reads that check kind and range and name file and path when they
/// refuse.
///
/// Absent and `null` are the same thing: Python writers put `null` where they mean "the default".
public final class JsonObject {
  private final String origin;
  private final String path;
  private final Map<String, @Nullable Object> values;

  /// @param origin named in errors, usually the file
  /// @param path where in the document this object stands, `""` at the top, else ending in a dot
  JsonObject(String origin, String path, Map<String, @Nullable Object> values) {
    this.origin = origin;
    this.path = path;
    this.values = values;
  }

  /// What this was read from, for error messages.
  public String origin() {
    return origin;
  }

  public boolean has(String name) {
    return values.get(name) != null;
  }

  /// Names in file order, also those whose value is `null`.
  public Set<String> names() {
    return values.keySet();
  }

  /// The raw value: `Map`, `List`, `String`, `Long`, `Double`, `Boolean` or `null`.
  public @Nullable Object get(String name) {
    return values.get(name);
  }

  /// The plain map behind this object.
  public Map<String, @Nullable Object> toMap() {
    return values;
  }

  public int integer(String name, int min, int max) {
    return switch (require(name)) {
      case Long value when value >= min && value <= max -> value.intValue();
      case Object value -> throw refuse(name, value, "an integer from " + min + " to " + max);
    };
  }

  /// @param absent what an absent value stands for; also within the range, as it often follows from
  ///     other values
  public int integer(String name, int min, int max, int absent) {
    if (has(name)) {
      return integer(name, min, max);
    }
    if (absent < min || absent > max) {
      throw new BadInputException(
          origin,
          "%s is absent and would be %d, expected an integer from %d to %d"
              .formatted(path + name, absent, min, max));
    }
    return absent;
  }

  public double number(String name) {
    return switch (require(name)) {
      case Long value -> value.doubleValue();
      case Double value when Double.isFinite(value) -> value;
      case Object value -> throw refuse(name, value, "a finite number");
    };
  }

  public double number(String name, double absent) {
    return has(name) ? number(name) : absent;
  }

  public boolean bool(String name, boolean absent) {
    if (!has(name)) {
      return absent;
    }
    if (require(name) instanceof Boolean value) {
      return value;
    }
    throw refuse(name, values.get(name), "true or false");
  }

  public String string(String name) {
    if (require(name) instanceof String value) {
      return value;
    }
    throw refuse(name, values.get(name), "a string");
  }

  public String string(String name, String absent) {
    return has(name) ? string(name) : absent;
  }

  public JsonObject object(String name) {
    if (require(name) instanceof Map<?, ?> map) {
      @SuppressWarnings("unchecked") // Json makes maps with string keys only
      Map<String, @Nullable Object> object = (Map<String, @Nullable Object>) map;
      return new JsonObject(origin, path + name + ".", object);
    }
    throw refuse(name, values.get(name), "an object");
  }

  /// An array of objects.
  public List<JsonObject> objects(String name) {
    List<JsonObject> objects = new ArrayList<>();
    for (Object element : list(name)) {
      if (!(element instanceof Map<?, ?> map)) {
        throw refuse(name, element, "an array of objects");
      }
      @SuppressWarnings("unchecked") // Json makes maps with string keys only
      Map<String, @Nullable Object> object = (Map<String, @Nullable Object>) map;
      objects.add(new JsonObject(origin, path + name + "[" + objects.size() + "].", object));
    }
    return objects;
  }

  public List<@Nullable Object> list(String name) {
    if (require(name) instanceof List<?> list) {
      return new ArrayList<>(list);
    }
    throw refuse(name, values.get(name), "an array");
  }

  /// An error about a value of this object: what was found, what is expected.
  public BadInputException refuse(String name, @Nullable Object found, String expected) {
    return new BadInputException(
        origin, path + name + " is " + shown(found) + ", expected " + expected);
  }

  private Object require(String name) {
    Object value = values.get(name);
    if (value == null) {
      throw new BadInputException(origin, path + name + " is missing");
    }
    return value;
  }

  private static String shown(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case String text -> "\"" + (text.length() > 40 ? text.substring(0, 40) + "..." : text) + "\"";
      case Map<?, ?> _ -> "an object";
      case List<?> _ -> "an array";
      default -> value.toString();
    };
  }
}
