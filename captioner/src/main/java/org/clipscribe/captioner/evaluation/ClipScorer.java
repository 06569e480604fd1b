package org.clipscribe.captioner.evaluation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.clipscribe.captioner.CaptionerOptions;
import org.clipscribe.clip.ClipConfig;
import org.clipscribe.clip.ClipModel;
import org.clipscribe.clip.ClipTokenizer;
import org.clipscribe.clip.Image;
import org.clipscribe.clip.ImagePreprocessor;
import org.clipscribe.clip.PreprocessorConfig;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.Probe;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;

/// A CLIP model with both towers, to score captions with.
///
/// Weights lie outside the Java heap until this is closed. May be used by many threads at once.
public final class ClipScorer implements AutoCloseable {
  private static final List<String> FILES =
      List.of(
          "config.json",
          "model.safetensors",
          "vocab.json",
          "merges.txt",
          "preprocessor_config.json");

  private final Backend backend;
  private final ClipModel model;
  private final ClipConfig config;
  private final ImagePreprocessor preprocessor;
  private final ClipTokenizer tokenizer;

  private ClipScorer(
      Backend backend,
      ClipModel model,
      ClipConfig config,
      ImagePreprocessor preprocessor,
      ClipTokenizer tokenizer) {
    this.backend = backend;
    this.model = model;
    this.config = config;
    this.preprocessor = preprocessor;
    this.tokenizer = tokenizer;
  }

  /// Opens a CLIP model as the Hugging Face Hub has it.
  ///
  /// @param folder with `config.json`, `model.safetensors`, `vocab.json`, `merges.txt`,
  ///     `preprocessor_config.json`
  /// @throws BadInputException when one of them is missing, damaged or does not fit the others
  public static ClipScorer open(Path folder, CaptionerOptions options) {
    for (String file : FILES) {
      if (!Files.isRegularFile(folder.resolve(file))) {
        throw new BadInputException(
            folder, "is no CLIP model with both towers: it has no " + file + "; see --clip");
      }
    }
    ClipConfig config = ClipConfig.of(Json.readObject(folder.resolve("config.json")));
    ClipTokenizer tokenizer =
        ClipTokenizer.open(folder.resolve("vocab.json"), folder.resolve("merges.txt"));
    if (tokenizer.vocabularySize() > config.text().vocabulary()) {
      throw new BadInputException(
          folder.resolve("vocab.json"),
          "has %d tokens, but the text tower's vocab_size is %d"
              .formatted(tokenizer.vocabularySize(), config.text().vocabulary()));
    }
    ImagePreprocessor preprocessor =
        new ImagePreprocessor(
            PreprocessorConfig.from(Json.readObject(folder.resolve("preprocessor_config.json"))));
    Backend backend = Backends.open(options.device(), options.threads()).backend();
    try (SafetensorsFile weights = SafetensorsFile.open(folder.resolve("model.safetensors"))) {
      ClipModel model =
          Checkpoint.of(weights, "CLIP with both towers")
              .load(backend, options.precision(), source -> ClipModel.of(source, config));
      return new ClipScorer(backend, model, config, preprocessor, tokenizer);
    } catch (RuntimeException | Error e) {
      backend.close();
      throw e;
    }
  }

  /// The embedding of a picture, of unit length.
  public float[] embed(Image image) {
    int side = config.vision().imageSize();
    Tensor pixels = Tensor.of(backend, Shape.of(1, 3, side, side), preprocessor.pixels(image));
    return model.imageEmbeddings(pixels, Probe.NONE).toArray();
  }

  /// Scores the caption of a picture.
  ///
  /// @param picture from [#embed]
  /// @param references may be none
  public ClipScores score(float[] picture, String caption, List<String> references) {
    List<String> texts = new ArrayList<>();
    texts.add(ClipScores.PROMPT + caption);
    references.forEach(reference -> texts.add(ClipScores.PROMPT + reference));
    int length = Math.min(config.text().positions(), ClipTokenizer.CONTEXT_LENGTH);
    float[] all =
        model.textEmbeddings(backend, tokenizer.encodeBatch(texts, length), Probe.NONE).toArray();
    int width = config.embeddingWidth();
    List<float[]> rows = new ArrayList<>();
    for (int row = 0; row < texts.size(); row++) {
      rows.add(Arrays.copyOfRange(all, row * width, (row + 1) * width));
    }
    return ClipScores.of(picture, rows.getFirst(), rows.subList(1, rows.size()));
  }

  @Override
  public void close() {
    backend.close();
  }
}
