package org.clipscribe.media;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;

/// Golden files on the test class path.
final class Resources {
  private Resources() {}

  static Path path(String name) {
    URL url = Objects.requireNonNull(Resources.class.getResource("/" + name), name);
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] bytes(String name) {
    try {
      return Files.readAllBytes(path(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonObject json(String name) {
    return Json.readObject(path(name));
  }

  /// An object in an array of a golden JSON file; whatever a test asks for must be there.
  record Row(Map<?, ?> values) {
    Object get(String name) {
      return Objects.requireNonNull(values.get(name), name);
    }

    String text(String name) {
      return (String) get(name);
    }

    List<?> list(String name) {
      return (List<?>) get(name);
    }

    double number(String list, int index) {
      return ((Number) Objects.requireNonNull(list(list).get(index))).doubleValue();
    }

    @Override
    public String toString() {
      return String.valueOf(values.containsKey("name") ? get("name") : get("file"));
    }
  }

  static List<Row> rows(JsonObject object, String array) {
    return object.list(array).stream()
        .map(row -> new Row((Map<?, ?>) Objects.requireNonNull(row)))
        .toList();
  }
}
