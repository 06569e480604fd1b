package org.clipscribe.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.LongStream;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.DType;
import org.clipscribe.nn.SeededTensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The full sizes take gigabytes and are written by hand and by the benchmarks; here only what can
/// be known of them without writing.
class RandomBundleTest {
  @TempDir Path temp;

  @Test
  void hasAsManyParametersAsTheModelsItStandsFor() {
    assertThat(parameters("S", "clip.")).isEqualTo(87_456_000); // CLIPVisionModel of ViT-B/32
    assertThat(parameters("S", "gpt2.")).isEqualTo(124_439_808); // gpt2
    assertThat(parameters("S", "mapping.")).isEqualTo(6 * 7_087_872 + 4 * (768 * 768 + 768));
    assertThat(parameters("L", "clip.")).isEqualTo(303_179_776); // CLIPVisionModel of ViT-L/14
    assertThat(parameters("L", "gpt2.")).isEqualTo(354_823_168); // gpt2-medium
    assertThat(parameters("L", "mapping.")).isEqualTo(5 * 12_596_224 + 4 * (1024 * 1024 + 1024));
  }

  private static long parameters(String size, String prefix) {
    SeededTensors tensors = RandomBundle.tensors(RandomBundle.config(size), 1);
    return tensors.names().stream()
        .filter(name -> name.startsWith(prefix))
        .flatMapToLong(name -> LongStream.of(tensors.info(name).elements()))
        .sum();
  }

  @Test
  void refusesASizeThatIsNone() {
    assertThatThrownBy(() -> write("XL", temp))
        .isInstanceOf(BadInputException.class)
        .hasMessage("random:XL: is no size; there are random:S and random:L");
  }

  @Test
  void leavesNothingBehindWhenTheTokenizerIsMissing() {
    Path target = temp.resolve("bundle");
    assertThatThrownBy(() -> write("S", target))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("has no tokenizer");
    assertThat(temp).isEmptyDirectory();
  }

  private void write(String size, Path target) {
    RandomBundle.write(
        new RandomBundle.Request(size, 1, DType.F32, Optional.of(temp), target, false, "test"),
        Progress.NONE);
  }
}
