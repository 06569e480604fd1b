package org.clipscribe.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErfTest {
  /// Values of the C library (`math.erfc` of Python).
  @ParameterizedTest
  @CsvSource({
    "0, 1",
    "0.5, 0.4795001221869535",
    "1, 0.15729920705028513",
    "1.9999999, 0.004677737047746216",
    "2, 0.004677734981047266",
    "3, 2.209049699858544e-5",
    "5, 1.5374597944280349e-12",
    "10, 2.088487583762545e-45",
    "-1, 1.8427007929497148",
    "-6, 2"
  })
  void agreesWithTabulatedValues(double x, double expected) {
    assertThat(Erf.complement(x)).isCloseTo(expected, within(Math.abs(expected) * 1e-12));
  }

  @Test
  void keepsNanAndReachesItsLimits() {
    assertThat(Erf.complement(Double.NaN)).isNaN();
    assertThat(Erf.complement(Double.POSITIVE_INFINITY)).isZero();
    assertThat(Erf.complement(Double.NEGATIVE_INFINITY)).isEqualTo(2);
  }
}
