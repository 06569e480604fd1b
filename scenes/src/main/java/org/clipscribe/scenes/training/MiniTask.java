package org.clipscribe.scenes.training;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.clipscribe.captioner.Captioner;
import org.clipscribe.captioner.training.Batch;
import org.clipscribe.captioner.training.Loss;
import org.clipscribe.captioner.training.Task;
import org.clipscribe.captioner.training.log.TrainingLog;
import org.clipscribe.clip.ClipTokenizer;
import org.clipscribe.clip.ImagePreprocessor;
import org.clipscribe.gpt2.Gpt2Tokenizer;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.Parameter;
import org.clipscribe.nn.training.Trainables;
import org.clipscribe.scenes.Scene;
import org.clipscribe.scenes.Scenes;
import org.clipscribe.scenes.art.Pictures;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;
import org.jspecify.annotations.Nullable;

/// Teaches the miniature: naming first, then everything together.
final class MiniTask implements Task {
  /// Pictures that are captioned for people to read after each epoch.
  private static final int SHOWN = 12;

  /// Scenes that stand for all that training will see.
  private static final int FINGERPRINT = 64;

  /// What a task is made of.
  ///
  /// @param write writes weights as a bundle into a folder
  /// @param preview the folder of the bundle as it is after each epoch
  record Setup(
      MiniRecipe recipe,
      MiniConfig config,
      SceneFactTargets targets,
      Curriculum curriculum,
      List<MiniEvaluation> evaluations,
      ImagePreprocessor preprocessor,
      Gpt2Tokenizer decoderTokenizer,
      ClipTokenizer textTokenizer,
      BiConsumer<Path, NamedTensors> write,
      Path preview) {}

  private final Backend backend;
  private final Setup setup;
  private final List<Parameter> parameters;
  private final MiniLoss loss;

  MiniTask(Backend backend, Setup setup, NamedTensors weights) {
    this.backend = backend;
    this.setup = setup;
    Checkpoint.Loaded<MiniModel> loaded =
        Checkpoint.of(weights, "the miniature")
            .loadNamed(
                backend,
                WeightFormat.F32,
                source -> MiniModel.of(source, setup.config, setup.targets));
    this.parameters = loaded.parameters();
    this.loss =
        new MiniLoss(
            backend,
            setup.config,
            loaded.model(),
            setup.targets,
            setup.decoderTokenizer,
            setup.textTokenizer);
  }

  @Override
  public Backend backend() {
    return backend;
  }

  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  @Override
  public int samples() {
    return setup.recipe.epoch();
  }

  @Override
  public String unit() {
    return "scenes";
  }

  @Override
  public Batch batch(long epoch, int position, int count) {
    long first = epoch * samples() + position;
    boolean naming = first < setup.recipe.namingUntil();
    return new Drawn(
        SceneBatch.of(setup.curriculum::stream, setup.preprocessor, first, count), naming);
  }

  /// Judged by everything together from the beginning, so that epochs can be compared.
  @Override
  public Stream<Batch> validation(int count) {
    Scenes scenes = setup.evaluations.getFirst().scenes();
    int judged = setup.recipe.judged();
    return IntStream.iterate(0, from -> from < judged, from -> from + count)
        .mapToObj(
            from ->
                new Drawn(
                    SceneBatch.of(
                        _ -> scenes, setup.preprocessor, from, Math.min(count, judged - from)),
                    false));
  }

  private final class Drawn implements Batch {
    private final SceneBatch scenes;
    private final boolean naming;

    Drawn(SceneBatch scenes, boolean naming) {
      this.scenes = scenes;
      this.naming = naming;
    }

    @Override
    public int weight() {
      return scenes.size();
    }

    @Override
    public Loss loss(Dropout dropout) {
      return naming ? loss.naming(scenes) : loss.joint(scenes);
    }
  }

  /// How true captions are and how well the towers match, and what some scenes are captioned.
  @Override
  public void show(TrainingLog log, long step) {
    setup.write.accept(setup.preview, new Trainables(backend, parameters).tensors());
    try (Captioner captioner = MiniEvaluation.open(setup.preview)) {
      for (MiniEvaluation evaluation : setup.evaluations) {
        evaluation.log(
            step,
            evaluation.captions(captioner, setup.recipe.judged()),
            evaluation.matching(
                backend, loss.model().clip(), setup.textTokenizer, setup.preprocessor),
            log);
      }
      Scenes scenes = setup.evaluations.getFirst().scenes();
      for (int i = 0; i < SHOWN; i++) {
        Scene scene = scenes.scene(i);
        String name = "samples/" + (i + 1);
        log.picture(step, name, Pictures.png(scene.image()));
        log.text(step, name, captioner.caption(scene.image()).text());
        log.text(step, name + "/references", scene.caption());
      }
    }
  }

  @Override
  public Map<String, @Nullable Object> identity() {
    Map<String, @Nullable Object> identity = setup.recipe.toMap();
    identity.put("easy_until", setup.curriculum.easyUntil());
    identity.put("easy_to", setup.curriculum.easyTo());
    identity.put("scenes", fingerprint());
    return identity;
  }

  /// Changes with the art and with everything that scenes are made by.
  private String fingerprint() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (int i = 0; i < FINGERPRINT; i++) {
        Scene scene = setup.curriculum.hard().scene(i);
        digest.update(scene.image().rgb());
        digest.update(scene.caption().getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
