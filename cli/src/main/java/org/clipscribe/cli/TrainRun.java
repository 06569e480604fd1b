package org.clipscribe.cli;

import java.nio.file.Path;
import java.time.Clock;
import org.clipscribe.captioner.training.RunFolder;
import org.clipscribe.captioner.training.StopSignal;
import org.clipscribe.captioner.training.Trainer;
import org.clipscribe.captioner.training.TrainingPlan;
import org.clipscribe.captioner.training.TrainingSession;
import org.clipscribe.captioner.training.log.RunLogs;
import org.clipscribe.captioner.training.log.TrainingLog;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.spi.Backend;

/// Trains in front of a user: progress, logs, an end that Ctrl-C cannot spoil, and a model.
///
/// @param out for checkpoints, logs and the model
record TrainRun(
    Terminal terminal,
    boolean quiet,
    TrainingWork work,
    Path out,
    boolean resume,
    String device,
    int threads) {

  /// @return the exit status
  int run() {
    StopSignal stop = new StopSignal();
    try (StopOnSignal _ = StopOnSignal.of(stop)) {
      RunFolder folder = RunFolder.open(out);
      Backends.Opened opened = Backends.open(device, threads);
      note(opened.notice().orElse(""));
      try (Backend backend = opened.backend();
          TrainingWork.Opened open = work.open(backend, out)) {
        return train(open, TrainingSession.open(open.subject(), folder, resume), stop);
      }
    }
  }

  private int train(TrainingWork.Opened open, TrainingSession session, StopSignal stop) {
    open.subject().notice().ifPresent(notice -> note("note: " + notice));
    int samples = open.subject().samples();
    TrainingPlan plan = open.plan(samples);
    long steps = TrainingPlan.stepsPerEpoch(samples, plan.samplesPerStep());
    TrainingConsole console =
        new TrainingConsole(terminal, quiet, plan.epochs(), plan.epochs() * steps);
    RunFolder folder = session.folder();
    try (TrainingLog log = RunLogs.open(folder.path(), folder.lastStep(), Clock.systemUTC())) {
      Trainer.Outcome outcome = session.train(plan, log, console, stop);
      console.clear();
      if (outcome == Trainer.Outcome.INTERRUPTED) {
        note("stopped; go on with the same command and --resume");
        return ExitStatus.INTERRUPTED;
      }
    }
    return write(open, session);
  }

  private int write(TrainingWork.Opened open, TrainingSession session) {
    try (TrainingSession.Trained trained = session.trained()) {
      TrainingWork.Written written = open.write(out, trained);
      terminal
          .results()
          .line(Texts.oneLine("%s: %s".formatted(written.target(), written.description())));
      note("next: " + written.next());
    }
    return ExitStatus.DONE;
  }

  private void note(String message) {
    if (!quiet && !message.isEmpty()) {
      terminal.note(message);
    }
  }
}
