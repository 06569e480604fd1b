package org.clipscribe.scenes.training;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.clipscribe.captioner.Captioner;
import org.clipscribe.captioner.training.log.CsvLog;
import org.clipscribe.captioner.training.log.JsonLinesLog;
import org.clipscribe.captioner.training.log.TrainingLog;
import org.clipscribe.clip.ImagePreprocessor;
import org.clipscribe.clip.PreprocessorConfig;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.scenes.Art;
import org.clipscribe.scenes.SceneOptions;
import org.clipscribe.scenes.Scenes;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.spi.Backend;

/// The command behind `scenes/train-mini`: trains the embedded model until it is done or stopped,
/// and goes on from the last checkpoint when started again.
/// ```
/// MiniTraining ART FOLDER [MINUTES [THREADS]]
/// ```
public final class MiniTraining {
  private static final int EVALUATE_EVERY = 500;
  private static final int EVALUATED = 400;
  private static final List<String> EASY_STYLES = List.of("noto", "twemoji", "fluent-emoji-flat");
  private static final long SAVE_NANOS = 90_000_000_000L;

  private final PrintStream out;
  private final Path folder;
  private final MiniTrainer trainer;
  private final MiniOptions options;
  private final List<MiniEvaluation> evaluations;
  private final Backend backend;

  private MiniTraining(Path art, Path folder, int threads, PrintStream out) throws IOException {
    this.out = out;
    this.folder = folder;
    this.options = MiniOptions.standard();
    this.backend = Backends.open(Backends.AUTO, threads).backend();
    Art training = Art.training(art);
    this.trainer =
        new MiniTrainer(
            backend,
            options,
            folder,
            new Curriculum(
                new Scenes(training.only(EASY_STYLES), SceneOptions.plain(96, 12, options.seed())),
                new Scenes(training, SceneOptions.plain(96, 12, options.seed())),
                new Scenes(training, SceneOptions.training(96, 12, options.seed())),
                (long) options.easySteps() * options.batch(),
                (long) options.easyTo() * options.batch()));
    SceneOptions heldOut = SceneOptions.heldOut(96, 12, options.seed());
    this.evaluations =
        List.of(
            new MiniEvaluation("training-styles", new Scenes(training, heldOut)),
            new MiniEvaluation("unseen-style", new Scenes(Art.unseen(art), heldOut)));
  }

  public static void main(String[] args) throws IOException {
    if (args.length < 2) {
      System.err.println("usage: MiniTraining ART FOLDER [MINUTES [THREADS]]");
      System.exit(2);
    }
    try {
      double minutes = args.length > 2 ? Double.parseDouble(args[2]) : Double.POSITIVE_INFINITY;
      int threads = args.length > 3 ? Integer.parseInt(args[3]) : 2;
      new MiniTraining(Path.of(args[0]), Path.of(args[1]), threads, System.out).run(minutes);
    } catch (BadInputException e) {
      System.err.println("train-mini: " + e.getMessage());
      System.exit(3);
    }
  }

  private void run(double minutes) throws IOException {
    Files.createDirectories(folder);
    out.printf(
        "%d parameters, back-end %s, from step %d of %d%n",
        trainer.parameters(), backend.getClass().getSimpleName(), trainer.step(), options.steps());
    try (TrainingLog log =
        TrainingLog.all(
            List.of(
                CsvLog.open(folder.resolve("log.csv"), trainer.step()),
                JsonLinesLog.open(folder.resolve("log.jsonl"), trainer.step())))) {
      long begin = System.nanoTime();
      long saved = begin;
      long shown = begin;
      int shownStep = trainer.step();
      while (trainer.step() < options.steps() && (System.nanoTime() - begin) / 60e9 < minutes) {
        float loss = trainer.update(log);
        long now = System.nanoTime();
        if (trainer.step() % 50 == 0) {
          double speed = (trainer.step() - shownStep) * options.batch() / ((now - shown) / 1e9);
          out.printf(Locale.ROOT, "step %d loss %.4f %.1f scenes/s%n", trainer.step(), loss, speed);
          shown = now;
          shownStep = trainer.step();
        }
        if (trainer.step() % EVALUATE_EVERY == 0) {
          evaluate(log);
        }
        if (now - saved > SAVE_NANOS) {
          save(log);
          saved = now;
        }
      }
      save(log);
    }
    trainer.export();
  }

  private void save(TrainingLog log) throws IOException {
    log.flush();
    trainer.save();
  }

  private void evaluate(TrainingLog log) throws IOException {
    trainer.export();
    try (Captioner captioner = MiniEvaluation.open(folder.resolve("bundle"))) {
      ImagePreprocessor preprocessor =
          new ImagePreprocessor(
              PreprocessorConfig.clip(trainer.config().bundle().vision().imageSize()));
      for (MiniEvaluation evaluation : evaluations) {
        MiniEvaluation.Matching matching =
            evaluation.matching(
                backend,
                trainer.loss().model().clip(),
                trainer.loss().textTokenizer(),
                preprocessor);
        out.println(
            evaluation.report(
                trainer.step(), evaluation.captions(captioner, EVALUATED), matching, log));
        out.print(evaluation.samples(captioner, 4));
      }
    }
  }
}
