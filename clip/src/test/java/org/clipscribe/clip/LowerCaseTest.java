package org.clipscribe.clip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LowerCaseTest {
  @Test
  void mapsEveryCodePointAsTheJdkDoes() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      String text = Character.toString(c);
      assertThat(LowerCase.of(text)).isEqualTo(text.toLowerCase(Locale.ROOT));
    }
  }

  // What Python 3.11 gives for str.lower().
  @ParameterizedTest
  @CsvSource({
    "ΟΔΟΣ, οδος",
    "ΟΔΟΣ ΟΔΟΣ, οδος οδος",
    "Σ, σ",
    "ΣΣ, σς",
    "1Σ, 1σ",
    "ΑΣ1, ας1",
    "ΑΣΑ, ασα",
    "Α.Σ, α.ς",
    "ΑΣ.Α, ασ.α",
    "ΑΣ. Α, ας. α",
    "Α\u0301Σ\u0301, α\u0301ς\u0301",
    "'.Σ', .σ",
    "\uD801\uDC00Σ, \uD801\uDC28ς",
    "İI, i\u0307i",
  })
  void endsWordsWithTheFinalSigma(String text, String expected) {
    assertThat(LowerCase.of(text)).isEqualTo(expected);
  }
}
