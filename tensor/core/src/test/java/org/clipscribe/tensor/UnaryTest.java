package org.clipscribe.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// The definitions that every back-end is measured against.
class UnaryTest {
  /// From the formulas of the doc comments in Python's `math`, with `erf` and `tanh` spelled out.
  @ParameterizedTest
  @CsvSource({
    "GELU, 1, 0.8413447460685429",
    "GELU, -1, -0.15865525393145707",
    "GELU, -5, -1.4332578593959731e-06",
    "GELU_TANH, 1, 0.8411919906082768",
    "GELU_TANH, -1, -0.15880800939172324",
    "QUICK_GELU, 1, 0.8457957659328212",
    "QUICK_GELU, -2, -0.06434137685579186",
    "RELU, -3, 0",
    "RECIPROCAL_SQRT, 4, 0.5",
    "NEGATE, 2, -2"
  })
  void hasTheValueOfItsFormula(Unary f, double x, double expected) {
    assertThat(f.apply(x)).isCloseTo(expected, within(1e-12 * Math.max(1e-5, Math.abs(expected))));
  }

  @ParameterizedTest
  @EnumSource
  void keepsNan(Unary f) {
    assertThat(f.apply(Double.NaN)).isNaN();
  }

  /// Far out a gate is open or shut, and nothing overflows on the way.
  @ParameterizedTest
  @EnumSource(names = {"GELU", "GELU_TANH", "QUICK_GELU"})
  void gatesReachTheirLimits(Unary f) {
    assertThat(f.apply(1e30)).isEqualTo(1e30);
    assertThat(f.apply(-1e30)).isZero();
    assertThat(f.apply(0)).isZero();
  }
}
