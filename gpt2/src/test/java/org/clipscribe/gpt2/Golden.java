package org.clipscribe.gpt2;

import static org.clipscribe.tensor.testkit.TensorAssert.assertClose;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.ParameterSource;
import org.clipscribe.nn.Probe;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;

/// A folder of golden data: a model, and what PyTorch made of it.
final class Golden implements AutoCloseable {
  /// Relative to the largest element of a stage. Issue 2 promises 1e-4; floats summed in another
  /// order than PyTorch's differ by at most 7e-7 here (measured on the reference and the vector
  /// back-end), and ten times that leaves room for other vector widths.
  static final double TOLERANCE = 1e-5;

  private final Path folder;
  private final SafetensorsFile expected;
  private final Map<String, Tensor> stages = new HashMap<>();

  Golden(String name) {
    try {
      folder = Path.of(Objects.requireNonNull(Golden.class.getResource(name), name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
    expected = SafetensorsFile.open(folder.resolve("expected.safetensors"));
  }

  JsonObject json(String file) {
    return Json.readObject(folder.resolve(file));
  }

  Gpt2 model(Backend backend, BiFunction<ParameterSource, Gpt2Config, Gpt2> builder) {
    Gpt2Config config = Gpt2Config.of(json("config.json"));
    try (SafetensorsFile file = weights()) {
      return Checkpoint.of(file, config.toString())
          .load(backend, WeightFormat.F32, source -> builder.apply(source, config));
    }
  }

  SafetensorsFile weights() {
    return open("model.safetensors");
  }

  SafetensorsFile open(String file) {
    return SafetensorsFile.open(folder.resolve(file));
  }

  float[] floats(String name) {
    return expected.floats(name);
  }

  Shape shape(String name) {
    return Shape.of(expected.info(name).shape().stream().mapToInt(Math::toIntExact).toArray());
  }

  int[] tokens(String name) {
    return Arrays.stream(expected.longs(name)).mapToInt(Math::toIntExact).toArray();
  }

  /// A pass whose stages are kept for [#assertStage].
  Pass watched() {
    return new Pass(null, Probe.into(stages::put));
  }

  Tensor stage(String name) {
    return Objects.requireNonNull(stages.get(name), () -> name + " of " + stages.keySet());
  }

  /// Asserts that a stage is what the golden tensor says, shape included.
  void assertStage(String stage, String golden) {
    assertTensor(stage(stage), golden);
  }

  void assertTensor(Tensor actual, String golden) {
    if (!actual.shape().equals(shape(golden))) {
      throw new AssertionError(golden + " is " + shape(golden) + ", got " + actual.shape());
    }
    try {
      assertClose(actual, floats(golden), TOLERANCE);
    } catch (AssertionError e) {
      throw new AssertionError(golden + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    expected.close();
  }
}
