package org.clipscribe.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.clipscribe.tensor.testkit.TensorAssert.assertClose;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.Initialisation;
import org.clipscribe.nn.Probe;
import org.clipscribe.nn.SeededTensors;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.Unary;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Pictures and texts as they come, against the towers that [ClipGoldenTest] holds to the Python
/// library.
class ClipEncoderTest {
  private static final EncoderConfig SMALL =
      new EncoderConfig(8, 16, 1, 2, Unary.QUICK_GELU, 1e-5f);
  private static final VisionConfig VISION = new VisionConfig(SMALL, 32, 16);
  private static final PreprocessorConfig PREPROCESSOR = PreprocessorConfig.clip(32);

  /// The same arithmetic in batches of other sizes.
  private static final double TOLERANCE = 1e-6;

  private final Backend backend = Backends.open("cpu", 2).backend();
  private final ClipTokenizer tokenizer =
      ClipTokenizer.open(resource("vocab.json"), resource("merges.txt"));

  private static Path resource(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(ClipEncoderTest.class.getResource("/tokenizer/" + name)).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private ClipModel model(int vocabulary) {
    ClipConfig config = new ClipConfig(VISION, new TextConfig(SMALL, vocabulary, 20), 6);
    SeededTensors seeded =
        SeededTensors.of(
            backend,
            1,
            Initialisation.normal(0.5f),
            _ -> true,
            source -> ClipModel.of(source, config));
    return Checkpoint.of(seeded, "test")
        .load(backend, WeightFormat.F32, source -> ClipModel.of(source, config));
  }

  private static Image noise(int seed) {
    byte[] rgb = new byte[3 * 40 * 50];
    new Random(seed).nextBytes(rgb);
    return new Image(40, 50, rgb);
  }

  @AfterEach
  void close() {
    backend.close();
  }

  @Test
  void encodesWhatTheTowersEncode() {
    ClipModel model = model(tokenizer.vocabularySize());
    ClipEncoder encoder = new ClipEncoder(model, backend, PREPROCESSOR, tokenizer);
    List<String> texts =
        IntStream.range(0, 19).mapToObj(i -> "a photo of " + i + " gulls ".repeat(i)).toList();
    Tensor pixels =
        Tensor.of(
            backend, Shape.of(1, 3, 32, 32), new ImagePreprocessor(PREPROCESSOR).pixels(noise(1)));
    Tensor image = model.imageEmbeddings(pixels, Probe.NONE);
    Tensor expected = model.textEmbeddings(backend, tokenizer.encodeBatch(texts, 20), Probe.NONE);

    float[] found = encoder.image(noise(1));
    List<float[]> vectors = encoder.texts(texts);

    assertThat(encoder.width()).isEqualTo(6);
    assertClose(image, found, TOLERANCE);
    assertThat(vectors).hasSize(19);
    for (int i = 0; i < 19; i++) {
      assertClose(expected.leading(i, i + 1), vectors.get(i), TOLERANCE);
    }
    assertClose(
        model.logits(image, expected).softmax(), encoder.probabilities(found, vectors), TOLERANCE);
    assertThat(encoder.texts(List.of())).isEmpty();
  }

  @Test
  void refusesATokenizerOfAnotherModel() {
    ClipModel other = model(100);
    assertThatThrownBy(() -> new ClipEncoder(other, backend, PREPROCESSOR, tokenizer))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("has 49408 tokens, but the model is for 100");
  }
}
