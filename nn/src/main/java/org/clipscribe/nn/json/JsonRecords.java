package org.clipscribe.nn.json;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.clipscribe.nn.BadInputException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/// A JSON document of any size that is made of long lists of small objects, read one object at a
/// time: the elements of an array at the top, or of arrays that are members of an object at the
/// top. Whatever else the document holds is passed over, but must be JSON.
///
/// As strict as [Json], but for a byte order mark, which is passed over. Memory is that of the
/// largest element.
public final class JsonRecords implements AutoCloseable {
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private final String origin;
  private final Set<String> wanted;
  private final JsonParser parser;

  /// Whether the document is an object, of which lists are members.
  private boolean object;

  private boolean started;
  private boolean inList;
  private String list = "";
  private long index;
  private long line;
  private @Nullable Object value;

  private JsonRecords(String origin, Set<String> wanted, JsonParser parser) {
    this.origin = origin;
    this.wanted = wanted;
    this.parser = parser;
  }

  /// @param in closed with this
  /// @param origin named in errors
  /// @param wanted the lists to read when the document is an object
  public static JsonRecords open(InputStream in, String origin, Set<String> wanted)
      throws IOException {
    PushbackInputStream bytes = new PushbackInputStream(in, BYTE_ORDER_MARK.length);
    byte[] start = bytes.readNBytes(BYTE_ORDER_MARK.length);
    if (!Arrays.equals(start, BYTE_ORDER_MARK)) {
      bytes.unread(start);
    }
    // Decoded here, because the parser would accept UTF-16 and overlong sequences.
    Reader text =
        new InputStreamReader(
            bytes,
            StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT));
    return new JsonRecords(
        origin, wanted, Json.FACTORY.createParser(ObjectReadContext.empty(), text));
  }

  /// Moves on to the next element.
  ///
  /// @return whether there is one
  /// @throws BadInputException when the document is no JSON from here on, or neither an array nor
  ///     an object
  public boolean next() throws IOException {
    try {
      return advance();
    } catch (JacksonException e) {
      if (e.getCause() instanceof CharacterCodingException) {
        throw new BadInputException(origin, "bad JSON: not UTF-8", e);
      }
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new BadInputException(
          origin,
          "bad JSON in line %d: %s"
              .formatted(
                  parser.currentLocation().getLineNr(), Json.firstLine(e.getOriginalMessage())),
          e);
    } catch (UncheckedIOException e) {
      throw Objects.requireNonNull(e.getCause());
    }
  }

  private boolean advance() {
    if (!started) {
      start();
    }
    while (true) {
      if (inList) {
        JsonToken token = parser.nextToken();
        if (token != JsonToken.END_ARRAY) {
          index++;
          line = parser.currentTokenLocation().getLineNr();
          value = Json.value(parser, origin);
          return true;
        }
        inList = false;
      }
      if (!object || !nextList()) {
        end();
        return false;
      }
    }
  }

  private void start() {
    started = true;
    JsonToken token = parser.nextToken();
    if (token == null) {
      throw new BadInputException(origin, "bad JSON: empty document");
    }
    object = token == JsonToken.START_OBJECT;
    if (!object && token != JsonToken.START_ARRAY) {
      throw new BadInputException(origin, "bad JSON: expected an object or an array at the top");
    }
    inList = !object;
    index = -1;
  }

  /// Enters the next member that is a wanted array.
  private boolean nextList() {
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      if (parser.nextToken() == JsonToken.START_ARRAY && wanted.contains(name)) {
        list = name;
        index = -1;
        inList = true;
        return true;
      }
      parser.skipChildren();
    }
    return false;
  }

  private void end() {
    if (parser.nextToken() != null) {
      throw new BadInputException(origin, "bad JSON: something follows the document");
    }
  }

  /// The member that the current element belongs to, `""` when the document is an array.
  public String list() {
    return list;
  }

  /// Index of the current element in its list, from 0.
  public long index() {
    return index;
  }

  /// The line in which the current element starts, from 1.
  public long line() {
    return line;
  }

  /// For messages: `line 5, images[2]`.
  public String place() {
    return "line %d, %s[%d]".formatted(line, list, index);
  }

  /// The current element.
  ///
  /// @throws BadInputException when it is no object
  public JsonObject value() {
    if (value instanceof Map<?, ?> map) {
      @SuppressWarnings("unchecked") // Json makes maps with string keys only
      Map<String, @Nullable Object> members = (Map<String, @Nullable Object>) map;
      return new JsonObject(origin + " " + place(), "", members);
    }
    throw new BadInputException(origin + " " + place(), "is not an object");
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
