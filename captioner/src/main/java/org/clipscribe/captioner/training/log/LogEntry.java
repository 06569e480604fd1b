package org.clipscribe.captioner.training.log;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;

/// One line of `log.jsonl`.
sealed interface LogEntry {
  long step();

  String name();

  /// The line without its line feed.
  String json();

  record Scalar(long step, String name, double value) implements LogEntry {
    @Override
    public String json() {
      // JSON has no NaN: what is no number there is written as a string.
      return line(this, "value", Double.isFinite(value) ? value : Double.toString(value));
    }
  }

  /// @param file where the picture is, from the folder of the log
  record Picture(long step, String name, String file) implements LogEntry {
    @Override
    public String json() {
      return line(this, "picture", file);
    }
  }

  record Text(long step, String name, String text) implements LogEntry {
    @Override
    public String json() {
      return line(this, "text", text);
    }
  }

  private static String line(LogEntry entry, String kind, Object value) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("step", entry.step());
    line.put("name", entry.name());
    line.put(kind, value);
    return Json.write(line);
  }

  /// Reads a line back; empty when it is none.
  static Optional<LogEntry> parse(String line) {
    try {
      JsonObject object = Json.parseObject(line.getBytes(StandardCharsets.UTF_8), "log");
      if (!(object.get("step") instanceof Long step)) {
        return Optional.empty();
      }
      String name = object.string("name");
      if (object.has("text")) {
        return Optional.of(new Text(step, name, object.string("text")));
      }
      if (object.has("picture")) {
        return Optional.of(new Picture(step, name, object.string("picture")));
      }
      double value =
          object.get("value") instanceof String special
              ? Double.parseDouble(special)
              : object.number("value");
      return Optional.of(new Scalar(step, name, value));
    } catch (BadInputException | NumberFormatException _) {
      return Optional.empty();
    }
  }
}
