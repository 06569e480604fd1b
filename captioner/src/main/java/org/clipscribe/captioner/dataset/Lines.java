package org.clipscribe.captioner.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.clipscribe.nn.BadInputException;

/// The lines of a text, one at a time, with their places in it. A line ends with LF, CR LF or the
/// text; what ends it is not part of it. A byte order mark at the start is passed over.
///
/// Memory is that of the longest line, and no line may be longer than a limit: a file without line
/// breaks must not be read into memory whole.
final class Lines implements AutoCloseable {
  /// No caption, not even one with all that metadata can hold, comes near.
  static final int MOST_BYTES = 4 << 20;

  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private final InputStream in;
  private final String origin;
  private final byte[] block = new byte[1 << 16];
  private int at;
  private int filled;
  private byte[] line = new byte[256];
  private int length;
  private long number;
  private long offset;
  private long nextOffset;

  /// @param in closed with this
  /// @param origin named in errors
  Lines(InputStream in, String origin) {
    this.in = in;
    this.origin = origin;
  }

  /// Moves on to the next line.
  ///
  /// @return whether there is one
  /// @throws BadInputException when it is too long
  boolean next() throws IOException {
    offset = nextOffset;
    length = 0;
    if (!fill()) {
      return false;
    }
    number++;
    boolean ended = false;
    while (!ended && fill()) {
      int end = at;
      while (end < filled && block[end] != '\n') {
        end++;
      }
      append(end - at);
      ended = end < filled;
      nextOffset += end - at + (ended ? 1 : 0);
      at = end + (ended ? 1 : 0);
    }
    if (length > 0 && line[length - 1] == '\r') {
      length--;
    }
    if (number == 1) {
      dropByteOrderMark();
    }
    return true;
  }

  private boolean fill() throws IOException {
    if (at == filled) {
      at = 0;
      filled = Math.max(0, in.read(block));
    }
    return at < filled;
  }

  private void append(int count) {
    if (length + count > MOST_BYTES) {
      throw new BadInputException(
          origin,
          "line %d is longer than %d MB: is this a text of one row a line?"
              .formatted(number, MOST_BYTES >> 20));
    }
    if (length + count > line.length) {
      line = Arrays.copyOf(line, Math.max(2 * line.length, length + count));
    }
    System.arraycopy(block, at, line, length, count);
    length += count;
  }

  private void dropByteOrderMark() {
    int mark = BYTE_ORDER_MARK.length;
    if (length >= mark && Arrays.equals(line, 0, mark, BYTE_ORDER_MARK, 0, mark)) {
      length -= mark;
      System.arraycopy(line, mark, line, 0, length);
    }
  }

  /// The number of the current line, from 1.
  long number() {
    return number;
  }

  /// Where the current line starts, in bytes.
  long offset() {
    return offset;
  }

  /// A copy of the current line.
  byte[] bytes() {
    return Arrays.copyOf(line, length);
  }

  /// The current line as text.
  ///
  /// @throws CharacterCodingException when it is not UTF-8
  String text() throws CharacterCodingException {
    return StandardCharsets.UTF_8
        .newDecoder()
        .onMalformedInput(CodingErrorAction.REPORT)
        .onUnmappableCharacter(CodingErrorAction.REPORT)
        .decode(ByteBuffer.wrap(line, 0, length))
        .toString();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
