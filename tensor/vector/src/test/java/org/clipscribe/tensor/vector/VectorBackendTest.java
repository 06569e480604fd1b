package org.clipscribe.tensor.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.zip.CRC32C;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.MatrixSource;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;
import org.clipscribe.tensor.spi.WeightImages;
import org.clipscribe.tensor.testkit.BackendContract;
import org.clipscribe.tensor.testkit.DoubleBackend;
import org.clipscribe.tensor.testkit.ImageContract;
import org.clipscribe.tensor.testkit.TensorAssert;
import org.clipscribe.tensor.testkit.Tensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Runs at the preferred width and once more for each forced one; see the executions in `pom.xml`.
class VectorBackendTest extends BackendContract implements ImageContract {
  @Override
  public Backend open(int threads) {
    return Backends.open("cpu", threads).backend();
  }

  /// When this fails, the layout has changed: give [PanelImages#layout] the next version, so that
  /// files of the old one are not taken for new ones, and only then change the numbers here.
  @ParameterizedTest
  @CsvSource({"F32, 2429053127", "BF16, 4214262564", "INT8, 2219893353"})
  void keepsTheBytesOfItsLayout(WeightFormat format, long checksum) {
    float[] weights = new float[70 * 5];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (i * 37 % 101 - 50) / 64f;
    }
    PackedWeight weight = backend().pack(MatrixSource.of(70, 5, weights), false, format);
    WeightImages images = backend().images().orElseThrow();
    CRC32C crc = new CRC32C();
    crc.update(images.image(weight).asByteBuffer());
    assertThat(images.layout()).isEqualTo("panels64-v2");
    assertThat(crc.getValue()).isEqualTo(checksum);
  }

  /// The sums run over more than the 1024 outputs, or rows, that are in work at once.
  @Test
  void multipliesBackwardsInSeveralBlocks() {
    List<float[]> expected = gradients(new DoubleBackend());
    List<float[]> actual = gradients(backend());
    for (int i = 0; i < expected.size(); i++) {
      // Of the largest element, which is a sum of some thousand terms that were rounded once each.
      TensorAssert.assertClose(actual.get(i), expected.get(i), 1e-5);
    }
  }

  private static List<float[]> gradients(Backend backend) {
    int rows = 1030;
    int outputs = 1100;
    int inputs = 70;
    float[] values = Tensors.random(1, outputs * inputs);
    PackedWeight weight =
        backend.pack(MatrixSource.of(outputs, inputs, values), false, WeightFormat.F32);
    Tensor x = Tensors.random(backend, 2, rows, inputs);
    Tensor dy = Tensors.random(backend, 3, rows, outputs);
    PackedWeight sum = backend.zerosLike(weight);
    backend.linearBackwardWeight(x, dy, sum);
    float[] dWeight = new float[outputs * inputs];
    backend.unpack(sum, false).read(0, outputs, dWeight);
    return List.of(backend.linearBackwardInput(dy, weight).toArray(), dWeight);
  }
}
