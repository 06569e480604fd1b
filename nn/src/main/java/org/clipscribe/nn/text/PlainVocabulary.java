package org.clipscribe.nn.text;

import static org.clipscribe.nn.BadInputException.quote;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.Json;
import org.jspecify.annotations.Nullable;

/// A `vocab.json` of which only the outline was read: where each token's string stands. The string
/// itself is parsed when it is asked for.
final class PlainVocabulary implements Tokens {
  /// A name, two quotes, a colon and a digit: more members than a file has fifths do not fit in.
  private static final int LEAST_MEMBER = 5;

  private static final int MAX_DIGITS = 9; // always an int

  private final String origin;
  private final byte[] json;

  /// Of the string of each id, the quotes included.
  private final int[] starts;

  private final int[] ends;

  private PlainVocabulary(String origin, byte[] json, int[] starts, int[] ends) {
    this.origin = origin;
    this.json = json;
    this.starts = starts;
    this.ends = ends;
  }

  /// Takes an object of plain integers, each from 0 to below their number and none twice.
  ///
  /// @return null for everything else, whatever is wrong with it
  static @Nullable PlainVocabulary of(String origin, byte[] json) {
    Outline outline = new Outline(json);
    if (!outline.read()) {
      return null;
    }
    int[] starts = new int[outline.count];
    int[] ends = new int[outline.count];
    for (int member = 0; member < outline.count; member++) {
      int id = outline.ids[member];
      if (id >= outline.count || ends[id] > 0) {
        return null;
      }
      starts[id] = outline.starts[member];
      ends[id] = outline.ends[member];
    }
    return new PlainVocabulary(origin, json, starts, ends);
  }

  @Override
  public int size() {
    return starts.length;
  }

  @Override
  public String token(int id) {
    if (id < 0 || id >= starts.length) {
      throw new IllegalArgumentException(
          "token %d is outside the vocabulary of %d".formatted(id, starts.length));
    }
    byte[] string = Arrays.copyOfRange(json, starts[id], ends[id]);
    return (String) Objects.requireNonNull(Json.parse(string, origin));
  }

  @Override
  public int require(String token) {
    byte[] plain = ("\"" + token + "\"").getBytes(StandardCharsets.UTF_8);
    for (int id = 0; id < starts.length; id++) {
      if (Arrays.equals(json, starts[id], ends[id], plain, 0, plain.length)) {
        return id;
      }
    }
    for (int id = 0; id < starts.length; id++) { // written with escapes, perhaps
      if (token(id).equals(token)) {
        return id;
      }
    }
    throw new BadInputException(
        origin, "has no token " + quote(token) + "; is it the file of another tokenizer?");
  }

  /// One pass over the bytes: `{"string": integer, ..}`.
  private static final class Outline {
    private final byte[] json;
    private final int[] starts;
    private final int[] ends;
    private final int[] ids;
    private int count;
    private int at;

    Outline(byte[] json) {
      this.json = json;
      this.starts = new int[json.length / LEAST_MEMBER + 1];
      this.ends = new int[starts.length];
      this.ids = new int[starts.length];
    }

    boolean read() {
      if (!take('{')) {
        return false;
      }
      do {
        if (!member()) {
          return false;
        }
      } while (take(','));
      return take('}') && next() == 0 && at == json.length;
    }

    private boolean member() {
      if (next() != '"') {
        return false;
      }
      starts[count] = at;
      ends[count] = endOfString();
      at = ends[count];
      if (at > json.length || !take(':')) {
        return false;
      }
      int digit = next() - '0';
      int first = at;
      int id = 0;
      for (; digit >= 0 && digit <= 9; digit = at < json.length ? json[at] - '0' : -1) {
        id = 10 * id + digit;
        at++;
      }
      ids[count++] = id;
      int digits = at - first;
      return digits > 0 && digits <= MAX_DIGITS && (digits == 1 || json[first] != '0');
    }

    /// Behind the closing quote; beyond the end when there is none.
    private int endOfString() {
      int end = at + 1;
      while (end < json.length && json[end] != '"') {
        end += json[end] == '\\' ? 2 : 1;
      }
      return end + 1;
    }

    private boolean take(char expected) {
      boolean found = next() == expected;
      at += found ? 1 : 0;
      return found;
    }

    /// The next byte that is not white space; 0 at the end.
    private int next() {
      while (at < json.length && isSpace(json[at])) {
        at++;
      }
      return at < json.length ? json[at] : 0;
    }

    private static boolean isSpace(byte value) {
      return value == ' ' || value == '\n' || value == '\t' || value == '\r';
    }
  }
}
