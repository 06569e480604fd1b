package org.clipscribe.clip;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Probe;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;

/// Pictures and texts to vectors of one space, in which what goes together is near (Radford et al.,
/// 2021). May be used by many threads at once. It holds the weights until it is closed.
public final class ClipEncoder implements AutoCloseable {
  /// How many pictures or texts are looked at together; more take memory and no less time each.
  private static final int BATCH = 8;

  private final ClipModel model;
  private final Backend backend;
  private final ImagePreprocessor preprocessor;
  private final ClipTokenizer tokenizer;

  /// @param backend where the model was loaded; closed with this
  /// @throws BadInputException when the tokenizer is for another model
  public ClipEncoder(
      ClipModel model, Backend backend, PreprocessorConfig preprocessor, ClipTokenizer tokenizer) {
    int tokens = tokenizer.vocabularySize();
    int expected = model.text().config().vocabulary();
    if (tokens != expected) {
      throw new BadInputException(
          "CLIP's tokenizer", "has %d tokens, but the model is for %d".formatted(tokens, expected));
    }
    this.model = model;
    this.backend = backend;
    this.preprocessor = new ImagePreprocessor(preprocessor);
    this.tokenizer = tokenizer;
  }

  /// Elements of a vector, `D`.
  public int width() {
    return model.textProjection().weight().outputs();
  }

  /// A picture's vector, of unit length.
  public float[] image(Image image) {
    int side = model.vision().config().imageSize();
    Tensor pixels = Tensor.of(backend, Shape.of(1, 3, side, side), preprocessor.pixels(image));
    return model.imageEmbeddings(pixels, Probe.NONE).toArray();
  }

  /// The vectors of texts, each of unit length. What a text has beyond the longest that the model
  /// reads, 77 tokens as a rule, is left out, as in Hugging Face transformers.
  public List<float[]> texts(List<String> texts) {
    List<float[]> vectors = new ArrayList<>();
    for (int from = 0; from < texts.size(); from += BATCH) {
      List<String> some = texts.subList(from, Math.min(texts.size(), from + BATCH));
      TextBatch batch = tokenizer.encodeBatch(some, model.text().config().positions());
      Tensor found = model.textEmbeddings(backend, batch, Probe.NONE);
      IntStream.range(0, some.size()).forEach(i -> vectors.add(found.leading(i, i + 1).toArray()));
    }
    return vectors;
  }

  /// Which of several texts says best what a picture shows: the soft-max over the texts of the
  /// model's logits, CLIP's zero-shot classifier.
  ///
  /// @param image vector of a picture
  /// @param texts vectors of at least one text
  /// @return for each text its probability
  public float[] probabilities(float[] image, List<float[]> texts) {
    float[] rows = new float[width() * texts.size()];
    for (int i = 0; i < texts.size(); i++) {
      System.arraycopy(texts.get(i), 0, rows, i * width(), width());
    }
    Tensor images = Tensor.of(backend, Shape.of(1, width()), image);
    Tensor labels = Tensor.of(backend, Shape.of(texts.size(), width()), rows);
    return model.logits(images, labels).softmax().toArray();
  }

  @Override
  public void close() {
    backend.close();
  }
}
