package org.clipscribe.convert;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.BundleConfig;
import org.clipscribe.captioner.TextTower;
import org.clipscribe.clip.ClipConfig;
import org.clipscribe.clip.ClipTokenizer;
import org.clipscribe.clip.PreprocessorConfig;
import org.clipscribe.clip.VisionConfig;
import org.clipscribe.gpt2.Gpt2Config;
import org.clipscribe.gpt2.Gpt2Tokenizer;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.json.Json;
import org.jspecify.annotations.Nullable;

/// A checkpoint whose CLIP or GPT-2 is trained, open. What comes out takes its form: a bundle gives
/// a bundle, anything else a folder as Hugging Face has it.
public final class TrainableCheckpoint implements AutoCloseable {
  /// A CLIP to train.
  ///
  /// @param checkpoint closed by the caller after training
  public record Clip(
      TrainableCheckpoint checkpoint,
      ClipConfig config,
      PreprocessorConfig preprocessor,
      ClipTokenizer tokenizer)
      implements AutoCloseable {
    @Override
    public void close() {
      checkpoint.close();
    }
  }

  /// A GPT-2 to train.
  ///
  /// @param checkpoint closed by the caller after training
  public record Text(TrainableCheckpoint checkpoint, Gpt2Config config, Gpt2Tokenizer tokenizer)
      implements AutoCloseable {
    @Override
    public void close() {
      checkpoint.close();
    }
  }

  private final Recognised found;
  private final NamedTensors weights;
  private final Map<String, Path> words;
  private final Map<String, @Nullable Object> config;

  /// @param words files of the tokenizer and of the preprocessing, by their names in what comes out
  /// @param config of what comes out, when that is no bundle
  private TrainableCheckpoint(
      Recognised found,
      NamedTensors weights,
      Map<String, Path> words,
      Map<String, @Nullable Object> config) {
    this.found = found;
    this.weights = weights;
    this.words = words;
    this.config = config;
  }

  /// Opens a CLIP of which both towers are there.
  ///
  /// @throws BadInputException when a half of it is missing or there is no tokenizer
  public static Clip clip(Path path) {
    Recognised found = Recognised.open(path);
    try {
      CombinedTensors tensors = CheckpointModels.tensors(found, Part.CLIP);
      CheckpointModels.tensors(found, Part.TEXT).copyTo(tensors);
      var vision = CheckpointModels.section(found, Part.CLIP, tensors);
      var text = CheckpointModels.section(found, Part.TEXT, tensors);
      VisionConfig visionConfig = VisionConfig.of(CheckpointModels.json(vision, found));
      TextTower tower = TextTower.of(CheckpointModels.json(text, found));
      ClipWordFiles files = ClipWordFiles.of(found.files());
      Map<String, Path> words = new LinkedHashMap<>();
      words.put(Bundle.VOCABULARY, files.vocabulary());
      words.put(Bundle.MERGES, files.merges());
      found
          .files()
          .sibling(Bundle.PREPROCESSOR)
          .ifPresent(file -> words.put(Bundle.PREPROCESSOR, file));
      Map<String, @Nullable Object> config = new LinkedHashMap<>();
      config.put("model_type", "clip");
      config.put("architectures", List.of("CLIPModel"));
      config.put("projection_dim", tower.embeddingWidth());
      config.put("vision_config", vision);
      config.put("text_config", text);
      NamedTensors all = isBundle(found) ? found.tensors() : tensors;
      return new Clip(
          new TrainableCheckpoint(found, all, words, config),
          tower.with(visionConfig),
          CheckpointModels.preprocessor(found, visionConfig),
          files.open());
    } catch (RuntimeException | Error e) {
      found.close();
      throw e;
    }
  }

  /// Opens a GPT-2.
  ///
  /// @param tokenizer a folder with `vocab.json` and `merges.txt`; absent: beside the weights
  /// @throws BadInputException when there is no GPT-2 or no tokenizer
  public static Text text(Path path, Optional<Path> tokenizer) {
    Recognised found = Recognised.open(path);
    try {
      Path words = tokenizer.orElse(found.files().folder());
      if (!BundleFiles.hasTokenizer(words)) {
        throw BundleFiles.noTokenizer(words);
      }
      CombinedTensors tensors = CheckpointModels.tensors(found, Part.GPT2);
      boolean tied = TiedHead.settle(tensors);
      var section = CheckpointModels.section(found, Part.GPT2, tensors);
      section.put("tie_word_embeddings", tied);
      Gpt2Config gpt2 = Gpt2Config.of(CheckpointModels.json(section, found));
      if (gpt2.crossAttention()) {
        throw new BadInputException(
            path, "cannot be trained here: its decoder looks at pictures by cross-attention");
      }
      Path vocabulary = words.resolve(Bundle.VOCABULARY);
      Path merges = words.resolve(Bundle.MERGES);
      Map<String, @Nullable Object> config = new LinkedHashMap<>();
      config.put("model_type", "gpt2");
      config.put("architectures", List.of("GPT2LMHeadModel"));
      config.putAll(section);
      NamedTensors all = isBundle(found) ? found.tensors() : tensors;
      return new Text(
          new TrainableCheckpoint(
              found, all, Map.of(Bundle.VOCABULARY, vocabulary, Bundle.MERGES, merges), config),
          gpt2,
          Gpt2Tokenizer.open(vocabulary, merges));
    } catch (RuntimeException | Error e) {
      found.close();
      throw e;
    }
  }

  private static boolean isBundle(Recognised found) {
    return found
        .files()
        .config()
        .filter(config -> BundleConfig.FORMAT.equals(config.get("format")))
        .isPresent();
  }

  /// All weights under the names of a bundle.
  public NamedTensors weights() {
    return weights;
  }

  /// Stands for the weights: the digests of their files.
  public String digest() {
    try {
      return Json.write(Manifest.describe(found).get("files"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Writes a trained model in place of one that was written before; nothing else is ever replaced.
  ///
  /// @param target the folder to make
  /// @param trained all weights, under the names of a bundle
  /// @param origin for the manifest: what was done
  /// @return one line on what was written
  /// @throws BadInputException when something else is at the target
  public String write(
      Path target, NamedTensors trained, Map<String, Object> origin, String toolVersion) {
    if (isBundle(found)) {
      Bundle base = Bundle.open(found.files().folder());
      return TrainedBundle.write(
              new TrainedBundle.Request(base, base.config(), trained, origin, target, toolVersion),
              (_, _) -> {})
          .description();
    }
    try (StagedFolder folder = StagedFolder.create(target, true)) {
      Path path = folder.path();
      for (Map.Entry<String, Path> file : words.entrySet()) {
        Files.copy(file.getValue(), path.resolve(file.getKey()));
      }
      Files.writeString(
          path.resolve(Bundle.CONFIG), Json.writePretty(config), StandardCharsets.UTF_8);
      CombinedTensors renamed = new CombinedTensors(trained.origin());
      Map<String, TensorInfo> layout = new LinkedHashMap<>();
      for (String name : trained.names()) {
        renamed.put(theirName(name), trained, name);
        layout.put(theirName(name), trained.info(name));
      }
      BundleFiles.writeWeights(renamed, layout, path.resolve(Bundle.WEIGHTS), (_, _) -> {});
      Manifest.write(path, Bundle.MANIFEST, List.of(Manifest.describe(found), origin), toolVersion);
      folder.commit();
      long parameters = layout.values().stream().mapToLong(TensorInfo::elements).sum();
      return String.format(
          Locale.ROOT, "trained %s, %.1f M parameters", config.get("model_type"), parameters / 1e6);
    } catch (IOException e) {
      throw new UncheckedIOException(
          target + ": cannot be written (" + e + "); nothing was left there", e);
    }
  }

  /// A name as `CLIPModel` and `GPT2LMHeadModel` of Hugging Face have it.
  private static String theirName(String name) {
    if (name.startsWith("clip.")) {
      return name.substring("clip.".length());
    }
    String below = name.substring("gpt2.".length());
    return below.startsWith("lm_head.") ? below : "transformer." + below;
  }

  @Override
  public void close() {
    found.close();
  }
}
