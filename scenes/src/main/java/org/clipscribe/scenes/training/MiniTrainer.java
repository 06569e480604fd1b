package org.clipscribe.scenes.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.clipscribe.captioner.training.log.TrainingLog;
import org.clipscribe.clip.ClipTokenizer;
import org.clipscribe.clip.ImagePreprocessor;
import org.clipscribe.clip.PreprocessorConfig;
import org.clipscribe.clip.VisionConfig;
import org.clipscribe.gpt2.Gpt2Tokenizer;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.FileLayer;
import org.clipscribe.nn.Initialisation;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.SeededTensors;
import org.clipscribe.nn.training.AdamW;
import org.clipscribe.nn.training.GlobalNorm;
import org.clipscribe.nn.training.Trainables;
import org.clipscribe.nn.training.TrainingCheckpoint;
import org.clipscribe.scenes.SceneVocabulary;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.autograd.Autograd;
import org.clipscribe.tensor.autograd.Leaves;
import org.clipscribe.tensor.autograd.ValueAndGradients;
import org.clipscribe.tensor.spi.Backend;
import org.jspecify.annotations.Nullable;

/// Trains the miniature, from the beginning or from where a checkpoint left off. The same options
/// and scenes give the same model, however often training was interrupted: scenes are numbered, and
/// step `n` takes the next batch of numbers.
final class MiniTrainer {
  private static final String CHECKPOINT = "checkpoint.safetensors";

  /// Gradients of a longer norm are scaled down to it, as in CLIP's and GPT-2's descendants.
  private static final double NORM_LIMIT = 1;

  private static final AdamW.Settings ADAM =
      // A shorter memory of squares than PyTorch's suits contrastive losses (Radford et al., 2021).
      new AdamW.Settings(0.9, 0.98, 1e-8, 0, AdamW.Settings.DEFAULT.spared());

  private final MiniOptions options;
  private final Path folder;
  private final Curriculum curriculum;
  private final MiniConfig config;
  private final ImagePreprocessor preprocessor;
  private final MiniLoss loss;
  private final Trainables trained;
  private final AdamW optimiser;
  private final Leaves leaves;
  private int step;

  /// @param folder where everything is written, and read if there is a checkpoint
  MiniTrainer(Backend backend, MiniOptions options, Path folder, Curriculum curriculum)
      throws IOException {
    this.options = options;
    this.folder = folder;
    this.curriculum = curriculum;
    Files.createDirectories(folder);
    SceneVocabulary.write(folder);
    Gpt2Tokenizer decoderTokenizer =
        Gpt2Tokenizer.open(
            folder.resolve(SceneVocabulary.DECODER).resolve("vocab.json"),
            folder.resolve(SceneVocabulary.DECODER).resolve("merges.txt"));
    ClipTokenizer textTokenizer =
        ClipTokenizer.open(
            folder.resolve(SceneVocabulary.TEXT_TOWER).resolve("vocab.json"),
            folder.resolve(SceneVocabulary.TEXT_TOWER).resolve("merges.txt"));
    int tokens = decoderTokenizer.vocabularySize();
    int textTokens = textTokenizer.vocabularySize();
    this.config =
        options.tiny()
            ? MiniConfig.tiny(tokens, textTokens)
            : MiniConfig.standard(tokens, textTokens);
    this.preprocessor =
        new ImagePreprocessor(PreprocessorConfig.clip(config.bundle().vision().imageSize()));
    SceneFactTargets targets = new SceneFactTargets(curriculum.hard().concepts().count());
    Path file = folder.resolve(CHECKPOINT);
    try (TrainingCheckpoint from = Files.exists(file) ? TrainingCheckpoint.open(file) : null) {
      Checkpoint.Loaded<MiniModel> loaded = load(backend, targets, from);
      this.trained = Trainables.of(backend, loaded.parameters(), _ -> true);
      this.loss =
          new MiniLoss(backend, config, loaded.model(), targets, decoderTokenizer, textTokenizer);
      AdamW.Settings settings = ADAM.withDecay(options.decay());
      if (from == null) {
        this.optimiser = AdamW.of(trained, settings);
      } else {
        from.checkConfiguration(options.toMap());
        from.checkTensors(trained.tensors());
        this.optimiser = AdamW.restored(trained, settings, from.first(), from.second());
        this.step = from.progress().integer("step", 0, Integer.MAX_VALUE);
      }
    }
    this.leaves = trained.leaves();
  }

  private Checkpoint.Loaded<MiniModel> load(
      Backend backend, SceneFactTargets targets, @Nullable TrainingCheckpoint from) {
    NamedTensors tensors = from == null ? fresh(backend, targets) : from.model();
    return Checkpoint.of(tensors, "the miniature")
        .loadNamed(backend, WeightFormat.F32, source -> MiniModel.of(source, config, targets));
  }

  private NamedTensors fresh(Backend backend, SceneFactTargets targets) {
    // Wider than GPT-2's 0.02, since rows are shorter: about 0.5 / sqrt(128). CLIP's temperature
    // starts at ln(1 / 0.07).
    Initialisation initialisation =
        Initialisation.normal(0.045f)
            .with(name -> name.endsWith("logit_scale"), new Initialisation.Normal(2.6593f, 0));
    NamedTensors drawn =
        SeededTensors.of(
            backend,
            options.seed(),
            initialisation,
            _ -> false,
            source -> MiniModel.of(source, config, targets));
    VisionConfig vision = config.clip().vision();
    return new PatchPositions(drawn, vision.imageSize() / vision.patch());
  }

  /// Updates done so far.
  int step() {
    return step;
  }

  MiniLoss loss() {
    return loss;
  }

  MiniConfig config() {
    return config;
  }

  NamedTensors tensors() {
    return trained.tensors();
  }

  long parameters() {
    return trained.elements();
  }

  /// One update.
  ///
  /// @return the loss
  float update(TrainingLog log) {
    SceneBatch batch =
        SceneBatch.of(curriculum, preprocessor, (long) step * options.batch(), options.batch());
    MiniLoss.Parts[] parts = new MiniLoss.Parts[1];
    try (ValueAndGradients result =
        Autograd.valueAndGradients(
            leaves,
            () -> {
              parts[0] = step < options.namingSteps() ? loss.naming(batch) : loss.joint(batch);
              return parts[0].total();
            })) {
      double norm = GlobalNorm.clip(result.gradients(), NORM_LIMIT);
      double rate = options.rate().at(step);
      optimiser.step(step + 1, rate, result.gradients());
      step++;
      for (MiniLoss.Part part : parts[0].parts()) {
        log.scalar(step, "train/" + part.name(), part.value().toArray()[0]);
      }
      log.scalar(step, "train/learning-rate", rate);
      log.scalar(step, "train/gradient-norm", norm);
      return result.loss();
    }
  }

  /// Writes a checkpoint in place of the last one.
  void save() throws IOException {
    Map<String, @Nullable Object> progress = new LinkedHashMap<>();
    progress.put("step", step);
    TrainingCheckpoint.write(
        folder.resolve(CHECKPOINT),
        new TrainingCheckpoint.Contents(
            options.toMap(), progress, trained.tensors(), optimiser.first(), optimiser.second()),
        FileLayer.SYSTEM);
  }

  /// Writes the model as it is now as a bundle, in place of the last one.
  void export() throws IOException {
    MiniBundle.write(folder.resolve("bundle"), folder, config, preprocessor.config(), tensors());
  }
}
