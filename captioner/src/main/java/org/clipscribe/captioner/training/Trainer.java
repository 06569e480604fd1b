package org.clipscribe.captioner.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.clipscribe.captioner.training.log.TrainingLog;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.training.AdamW;
import org.clipscribe.nn.training.GlobalNorm;
import org.clipscribe.nn.training.Trainables;
import org.clipscribe.nn.training.TrainingCheckpoint;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.autograd.Autograd;
import org.clipscribe.tensor.autograd.Gradients;
import org.clipscribe.tensor.autograd.Leaves;
import org.clipscribe.tensor.autograd.ValueAndGradients;
import org.jspecify.annotations.Nullable;

/// Trains a model: steps, epochs, validation, checkpoints.
///
/// Where it stops, and be it by a power failure, it goes on: a run that was stopped any number of
/// times computes the very same losses and weights as one that was not, to the last bit.
public final class Trainer {
  /// How training ended.
  public enum Outcome {
    /// All epochs are done, or no epoch has been better for long enough.
    FINISHED,
    /// It was asked to stop; everything is saved.
    INTERRUPTED
  }

  private final Task task;
  private final TrainingPlan plan;
  private final RunFolder folder;
  private final TrainingLog log;
  private final TrainingListener listener;
  private final Trainables trained;
  private final Leaves leaves;
  private final long totalSteps;
  private final AdamW optimiser;
  private Progress progress;
  private long mostKept; // elements
  private long savedAt = System.nanoTime();

  private Trainer(
      Task task,
      TrainingPlan plan,
      RunFolder folder,
      TrainingLog log,
      TrainingListener listener,
      Function<Trainables, AdamW> optimiser) {
    this.task = task;
    this.plan = plan;
    this.folder = folder;
    this.log = log;
    this.listener = listener;
    this.trained = Trainables.of(task.backend(), task.parameters(), plan.trained()::contains);
    this.leaves = trained.leaves();
    this.totalSteps =
        plan.epochs() * TrainingPlan.stepsPerEpoch(task.samples(), plan.samplesPerStep());
    this.optimiser = optimiser.apply(trained);
    this.progress = Progress.START;
  }

  /// Begins a run.
  ///
  /// @throws BadInputException when there are no samples, or nothing to train
  public static Trainer begin(
      Task task, TrainingPlan plan, RunFolder folder, TrainingLog log, TrainingListener listener) {
    Function<Trainables, AdamW> optimiser = trained -> AdamW.of(trained, plan.optimiser());
    Trainer trainer = checked(task, plan, folder, log, listener, optimiser);
    log.text(0, "configuration", Json.writePretty(configuration(task, plan)));
    return trainer;
  }

  private static Trainer checked(
      Task task,
      TrainingPlan plan,
      RunFolder folder,
      TrainingLog log,
      TrainingListener listener,
      Function<Trainables, AdamW> optimiser) {
    if (task.samples() == 0) {
      throw new BadInputException("data set", "has no %s to train on".formatted(task.unit()));
    }
    List<String> unknown =
        plan.trained().train().without(task.parameters().stream().map(p -> p.name()).toList());
    if (!unknown.isEmpty()) {
      throw new BadInputException(
          "parameters to train", "none of the model matches " + String.join(", ", unknown));
    }
    Trainer trainer = new Trainer(task, plan, folder, log, listener, optimiser);
    if (trainer.trained.parameters().isEmpty()) {
      throw new BadInputException("parameters to train", "all are frozen");
    }
    if (LongStream.range(0, trainer.totalSteps).allMatch(step -> plan.rate().at(step) == 0)) {
      throw new BadInputException(
          "learning rate", "is 0 in all %d steps".formatted(trainer.totalSteps));
    }
    if (plan.samplesPerStep() > task.samples()) {
      listener.notice(
          "a step is to see %d %s, but there are %d: each epoch is one step"
              .formatted(plan.samplesPerStep(), task.unit(), task.samples()));
    }
    return trainer;
  }

  /// Goes on with a run.
  ///
  /// @param task with a model whose trained parameters are those of the checkpoint: see
  ///     [TrainingCheckpoint#model()]
  /// @throws BadInputException when the checkpoint is of a run with other settings or other data
  public static Trainer resume(
      TrainingCheckpoint checkpoint,
      Task task,
      TrainingPlan plan,
      RunFolder folder,
      TrainingLog log,
      TrainingListener listener) {
    checkpoint.checkConfiguration(configuration(task, plan));
    Function<Trainables, AdamW> optimiser =
        trained -> {
          checkpoint.checkTensors(trained.tensors());
          return AdamW.restored(trained, plan.optimiser(), checkpoint.first(), checkpoint.second());
        };
    Trainer trainer = checked(task, plan, folder, log, listener, optimiser);
    trainer.progress = Progress.of(checkpoint.progress());
    if (trainer.progress.isBest()) {
      folder.keepBest(); // the end may have come in between
    }
    return trainer;
  }

  private static Map<String, @Nullable Object> configuration(Task task, TrainingPlan plan) {
    Map<String, @Nullable Object> all = new LinkedHashMap<>(task.identity());
    all.putAll(plan.toMap());
    all.put("samples", task.samples());
    return all;
  }

  public Progress progress() {
    return progress;
  }

  public Trainables trained() {
    return trained;
  }

  /// Trains until it is done or told to stop.
  ///
  /// @throws BadInputException when a loss is no longer a number; checkpoints are then those from
  ///     before
  public Outcome run(StopSignal stop) {
    Outcome outcome = runSteps(stop);
    if (mostKept > 0) {
      listener.ended(TrainingMemory.of(task.parameters(), trained.elements(), mostKept));
    }
    return outcome;
  }

  private Outcome runSteps(StopSignal stop) {
    while (!progress.stopped() && progress.epoch() < plan.epochs()) {
      while (progress.position() < task.samples()) {
        if (stop.requested()) {
          return interrupted();
        }
        step();
        boolean due = System.nanoTime() - savedAt > plan.interval().toNanos();
        // At the end of an epoch a checkpoint is saved anyhow, when its validation has been logged.
        if (due && progress.position() < task.samples()) {
          saveLast();
        }
      }
      if (stop.requested()) {
        return interrupted();
      }
      endEpoch();
    }
    return Outcome.FINISHED;
  }

  private Outcome interrupted() {
    saveLast();
    return Outcome.INTERRUPTED;
  }

  private void step() {
    int position = progress.position();
    int end = (int) Math.min(task.samples(), (long) position + plan.samplesPerStep());
    List<Batch> batches = new ArrayList<>();
    for (int at = position; at < end; at += plan.batch()) {
      batches.add(task.batch(progress.epoch(), at, Math.min(plan.batch(), end - at)));
    }
    long targets = batches.stream().mapToLong(Batch::weight).sum();
    if (targets == 0) {
      listener.notice(
          "epoch %d: %s %d to %d hold nothing to learn from and were skipped"
              .formatted(progress.epoch() + 1, task.unit(), position + 1, end));
      progress = progress.skip(end - position);
      return;
    }
    double rate = plan.rate().at(progress.step());
    MeanLoss loss = new MeanLoss();
    try (Gradients gradients = gradients(batches, targets, loss)) {
      update(gradients, rate, loss.value());
    }
    progress = progress.step(end - position, loss.value(), targets);
    log.scalar(progress.step(), "train/loss", loss.value());
    loss.parts().forEach((name, value) -> log.scalar(progress.step(), "train/" + name, value));
    log.scalar(progress.step(), "train/learning-rate", rate);
    listener.stepped(progress, totalSteps, loss.value());
  }

  /// The gradients of the mean loss over all targets of some batches, one batch at a time.
  ///
  /// @param targets of all batches, at least one
  /// @param mean adds them up
  private Gradients gradients(List<Batch> batches, long targets, MeanLoss mean) {
    Gradients sum = null;
    try {
      for (int i = 0; i < batches.size(); i++) {
        Batch batch = batches.get(i);
        if (batch.weight() > 0) {
          Gradients more = gradients(batch, dropout(i), targets, mean);
          sum = sum == null ? more : added(sum, more);
        }
      }
      return Objects.requireNonNull(sum, "there are targets, so there are batches");
    } catch (RuntimeException | Error e) {
      if (sum != null) {
        sum.close();
      }
      throw e;
    }
  }

  private Gradients gradients(Batch batch, Dropout dropout, long targets, MeanLoss mean) {
    float share = (float) ((double) batch.weight() / targets);
    Loss[] found = new Loss[1];
    ValueAndGradients result =
        Autograd.valueAndGradients(
            leaves,
            () -> {
              found[0] = batch.loss(dropout);
              return share == 1 ? found[0].total() : found[0].total().times(share);
            });
    mostKept = Math.max(mostKept, result.keptElements());
    mean.add(found[0].total().toArray()[0], found[0].parts(), batch.weight());
    return result.gradients();
  }

  private static Gradients added(Gradients sum, Gradients more) {
    sum.addAndClose(more);
    return sum;
  }

  /// The masks of a batch follow from the seed and the step.
  private Dropout dropout(int batch) {
    long step = progress.step();
    return new Dropout(plan.dropout(), plan.seed())
        .at((int) (step >>> 32))
        .at((int) step)
        .at(batch);
  }

  private void update(Gradients gradients, double rate, double loss) {
    double norm = GlobalNorm.clip(gradients, plan.clip());
    if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
      throw diverged("the loss is %s and the norm of its gradient %s".formatted(loss, norm));
    }
    optimiser.step(Math.toIntExact(progress.step() + 1), rate, gradients);
    task.updated();
    log.scalar(progress.step() + 1, "train/gradient-norm", norm);
  }

  private BadInputException diverged(String what) {
    log.flush();
    return new BadInputException(
        "training",
        "%s at step %d; nothing was saved of that. Try a lower learning rate or a longer warm-up"
            .formatted(what, progress.step() + 1));
  }

  private void endEpoch() {
    double train = progress.meanLoss();
    MeanLoss validated = validated();
    double validation = validated.value();
    double judged = Double.isNaN(validation) ? train : validation;
    long step = progress.step();
    log.scalar(step, "train/epoch-loss", train);
    if (!Double.isNaN(validation)) {
      log.scalar(step, "validation/epoch-loss", validation);
      validated.parts().forEach((name, value) -> log.scalar(step, "validation/" + name, value));
    }
    task.show(log, step);
    progress = progress.nextEpoch(judged, plan.patience());
    saveLast();
    if (progress.isBest()) {
      folder.keepBest();
    }
    listener.epochEnded(progress, train, validation);
  }

  /// What the model is judged by; empty when there is nothing.
  private MeanLoss validated() {
    MeanLoss mean = new MeanLoss();
    task.validation(plan.batch())
        .filter(batch -> batch.weight() > 0)
        .forEachOrdered(
            batch -> {
              Loss loss = batch.loss(Dropout.NONE);
              mean.add(loss.total().toArray()[0], loss.parts(), batch.weight());
            });
    if (mean.targets() > 0 && !Double.isFinite(mean.value())) {
      throw diverged("the validation loss is " + mean.value());
    }
    return mean;
  }

  private void saveLast() {
    log.flush(); // a log must never lack what a checkpoint has seen
    folder.save(folder.last(), contents());
    savedAt = System.nanoTime();
  }

  private TrainingCheckpoint.Contents contents() {
    return new TrainingCheckpoint.Contents(
        configuration(task, plan),
        progress.toMap(),
        trained.tensors(),
        optimiser.first(),
        optimiser.second());
  }
}
