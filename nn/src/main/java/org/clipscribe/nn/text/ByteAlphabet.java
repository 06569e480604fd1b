package org.clipscribe.nn.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The one printable character that stands for each byte in byte-level BPE files, so that the file
/// is text and the vocabulary covers every input. Mirrors `bytes_to_unicode` of OpenAI's GPT-2.
///
/// Bytes that Latin-1 prints stand for themselves; the other 68 take the characters from U+0100 on,
/// in order. So a space is `Ġ` and a line feed is `Ċ`.
final class ByteAlphabet {
  private static final char[] SYMBOLS = symbols();
  private static final int LAST_SYMBOL = 0xFF + 68;

  /// Bytes by symbol; -1 where a character is no symbol.
  private static final int[] BYTES = bytes();

  private ByteAlphabet() {}

  static char symbol(byte value) {
    return SYMBOLS[Byte.toUnsignedInt(value)];
  }

  /// The bytes that a token's symbols stand for. A token with any other character is not in this
  /// alphabet and stands for its own text.
  static byte[] bytes(String token) {
    byte[] bytes = new byte[token.length()];
    for (int i = 0; i < bytes.length; i++) {
      char symbol = token.charAt(i);
      if (symbol > LAST_SYMBOL || BYTES[symbol] < 0) {
        return token.getBytes(StandardCharsets.UTF_8);
      }
      bytes[i] = (byte) BYTES[symbol];
    }
    return bytes;
  }

  /// The text of tokens in a row.
  static String decode(Tokens tokens, int... ids) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int id : ids) {
      bytes.writeBytes(bytes(tokens.token(id)));
    }
    return Utf8.decode(bytes.toByteArray());
  }

  private static char[] symbols() {
    char[] symbols = new char[256];
    int next = 0x100;
    for (int value = 0; value < symbols.length; value++) {
      symbols[value] = (char) (isPrintableLatin1(value) ? value : next++);
    }
    return symbols;
  }

  private static int[] bytes() {
    int[] bytes = new int[LAST_SYMBOL + 1];
    Arrays.fill(bytes, -1);
    for (int value = 0; value < SYMBOLS.length; value++) {
      bytes[SYMBOLS[value]] = value;
    }
    return bytes;
  }

  /// A space and the soft hyphen do not count: nobody sees them.
  private static boolean isPrintableLatin1(int value) {
    return (value > ' ' && value <= '~') || (value > 0xA0 && value != 0xAD);
  }
}
