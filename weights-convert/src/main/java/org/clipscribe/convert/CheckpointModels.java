package org.clipscribe.convert;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.TextTower;
import org.clipscribe.clip.ClipConfig;
import org.clipscribe.clip.ClipEncoder;
import org.clipscribe.clip.ClipModel;
import org.clipscribe.clip.PreprocessorConfig;
import org.clipscribe.clip.VisionConfig;
import org.clipscribe.gpt2.Gpt2;
import org.clipscribe.gpt2.Gpt2Config;
import org.clipscribe.gpt2.Gpt2Tokenizer;
import org.clipscribe.gpt2.TextGenerator;
import org.clipscribe.gpt2.TextModel;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;
import org.jspecify.annotations.Nullable;

/// Models straight out of a checkpoint, for what needs no bundle: a folder of Hugging Face's, the
/// original's `model.pt`, any file that a conversion reads.
public final class CheckpointModels {
  private CheckpointModels() {}

  /// Loads the GPT-2 in a checkpoint.
  ///
  /// @param backend where it is loaded
  /// @param format how matrices are kept
  /// @param tokenizer a folder with `vocab.json` and `merges.txt`; absent: beside the weights
  /// @throws BadInputException when there is no GPT-2, it does not fit, or there is no tokenizer
  public static TextModel text(
      Path path, Backend backend, WeightFormat format, Optional<Path> tokenizer) {
    try (Recognised found = Recognised.open(path)) {
      Path words = tokenizer.orElse(found.files().folder());
      if (!BundleFiles.hasTokenizer(words)) {
        throw BundleFiles.noTokenizer(words);
      }
      CombinedTensors tensors = tensors(found, Part.GPT2);
      boolean tied = TiedHead.settle(tensors);
      Map<String, @Nullable Object> section = section(found, Part.GPT2, tensors);
      section.put("tie_word_embeddings", tied);
      Gpt2Config config = Gpt2Config.of(json(section, found));
      if (config.crossAttention()) {
        throw new BadInputException(
            path,
            "writes about pictures only: its decoder has cross-attention; convert it, and caption");
      }
      Gpt2 gpt2 =
          Checkpoint.of(tensors, config.toString())
              .load(backend, format, source -> Gpt2.of(source.at("gpt2"), config));
      Gpt2Tokenizer encoder =
          Gpt2Tokenizer.open(words.resolve(Bundle.VOCABULARY), words.resolve(Bundle.MERGES));
      return new TextModel(new TextGenerator(gpt2, backend), encoder);
    }
  }

  /// Loads the CLIP in a checkpoint, both towers.
  ///
  /// @param backend where it is loaded; the result closes it
  /// @param format how matrices are kept
  /// @throws BadInputException when a half of it is missing, it does not fit, or there is no
  ///     tokenizer
  public static ClipEncoder clip(Path path, Backend backend, WeightFormat format) {
    try (Recognised found = Recognised.open(path)) {
      CombinedTensors tensors = tensors(found, Part.CLIP);
      tensors(found, Part.TEXT).copyTo(tensors);
      VisionConfig vision = VisionConfig.of(json(section(found, Part.CLIP, tensors), found));
      TextTower text = TextTower.of(json(section(found, Part.TEXT, tensors), found));
      ClipConfig config = text.with(vision);
      ClipWordFiles words = ClipWordFiles.of(found.files());
      ClipModel model =
          Checkpoint.of(tensors, "CLIP (" + vision + ")")
              .load(backend, format, source -> ClipModel.of(source.at("clip"), config));
      return new ClipEncoder(model, backend, preprocessor(found, vision), words.open());
    }
  }

  /// How the CLIP in a checkpoint has its pictures prepared; the weights are only looked at.
  ///
  /// @throws BadInputException when there is no CLIP
  public static PreprocessorConfig preprocessor(Path path) {
    try (Recognised found = Recognised.open(path)) {
      CombinedTensors tensors = tensors(found, Part.CLIP);
      VisionConfig vision = VisionConfig.of(json(section(found, Part.CLIP, tensors), found));
      return preprocessor(found, vision);
    }
  }

  static PreprocessorConfig preprocessor(Recognised found, VisionConfig vision) {
    return found
        .files()
        .sibling(Bundle.PREPROCESSOR)
        .map(PreprocessorConfig::read)
        .orElseGet(() -> PreprocessorConfig.clip(vision.imageSize()));
  }

  static CombinedTensors tensors(Recognised found, Part part) {
    if (!found.has(part)) {
      throw new BadInputException(
          found.path(), "is " + found.family().label() + " and holds no " + part.label());
    }
    CombinedTensors tensors = new CombinedTensors(found.tensors().origin());
    found.tensors().names().stream()
        .filter(part::owns)
        .forEach(name -> tensors.put(name, found.tensors(), name));
    return tensors;
  }

  static Map<String, @Nullable Object> section(
      Recognised found, Part part, CombinedTensors tensors) {
    return Sections.settle(part, tensors, tensors, found.files().config().flatMap(part::declared));
  }

  static JsonObject json(Map<String, @Nullable Object> section, Recognised found) {
    String origin = found.files().config().map(JsonObject::origin).orElse(found.tensors().origin());
    return Json.parseObject(Json.write(section).getBytes(StandardCharsets.UTF_8), origin);
  }
}
