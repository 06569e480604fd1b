package org.clipscribe.scenes.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.clipscribe.captioner.training.Subject;
import org.clipscribe.captioner.training.Task;
import org.clipscribe.captioner.training.TrainingPlan;
import org.clipscribe.captioner.training.TrainingPreset;
import org.clipscribe.clip.ClipTokenizer;
import org.clipscribe.clip.ImagePreprocessor;
import org.clipscribe.clip.PreprocessorConfig;
import org.clipscribe.clip.VisionConfig;
import org.clipscribe.gpt2.Gpt2Tokenizer;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Initialisation;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.SeededTensors;
import org.clipscribe.scenes.Art;
import org.clipscribe.scenes.SceneOptions;
import org.clipscribe.scenes.SceneVocabulary;
import org.clipscribe.scenes.Scenes;
import org.clipscribe.tensor.spi.Backend;

/// The embedded model to be trained on scenes of drawings, from nothing: both towers of CLIP, a
/// mapping network and a GPT-2. `docs/embedded-model.md` is about it.
public final class MiniSubject implements Subject {
  /// Settings to begin with.
  public static final TrainingPreset PRESET = MiniRecipe.PRESET;

  /// Few styles of plain drawings, to begin with.
  private static final List<String> EASY_STYLES = List.of("noto", "twemoji", "fluent-emoji-flat");

  /// After so many the tower names what patches of easy scenes show; `docs/embedded-model.md` has
  /// what was seen without.
  private static final long EASY_UNTIL = 64_000;

  private static final long EASY_TO = 256_000;

  private final Backend backend;
  private final Path run;
  private final MiniRecipe recipe;
  private final Curriculum curriculum;
  private final List<MiniEvaluation> evaluations;
  private final Gpt2Tokenizer decoderTokenizer;
  private final ClipTokenizer textTokenizer;
  private final MiniConfig config;
  private final NamedTensors weights;

  MiniSubject(
      Backend backend,
      Path run,
      MiniRecipe recipe,
      Curriculum curriculum,
      List<MiniEvaluation> evaluations)
      throws IOException {
    this.backend = backend;
    this.run = run;
    this.recipe = recipe;
    this.curriculum = curriculum;
    this.evaluations = evaluations;
    Files.createDirectories(run);
    SceneVocabulary.write(run);
    Path decoder = run.resolve(SceneVocabulary.DECODER);
    Path tower = run.resolve(SceneVocabulary.TEXT_TOWER);
    this.decoderTokenizer =
        Gpt2Tokenizer.open(decoder.resolve("vocab.json"), decoder.resolve("merges.txt"));
    this.textTokenizer =
        ClipTokenizer.open(tower.resolve("vocab.json"), tower.resolve("merges.txt"));
    int tokens = decoderTokenizer.vocabularySize();
    int textTokens = textTokenizer.vocabularySize();
    this.config =
        recipe.tiny()
            ? MiniConfig.tiny(tokens, textTokens)
            : MiniConfig.standard(tokens, textTokens);
    this.weights = fresh();
  }

  /// @param art what `scenes/fetch-art` made
  /// @param run folder of the run, where the vocabularies are written
  /// @param seed of the first weights and of the scenes
  /// @throws BadInputException when an art file is missing or damaged
  public static MiniSubject open(Backend backend, Path art, Path run, long seed) {
    Art training = Art.training(art);
    SceneOptions plain = SceneOptions.plain(96, 12, seed);
    SceneOptions heldOut = SceneOptions.heldOut(96, 12, seed);
    MiniRecipe recipe = MiniRecipe.standard(seed);
    Curriculum curriculum =
        new Curriculum(
            new Scenes(training.only(EASY_STYLES), plain),
            new Scenes(training, plain),
            new Scenes(training, SceneOptions.training(96, 12, seed)),
            EASY_UNTIL,
            EASY_TO);
    List<MiniEvaluation> evaluations =
        List.of(
            new MiniEvaluation("training-styles", new Scenes(training, heldOut)),
            new MiniEvaluation("unseen-style", new Scenes(Art.unseen(art), heldOut)));
    try {
      return new MiniSubject(backend, run, recipe, curriculum, evaluations);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private NamedTensors fresh() {
    // Wider than GPT-2's 0.02, since rows are shorter: about 0.5 / sqrt(128). CLIP's temperature
    // starts at ln(1 / 0.07).
    Initialisation initialisation =
        Initialisation.normal(0.045f)
            .with(name -> name.endsWith("logit_scale"), new Initialisation.Normal(2.6593f, 0));
    SceneFactTargets targets = targets();
    NamedTensors drawn =
        SeededTensors.of(
            backend,
            recipe.seed(),
            initialisation,
            _ -> false,
            source -> MiniModel.of(source, config, targets));
    VisionConfig vision = config.clip().vision();
    return new PatchPositions(drawn, vision.imageSize() / vision.patch());
  }

  private SceneFactTargets targets() {
    return new SceneFactTargets(curriculum.hard().concepts().count());
  }

  private ImagePreprocessor preprocessor() {
    return new ImagePreprocessor(PreprocessorConfig.clip(config.clip().vision().imageSize()));
  }

  @Override
  public int samples() {
    return recipe.epoch();
  }

  @Override
  public NamedTensors weights() {
    return weights;
  }

  @Override
  public Task task(NamedTensors from, TrainingPlan plan) {
    return new MiniTask(
        backend,
        new MiniTask.Setup(
            recipe,
            config,
            targets(),
            curriculum,
            evaluations,
            preprocessor(),
            decoderTokenizer,
            textTokenizer,
            this::write,
            run.resolve("preview")),
        from);
  }

  /// Writes the model as a bundle, without the heads that only training uses.
  ///
  /// @param folder made if it is missing; files in it are replaced
  /// @param trained under the names of [#weights()]
  public void write(Path folder, NamedTensors trained) {
    try {
      MiniBundle.write(folder, run, config, preprocessor().config(), trained);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {}
}
