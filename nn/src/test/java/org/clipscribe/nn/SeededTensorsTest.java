package org.clipscribe.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.clipscribe.nn.Initialisation.Normal;
import org.junit.jupiter.api.Test;

class SeededTensorsTest {
  private static final Map<String, TensorInfo> LAYOUT =
      Map.of(
          "h.0.weight", TensorInfo.of(DType.F32, 100, 1001),
          "h.1.weight", TensorInfo.of(DType.F32, 100, 1001),
          "h.0.bias", TensorInfo.of(DType.F32, 7),
          "ln.weight", TensorInfo.of(DType.F32, 7),
          "class_embedding", TensorInfo.of(DType.F32, 7));

  private static SeededTensors tensors(long seed) {
    return new SeededTensors(LAYOUT, seed, Initialisation.normal(0.02f));
  }

  @Test
  void drawsFromANormalDistributionOfTheGivenWidth() {
    float[] values = tensors(5).floats("h.0.weight");
    double mean = IntStream.range(0, values.length).mapToDouble(i -> values[i]).average().orElse(9);
    double variance =
        IntStream.range(0, values.length)
            .mapToDouble(i -> values[i] * values[i])
            .average()
            .orElse(9);
    double beyondTwo =
        (double) IntStream.range(0, values.length).filter(i -> Math.abs(values[i]) > 0.04).count()
            / values.length;
    // Five standard errors of 100,100 draws: 0.02 / sqrt(n), 0.02^2 sqrt(2 / n), sqrt(p / n).
    assertThat(mean).isCloseTo(0, within(3.2e-4));
    assertThat(variance).isCloseTo(4e-4, within(9e-6));
    assertThat(beyondTwo).isCloseTo(0.0455, within(3.4e-3));
  }

  @Test
  void startsBiasesAtZeroAndGainsAtOne() {
    assertThat(tensors(5).floats("h.0.bias")).containsOnly(0);
    assertThat(tensors(5).floats("ln.weight")).containsOnly(1);
    assertThat(tensors(5).floats("class_embedding")).doesNotContain(0, 1);
  }

  @Test
  void isTheSameWhateverIsReadInWhateverOrder() {
    float[] whole = tensors(5).floats("h.0.weight");
    for (int first : new int[] {0, 1, 2, 777, 100_098}) {
      float[] part = new float[2];
      tensors(5).readFloats("h.0.weight", first, 2, part);
      assertThat(part).isEqualTo(Arrays.copyOfRange(whole, first, first + 2));
    }
    assertThatThrownBy(() -> tensors(5).readFloats("h.0.weight", 100_099, 2, new float[2]))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void dependsOnSeedAndName() {
    float[] values = tensors(5).floats("h.0.weight");
    assertThat(tensors(5).floats("h.1.weight")).isNotEqualTo(values);
    assertThat(tensors(6).floats("h.0.weight")).isNotEqualTo(values);
  }

  @Test
  void staysTheSameForever() {
    // Computed with independent code in Python; files drawn from a seed rely on it.
    assertThat(Arrays.copyOf(tensors(5).floats("h.0.weight"), 4))
        .containsExactly(0.0031396f, -0.018313643f, 0.009568414f, 0.049289323f);
  }

  @Test
  void takesExceptionsByName() {
    Initialisation initialisation =
        Initialisation.normal(0.02f).with(name -> name.endsWith("bias"), new Normal(3, 0));
    assertThat(new SeededTensors(LAYOUT, 1, initialisation).floats("h.0.bias")).containsOnly(3);
    assertThat(new SeededTensors(LAYOUT, 1, initialisation).floats("ln.weight")).containsOnly(1);
  }

  @Test
  void drawsMappingNetworksAsTheOriginalDoes() {
    String attention = "layers.0.self_attn.in_proj_weight";
    SeededTensors tensors =
        new SeededTensors(
            Map.of(
                attention,
                TensorInfo.of(DType.F32, 300, 100),
                "layers.0.self_attn.in_proj_bias",
                TensorInfo.of(DType.F32, 300),
                "layers.0.linear1.weight",
                TensorInfo.of(DType.F32, 400, 100),
                "layers.0.norm1.weight",
                TensorInfo.of(DType.F32, 100)),
            5,
            Initialisation.ofMappingNetwork());
    float[] uniform = tensors.floats(attention);
    double bound = Math.sqrt(6.0 / 400);
    assertThat(deviation(uniform)).isCloseTo(bound / Math.sqrt(3), withinPercentage(1));
    double largest = 0;
    for (float value : uniform) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(largest).isBetween(0.999 * bound, bound);
    assertThat(deviation(tensors.floats("layers.0.linear1.weight")))
        .isCloseTo(Math.sqrt(2.0 / 100), withinPercentage(1));
    assertThat(tensors.floats("layers.0.norm1.weight")).containsOnly(1);
    assertThat(tensors.floats("layers.0.self_attn.in_proj_bias")).containsOnly(0);
  }

  private static double deviation(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares / values.length);
  }
}
