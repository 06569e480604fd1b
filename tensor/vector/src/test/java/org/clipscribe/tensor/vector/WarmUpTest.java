package org.clipscribe.tensor.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.MatrixSource;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.testkit.Tensors;
import org.junit.jupiter.api.Test;

class WarmUpTest {
  private static List<Thread> running() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("clipscribe-warm-up"))
        .toList();
  }

  @Test
  void endsWithItsBackEndHoweverEarlyThatIsClosed() {
    for (int round = 0; round < 20; round++) {
      try (VectorBackend backend = new VectorBackend(1)) {
        for (WeightFormat format : WeightFormat.values()) {
          backend.pack(MatrixSource.of(3, 2, new float[6]), false, format);
        }
      }
    }
    assertThat(running()).isEmpty();
  }

  @Test
  void smallKernelsAreReadySoonAfterAProgramPrepares() {
    Backends.prepare();
    assertThat(SmallKernels.await(Duration.ofMinutes(1))).isTrue();
  }

  @Test
  void changesNoResult() throws InterruptedException {
    try (VectorBackend backend = new VectorBackend(1)) {
      float[] weights = Tensors.random(1, 70 * 40);
      var weight = backend.pack(MatrixSource.of(70, 40, weights), false, WeightFormat.F32);
      Tensor x = Tensors.random(backend, 2, 6, 40);
      float[] during = backend.linear(x, weight).toArray();
      for (Thread thread : running()) {
        thread.join();
      }
      assertThat(backend.linear(x, weight).toArray()).isEqualTo(during);
    }
  }
}
