package org.clipscribe.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.clipscribe.tensor.spi.BackendProvider.Available;
import org.junit.jupiter.api.Test;

/// In this module there is no back-end but the reference; the choice among several is tested where
/// there are some.
class BackendsTest {
  @Test
  void theReferenceIsAlwaysThere() {
    assertThat(Backends.candidates())
        .anySatisfy(
            candidate -> {
              assertThat(candidate.kind()).isEqualTo("reference");
              assertThat(candidate.probe()).isInstanceOf(Available.class);
            });
  }

  @Test
  void opensByNameAndByDefault() {
    for (String name : new String[] {"auto", "reference", "reference:0"}) {
      Backends.Opened opened = Backends.open(name, 2);
      assertThat(opened.backend().kind()).isEqualTo("reference");
      assertThat(opened.backend().description()).isEqualTo("plain Java, 2 threads");
      opened.backend().close();
    }
  }

  @Test
  void saysOnceWhyItIsSlowUnlessSlowWasAskedFor() {
    Backends.Opened byDefault = Backends.open("auto", 1);
    assertThat(byDefault.notice())
        .hasValue(
            "slow: computing in plain Java, because clipscribe-tensor-vector is not on the class or"
                + " module path; add it");
    byDefault.backend().close();
    Backends.Opened byName = Backends.open("reference", 1);
    assertThat(byName.notice()).isEmpty();
    byName.backend().close();
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertThatThrownBy(() -> Backends.open("abacus", 1))
        .isInstanceOf(DeviceUnavailableException.class)
        .hasMessage("device abacus is not known; there are: auto, reference");
    assertThatThrownBy(() -> Backends.open("reference:first", 1))
        .isInstanceOf(DeviceUnavailableException.class)
        .hasMessageContaining("reference:first");
  }
}
