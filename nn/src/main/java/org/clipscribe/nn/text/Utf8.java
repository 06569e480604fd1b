package org.clipscribe.nn.text;

/// UTF-8 and UTF-16 with U+FFFD in place of what is malformed.
public final class Utf8 {
  private static final char REPLACEMENT = '\uFFFD';

  private Utf8() {}

  /// The text with each surrogate that has no partner replaced, so that it can be encoded.
  public static String wellFormed(String text) {
    StringBuilder result = null; // nearly always the text is fine and nothing is copied
    int at = 0;
    while (at < text.length()) {
      int codePoint = text.codePointAt(at);
      if (Character.getType(codePoint) == Character.SURROGATE) {
        if (result == null) {
          result = new StringBuilder(text);
        }
        result.setCharAt(at, REPLACEMENT);
      }
      at += Character.charCount(codePoint);
    }
    return result == null ? text : result.toString();
  }

  /// Decodes like Python's `bytes.decode("utf-8", errors="replace")`: one U+FFFD for each maximal
  /// part of a sequence that could have been one (Unicode 16, section 3.9).
  ///
  /// Differs: from the decoders of the JDK, which put one U+FFFD for a whole encoded surrogate and
  /// not three.
  public static String decode(byte[] bytes) {
    StringBuilder text = new StringBuilder(bytes.length);
    int at = 0;
    while (at < bytes.length) {
      int lead = bytes[at++] & 0xFF;
      if (lead < 0x80) {
        text.append((char) lead);
        continue;
      }
      int missing = continuations(lead);
      // Only the first continuation byte has narrower bounds: no overlong forms, no surrogates,
      // nothing above U+10FFFF.
      int low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
      int high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
      int codePoint = lead & (0x3F >> missing);
      while (missing > 0 && at < bytes.length) {
        int next = bytes[at] & 0xFF;
        if (next < low || next > high) {
          break;
        }
        codePoint = codePoint << 6 | (next & 0x3F);
        low = 0x80;
        high = 0xBF;
        at++;
        missing--;
      }
      text.appendCodePoint(missing == 0 ? codePoint : REPLACEMENT);
    }
    return text.toString();
  }

  /// How many bytes follow a lead byte; -1 for bytes that never lead.
  private static int continuations(int lead) {
    if (lead >= 0xC2 && lead <= 0xDF) {
      return 1;
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
      return 2;
    }
    return lead >= 0xF0 && lead <= 0xF4 ? 3 : -1;
  }
}
