package org.clipscribe.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.util.OptionalLong;
import java.util.function.IntFunction;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.training.CaptionRule;
import org.clipscribe.captioner.training.CaptioningSession;
import org.clipscribe.captioner.training.RunFolder;
import org.clipscribe.captioner.training.StopSignal;
import org.clipscribe.captioner.training.Trainer;
import org.clipscribe.captioner.training.TrainingPlan;
import org.clipscribe.captioner.training.log.RunLogs;
import org.clipscribe.captioner.training.log.TrainingLog;
import org.clipscribe.convert.ConvertReport;
import org.clipscribe.convert.TrainedBundle;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.spi.Backend;

/// Trains in front of a user: progress, logs, an end that Ctrl-C cannot spoil, and a bundle.
///
/// @param data the data set
/// @param out for checkpoints, logs and the bundle
/// @param freshMapping the seed of a new mapping network, if one is wanted
record TrainRun(
    Terminal terminal,
    boolean quiet,
    Bundle bundle,
    Path data,
    Path out,
    CaptionRule rule,
    OptionalLong freshMapping,
    boolean resume,
    String device,
    int threads) {

  /// @param planner makes the plan for a number of captions
  /// @return the exit status
  int run(IntFunction<TrainingPlan> planner) {
    StopSignal stop = new StopSignal();
    try (StopOnSignal _ = StopOnSignal.of(stop)) {
      RunFolder folder = RunFolder.open(out);
      Backends.Opened opened = Backends.open(device, threads);
      note(opened.notice().orElse(""));
      try (Backend backend = opened.backend();
          CaptioningSession session =
              CaptioningSession.open(
                  backend,
                  new CaptioningSession.Setup(bundle, data, folder, rule, freshMapping, resume))) {
        return train(session, folder, planner.apply(session.samples()), stop);
      }
    }
  }

  private int train(
      CaptioningSession session, RunFolder folder, TrainingPlan plan, StopSignal stop) {
    session.notice().ifPresent(notice -> note("note: " + notice));
    long steps = TrainingPlan.stepsPerEpoch(session.samples(), plan.samplesPerStep());
    TrainingConsole console =
        new TrainingConsole(terminal, quiet, plan.epochs(), plan.epochs() * steps);
    try (TrainingLog log = RunLogs.open(folder.path(), folder.lastStep(), Clock.systemUTC())) {
      Trainer.Outcome outcome = session.train(plan, log, console, stop);
      console.clear();
      if (outcome == Trainer.Outcome.INTERRUPTED) {
        note("stopped; go on with the same command and --resume");
        return ExitStatus.INTERRUPTED;
      }
    }
    return write(session);
  }

  private int write(CaptioningSession session) {
    Path target = out.resolve("bundle");
    try (CaptioningSession.Trained trained = session.trained()) {
      ConvertReport report =
          TrainedBundle.write(
              new TrainedBundle.Request(
                  bundle,
                  session.config(),
                  trained.weights(),
                  trained.origin(),
                  target,
                  Clipscribe.version()),
              (_, _) -> {});
      terminal
          .results()
          .line(Texts.oneLine("%s: %s".formatted(report.bundle(), report.description())));
    }
    note("next: clipscribe caption --model %s photo.jpg".formatted(target));
    return ExitStatus.DONE;
  }

  private void note(String message) {
    if (!quiet && !message.isEmpty()) {
      terminal.note(message);
    }
  }
}
