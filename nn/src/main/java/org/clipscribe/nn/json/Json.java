package org.clipscribe.nn.json;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Document;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/// Strict JSON into plain Java values: `Map` (in file order), `List`, `String`, `Long`, `Double`,
/// `Boolean`, `null`.
///
/// Stricter than the parser below it is by default: UTF-8 only and without a byte order mark, no
/// repeated names (also not via escapes), nothing after the document, integers that fit a `long`,
/// bounded depth, names and numbers.
public final class Json {
  /// Deep enough for every configuration file seen (4), far from what a stack minds.
  private static final int MAX_DEPTH = 64;

  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(100)
                  .maxNameLength(10_000)
                  .build())
          .build();

  private Json() {}

  /// Reads a file that must hold one JSON object.
  ///
  /// @throws BadInputException when the file is missing, unreadable, too large or not such a
  ///     document
  public static JsonObject readObject(Path file) {
    return readObject(Document.read(file, "a JSON document"));
  }

  /// The same of a file in memory.
  public static JsonObject readObject(Document document) {
    return parseObject(document.bytes(), document.origin());
  }

  /// Parses one JSON object.
  ///
  /// @param utf8 the whole document
  /// @param origin named in errors
  public static JsonObject parseObject(byte[] utf8, String origin) {
    if (parse(utf8, origin) instanceof Map<?, ?> map) {
      @SuppressWarnings("unchecked") // parse makes maps with string keys only
      Map<String, @Nullable Object> object = (Map<String, @Nullable Object>) map;
      return new JsonObject(origin, "", object);
    }
    throw new BadInputException(origin, "bad JSON: expected an object at the top");
  }

  /// Parses one JSON document of any kind.
  public static @Nullable Object parse(byte[] utf8, String origin) {
    // Decoded here, because the parser would accept UTF-16, a byte order mark and overlong
    // sequences.
    CharBuffer text;
    try {
      text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(utf8));
    } catch (CharacterCodingException e) {
      throw new BadInputException(origin, "bad JSON: not UTF-8", e);
    }
    try (JsonParser parser =
        FACTORY.createParser(
            ObjectReadContext.empty(), text.array(), text.arrayOffset(), text.remaining())) {
      if (parser.nextToken() == null) {
        throw new BadInputException(origin, "bad JSON: empty document");
      }
      Object value = value(parser, origin);
      if (parser.nextToken() != null) {
        throw new BadInputException(origin, "bad JSON: something follows the document");
      }
      return value;
    } catch (JacksonException e) {
      throw new BadInputException(origin, "bad JSON: " + firstLine(e.getOriginalMessage()), e);
    }
  }

  /// One document on one line: what [#parse] reads back as the same values.
  ///
  /// @param value `Map` (written in its own order), collection, `String`, `Integer`, `Long`, finite
  ///     `Float` or `Double`, `Boolean` or `null`, nested as deep as wanted
  /// @throws IllegalArgumentException for a value of any other kind, also NaN and the infinities
  public static String write(@Nullable Object value) {
    return JsonText.compact(value);
  }

  /// The same values for people: members of objects on lines of their own, indented by two spaces,
  /// a line feed at the end.
  public static String writePretty(@Nullable Object value) {
    return JsonText.pretty(value);
  }

  /// The value whose first token is the current one; the last one is current afterwards.
  static @Nullable Object value(JsonParser parser, String origin) {
    JsonToken token = parser.currentToken();
    return switch (token) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          object.put(name, value(parser, origin));
        }
        yield Collections.unmodifiableMap(object);
      }
      case START_ARRAY -> {
        List<@Nullable Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          array.add(value(parser, origin));
        }
        yield Collections.unmodifiableList(array);
      }
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT -> {
        try {
          yield Long.parseLong(parser.getString());
        } catch (NumberFormatException e) {
          throw new BadInputException(
              origin, "bad JSON: integer " + parser.getString() + " is out of range", e);
        }
      }
      case VALUE_NUMBER_FLOAT -> Double.parseDouble(parser.getString());
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw new BadInputException(origin, "bad JSON: unexpected " + token);
    };
  }

  static String firstLine(String message) {
    return message.lines().findFirst().orElse("syntax error");
  }
}
