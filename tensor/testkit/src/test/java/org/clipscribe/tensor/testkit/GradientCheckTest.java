package org.clipscribe.tensor.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.clipscribe.tensor.Reduction;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.autograd.Leaves;
import org.clipscribe.tensor.autograd.Op;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every rule against finite differences in double precision.
class GradientCheckTest {
  static List<GradientCase> cases() {
    return GradientCases.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithFiniteDifferences(GradientCase c) {
    GradientCase.Problem problem = c.on(new DoubleBackend(), 5);
    GradientCheck.check(problem.leaves(), problem.loss());
  }

  @Test
  void theTableHasEveryOperation() {
    Set<?> covered = cases().stream().map(GradientCase::op).collect(Collectors.toSet());
    assertThat(covered).isEqualTo(Set.of(Op.class.getPermittedSubclasses()));
  }

  @Test
  void noticesAGradientThatIsMissing() {
    DoubleBackend backend = new DoubleBackend();
    Tensor x = Tensors.random(backend, 1, 2, 3);
    Leaves leaves = Leaves.of(x);
    // Half of the product is hidden from the tape.
    assertThatThrownBy(
            () ->
                GradientCheck.check(
                    leaves,
                    () ->
                        x.times(Tensor.wrap(backend, x.storage(), 0, x.shape()))
                            .reshape(1, -1)
                            .reduce(Reduction.SUM)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("finite differences say");
  }
}
