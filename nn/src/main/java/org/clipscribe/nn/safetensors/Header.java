package org.clipscribe.nn.safetensors;

import static org.clipscribe.nn.BadInputException.quote;

import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.DType;
import org.clipscribe.nn.TensorInfo;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/// The JSON part of a safetensors file, parsed as a stream and checked: whatever passes describes
/// exactly the bytes that follow it.
///
/// @param entries tensors in header order
/// @param metadata the strings of `__metadata__`
record Header(Map<String, Entry> entries, Map<String, String> metadata) {
  /// @param begin first byte, counted from the start of the data
  record Entry(TensorInfo info, long begin) {
    long end() {
      return begin + info.byteSize();
    }
  }

  static final String METADATA = "__metadata__";

  /// More than any checkpoint has (the largest models have 100,000 in hundreds of files). With the
  /// next limit this keeps what a hostile 100 MB header makes of itself below 256 MB and a second.
  private static final int MAX_TENSORS = 250_000;

  private static final int MAX_METADATA = 100_000;

  /// As many axes as NumPy 1 knows.
  private static final int MAX_RANK = 32;

  private static final List<DType> DTYPES = List.of(DType.values());

  // Names are all different, so a table of them would only be something to attack. Repeated names
  // are found below, where the message can say what is repeated.
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(4)
                  .maxNumberLength(100)
                  .maxNameLength(10_000)
                  .build())
          .build();

  /// @param json the header's bytes and no more
  /// @param dataBytes how many bytes follow the header
  /// @param origin named in errors
  static Header parse(InputStream json, long dataBytes, String origin) {
    // Decoded here, because the parser would accept UTF-16, a byte order mark and overlong
    // sequences.
    Reader text =
        new InputStreamReader(
            json,
            StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT));
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      Header header = new Parsing(parser, dataBytes, origin).header();
      header.checkCoverage(dataBytes, origin);
      return header;
    } catch (JacksonException e) {
      throw new BadInputException(origin, "bad header: bad JSON" + where(e) + ": " + why(e), e);
    }
  }

  private static String where(JacksonException e) {
    @Nullable TokenStreamLocation location = e.getLocation(); // not there for broken limits
    return location == null ? "" : " near character " + location.getCharOffset();
  }

  private static String why(JacksonException e) {
    return e.getCause() instanceof CharacterCodingException
        ? "not UTF-8"
        : e.getOriginalMessage().lines().findFirst().orElse("syntax error");
  }

  /// Spans must tile the data: no two overlap, nothing lies between, before or behind them.
  private void checkCoverage(long dataBytes, String origin) {
    List<Map.Entry<String, Entry>> spans = new ArrayList<>(entries.entrySet());
    spans.sort(
        Comparator.<Map.Entry<String, Entry>>comparingLong(span -> span.getValue().begin())
            .thenComparingLong(span -> span.getValue().end()));
    long covered = 0;
    String previous = "";
    for (Map.Entry<String, Entry> span : spans) {
      long begin = span.getValue().begin();
      if (begin < covered) {
        throw new BadInputException(
            origin,
            "bad header: tensors %s and %s overlap at data offset %d"
                .formatted(quote(previous), quote(span.getKey()), begin));
      }
      if (begin > covered) {
        throw new BadInputException(
            origin,
            "bad header: data bytes %d to %d, before tensor %s, are not covered by any tensor"
                .formatted(covered, begin, quote(span.getKey())));
      }
      covered = span.getValue().end();
      previous = span.getKey();
    }
    if (covered != dataBytes) {
      throw new BadInputException(
          origin,
          "%d trailing bytes are not covered by any tensor; is this file complete and unchanged?"
              .formatted(dataBytes - covered));
    }
  }

  /// One pass over the tokens.
  private record Parsing(JsonParser parser, long dataBytes, String origin) {
    Header header() {
      Map<String, Entry> entries = new LinkedHashMap<>();
      Map<String, String> metadata = null;
      enter(JsonToken.START_OBJECT, "an object");
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        if (name.equals(METADATA)) {
          if (metadata != null) {
            throw refuse("duplicate " + METADATA);
          }
          metadata = metadata();
        } else if (entries.put(name, entry(name)) != null) {
          throw refuse("duplicate tensor name " + quote(name));
        } else if (entries.size() > MAX_TENSORS) {
          throw refuse("more than " + MAX_TENSORS + " tensors");
        }
      }
      if (parser.nextToken() != null) {
        throw refuse("something follows the JSON object");
      }
      return new Header(
          Collections.unmodifiableMap(entries),
          metadata == null ? Map.of() : Collections.unmodifiableMap(metadata));
    }

    private Map<String, String> metadata() {
      Map<String, String> strings = new LinkedHashMap<>();
      enter(JsonToken.START_OBJECT, "an object");
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String key = parser.currentName();
        enter(JsonToken.VALUE_STRING, "a string");
        if (strings.put(key, parser.getString()) != null) {
          throw refuse("duplicate key" + place());
        }
        if (strings.size() > MAX_METADATA) {
          throw refuse("more than " + MAX_METADATA + " strings" + place());
        }
      }
      return strings;
    }

    private Entry entry(String name) {
      DType dtype = null;
      List<Long> shape = null;
      List<Long> offsets = null;
      enter(JsonToken.START_OBJECT, "an object");
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String key = parser.currentName();
        boolean repeated =
            switch (key) {
              case "dtype" -> dtype != null;
              case "shape" -> shape != null;
              case "data_offsets" -> offsets != null;
              default -> throw refuse("unknown key" + place());
            };
        if (repeated) {
          throw refuse("duplicate key" + place());
        }
        switch (key) {
          case "dtype" -> dtype = dtype();
          case "shape" -> shape = integers(MAX_RANK);
          default -> offsets = integers(2);
        }
      }
      if (dtype == null || shape == null || offsets == null || offsets.size() != 2) {
        throw refuse("tensor " + quote(name) + " lacks dtype, shape or two data_offsets");
      }
      return span(name, dtype, shape, offsets.get(0), offsets.get(1));
    }

    private Entry span(String name, DType dtype, List<Long> shape, long begin, long end) {
      TensorInfo info;
      try {
        info = new TensorInfo(dtype, shape);
      } catch (IllegalArgumentException e) {
        throw refuse("tensor " + quote(name) + ": " + e.getMessage());
      }
      if (begin < 0 || end < begin || end > dataBytes) {
        throw refuse(
            "tensor %s has data_offsets [%d, %d], but there are %d data bytes; is the file cut?"
                .formatted(quote(name), begin, end, dataBytes));
      }
      if (info.byteSize() != end - begin) {
        throw refuse(
            "tensor %s, dtype and shape %s, needs %d bytes, but its data_offsets span %d"
                .formatted(quote(name), info, info.byteSize(), end - begin));
      }
      return new Entry(info, begin);
    }

    private DType dtype() {
      enter(JsonToken.VALUE_STRING, "a string");
      String name = parser.getString();
      for (DType dtype : DTYPES) {
        if (dtype.name().equals(name)) {
          return dtype;
        }
      }
      throw refuse("unknown dtype " + quote(name) + place());
    }

    private List<Long> integers(int most) {
      enter(JsonToken.START_ARRAY, "an array");
      List<Long> values = new ArrayList<>(4);
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        check(JsonToken.VALUE_NUMBER_INT, "an integer");
        if (values.size() == most) {
          throw refuse("more than " + most + " numbers" + place());
        }
        values.add(parser.getLongValue()); // an integer that fits, or an error
      }
      return values;
    }

    private void enter(JsonToken expected, String description) {
      parser.nextToken();
      check(expected, description);
    }

    private void check(JsonToken expected, String description) {
      @Nullable JsonToken found = parser.currentToken();
      if (found != expected) {
        throw refuse("expected " + description + place());
      }
    }

    /// Where the parser is, like ` at "/wte.weight/shape/0"`; put together for errors only.
    private String place() {
      String path = parser.streamReadContext().pathAsPointer().toString();
      return path.isEmpty() ? " at the top" : " at " + quote(path);
    }

    private BadInputException refuse(String cause) {
      return new BadInputException(origin, "bad header: " + cause);
    }
  }
}
