package org.clipscribe.captioner.dataset;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.clipscribe.captioner.dataset.Problem.Reason;

/// Records of comma-separated values as RFC 4180 has them: fields in quotes may hold separators,
/// line breaks and, doubled, quotes.
///
/// A quote that is not closed within [#MOST_LINES] lines makes its line a bad row, and reading goes
/// on with the next line.
final class CsvRecords {
  /// The most lines of a record.
  static final int MOST_LINES = 100;

  private final Lines lines;
  private final String origin;
  private final char separator;
  private final Problems problems;

  /// Lines that were read and may have to be read again.
  private final Deque<Line> pending = new ArrayDeque<>();

  private record Line(long number, String text) {}

  CsvRecords(Lines lines, String origin, char separator, Problems problems) {
    this.lines = lines;
    this.origin = origin;
    this.separator = separator;
    this.problems = problems;
  }

  /// @param line the number of its first line
  record Fields(long line, List<String> values) {}

  /// The next record that can be read, without blank lines.
  Optional<Fields> next() throws IOException {
    for (Optional<Line> line = take(); line.isPresent(); line = take()) {
      if (!line.get().text.isBlank()) {
        Optional<Fields> fields = record(line.get());
        if (fields.isPresent()) {
          return fields;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<Line> take() throws IOException {
    return pending.isEmpty() ? fetch() : Optional.of(pending.removeFirst());
  }

  /// The next line of the file that is text.
  private Optional<Line> fetch() throws IOException {
    while (lines.next()) {
      try {
        return Optional.of(new Line(lines.number(), lines.text()));
      } catch (CharacterCodingException _) {
        problems.report(Reason.BAD_ROW, origin + " line " + lines.number(), "is not UTF-8");
      }
    }
    return Optional.empty();
  }

  private Optional<Fields> record(Line first) throws IOException {
    StringBuilder text = new StringBuilder(first.text);
    List<Line> used = new ArrayList<>();
    while (true) {
      Parsed found = split(text, separator);
      if (found.form == Form.COMPLETE) {
        return Optional.of(new Fields(first.number, found.values));
      }
      boolean open = found.form == Form.OPEN && used.size() < MOST_LINES;
      Optional<Line> more = open ? take() : Optional.empty();
      if (more.isEmpty()) {
        problems.report(
            Reason.BAD_ROW,
            origin + " line " + first.number,
            "has a quote that is not closed, or more behind one that is");
        used.reversed().forEach(pending::addFirst);
        return Optional.empty();
      }
      used.add(more.get());
      text.append('\n').append(more.get().text);
    }
  }

  /// How a text is a record.
  enum Form {
    COMPLETE,
    /// It ends within quotes.
    OPEN,
    /// Something else than a separator follows closing quotes.
    MALFORMED
  }

  /// @param values of a complete one
  record Parsed(Form form, List<String> values) {}

  static Parsed split(CharSequence text, char separator) {
    List<String> values = new ArrayList<>();
    StringBuilder value = new StringBuilder();
    int at = 0;
    while (true) {
      value.setLength(0);
      if (at < text.length() && text.charAt(at) == '"') {
        at = quoted(text, at + 1, value);
        if (at < 0) {
          return new Parsed(Form.OPEN, List.of());
        }
        if (at < text.length() && text.charAt(at) != separator) {
          return new Parsed(Form.MALFORMED, List.of());
        }
      } else {
        while (at < text.length() && text.charAt(at) != separator) {
          value.append(text.charAt(at++));
        }
      }
      values.add(value.toString());
      if (at == text.length()) {
        return new Parsed(Form.COMPLETE, values);
      }
      at++; // the separator
    }
  }

  /// Reads on from behind an opening quote.
  ///
  /// @return what is behind the closing one, negative when there is none
  private static int quoted(CharSequence text, int from, StringBuilder value) {
    int at = from;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c != '"') {
        value.append(c);
      } else if (at < text.length() && text.charAt(at) == '"') {
        value.append('"');
        at++;
      } else {
        return at;
      }
    }
    return -1;
  }
}
