package org.clipscribe.nn.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Utf8Test {
  /// Both ends of every range of bytes that UTF-8 tells apart.
  private static final byte[] BOUNDARIES =
      HexFormat.of().parseHex("007f808f909fa0bfc0c1c2dfe0e1ecedeeeff0f1f3f4f5ff");

  @Test
  void decodesEveryCodePoint() {
    IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
        .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
        .mapToObj(Character::toString)
        .forEach(c -> assertThat(Utf8.decode(c.getBytes(StandardCharsets.UTF_8))).isEqualTo(c));
  }

  @Test
  void replacesMalformedBytesAsTheJdkDoesButForSurrogates() {
    for (byte a : BOUNDARIES) {
      for (byte b : BOUNDARIES) {
        for (byte c : BOUNDARIES) {
          for (byte d : BOUNDARIES) {
            byte[] bytes = {a, b, c, d};
            if (!startsSurrogate(a, b) && !startsSurrogate(b, c) && !startsSurrogate(c, d)) {
              assertThat(Utf8.decode(bytes))
                  .as("%s", HexFormat.of().formatHex(bytes))
                  .isEqualTo(new String(bytes, StandardCharsets.UTF_8));
            }
          }
        }
      }
    }
  }

  private static boolean startsSurrogate(byte lead, byte next) {
    return lead == (byte) 0xED && next >= (byte) 0xA0 && next <= (byte) 0xBF;
  }

  // What Python 3.11 gives for bytes.fromhex(...).decode("utf-8", errors="replace").
  @ParameterizedTest
  @CsvSource({
    "eda080, '\uFFFD\uFFFD\uFFFD'",
    "edbfbf41, '\uFFFD\uFFFD\uFFFDA'",
    "edad, '\uFFFD\uFFFD'",
    "41f0908041, 'A\uFFFDA'",
    "f4908080, '\uFFFD\uFFFD\uFFFD\uFFFD'",
    "e28041, '\uFFFDA'",
    "c3, '\uFFFD'",
  })
  void replacesMalformedBytesAsPythonDoes(String hex, String expected) {
    assertThat(Utf8.decode(HexFormat.of().parseHex(hex))).isEqualTo(expected);
  }

  @Test
  void replacesSurrogatesWithoutAPartner() {
    assertThat(Utf8.wellFormed("a\uD835b\uDC00\uD835\uDC00\uD835"))
        .isEqualTo("a\uFFFDb\uFFFD\uD835\uDC00\uFFFD");
  }

  @Test
  void leavesWellFormedTextAlone() {
    String text = "caf\u00E9 \uD83D\uDE00";

    assertThat(Utf8.wellFormed(text)).isSameAs(text);
  }
}
