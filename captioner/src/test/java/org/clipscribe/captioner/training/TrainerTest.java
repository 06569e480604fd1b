package org.clipscribe.captioner.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.function.LongToIntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.clipscribe.captioner.training.log.TrainingLog;
import org.clipscribe.gpt2.Gpt2Config;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.DType;
import org.clipscribe.nn.Parameter;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.training.AdamW;
import org.clipscribe.nn.training.LearningRate;
import org.clipscribe.nn.training.TrainingCheckpoint;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.Reduction;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.Unary;
import org.clipscribe.tensor.spi.Backend;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The loop, with a model of one vector that learns to be like its samples.
final class TrainerTest {
  private static final TrainingLog SILENT = TrainingLog.all(List.of());

  private final Backend backend = Backends.open("reference", 1).backend();
  private final List<String> notices = new ArrayList<>();
  private final TrainingListener listener =
      new TrainingListener() {
        @Override
        public void notice(String message) {
          notices.add(message);
        }
      };

  @TempDir private Path folder;

  /// Sample `i` is `(i, 2 i)`; the loss of a batch is the mean squared distance to its samples.
  private class Distances implements Task {
    private final int samples;
    private final Tensor w = Tensor.of(backend, Shape.of(2), 9, -9);
    private IntToDoubleFunction judged = _ -> Double.NaN;
    private LongToIntFunction weight = _ -> 1;
    private int validations;

    Distances(int samples) {
      this.samples = samples;
    }

    @Override
    public Backend backend() {
      return backend;
    }

    @Override
    public List<Parameter> parameters() {
      return List.of(new Parameter.Vector("w", TensorInfo.of(DType.F32, 2), w));
    }

    @Override
    public int samples() {
      return samples;
    }

    @Override
    public String unit() {
      return "captions";
    }

    @Override
    public Batch batch(long epoch, int position, int count) {
      int weighed = count * weight.applyAsInt(position);
      float[] mean = new float[2];
      for (int i = position; i < position + count; i++) {
        mean[0] += (float) i / count;
        mean[1] += 2f * i / count;
      }
      return batch(
          weighed,
          () -> {
            Tensor away = w.minus(Tensor.of(backend, Shape.of(2), mean));
            return away.times(away).reduce(Reduction.SUM);
          });
    }

    static Batch batch(int weight, Supplier<Tensor> loss) {
      return new Batch() {
        @Override
        public int weight() {
          return weight;
        }

        @Override
        public Loss loss(Dropout dropout) {
          return Loss.of(loss.get());
        }
      };
    }

    @Override
    public Stream<Batch> validation(int count) {
      double value = judged.applyAsDouble(validations++);
      return Double.isNaN(value)
          ? Stream.empty()
          : Stream.of(batch(1, () -> Tensor.of(backend, Shape.of(1), (float) value)));
    }

    @Override
    public void show(TrainingLog log, long step) {}

    @Override
    public Map<String, @Nullable Object> identity() {
      return Map.of("task", "distances");
    }
  }

  private static TrainingPlan plan(int epochs, int batch, int accumulate, int patience) {
    return new TrainingPlan(
        epochs,
        batch,
        accumulate,
        new LearningRate.Constant(0.5, 0),
        AdamW.Settings.DEFAULT,
        TrainingPlan.CLIP,
        0,
        1,
        TrainedParts.training(List.of("*")),
        patience,
        Duration.ofHours(1));
  }

  private Trainer trainer(Task task, TrainingPlan plan, String name) {
    return Trainer.begin(task, plan, RunFolder.open(folder.resolve(name)), SILENT, listener);
  }

  private TrainingCheckpoint last(String name) {
    return TrainingCheckpoint.open(RunFolder.open(folder.resolve(name)).last());
  }

  @Test
  void learns() {
    Distances task = new Distances(3);
    assertThat(trainer(task, plan(200, 3, 1, 0), "run").run(new StopSignal()))
        .isEqualTo(Trainer.Outcome.FINISHED);
    assertThat(task.w.toArray()[0]).isCloseTo(1, within(0.05f));
    assertThat(task.w.toArray()[1]).isCloseTo(2, within(0.05f));
    assertThat(notices).isEmpty();
  }

  @Test
  void treatsBatchesOfAStepAsOneBatch() {
    Distances whole = new Distances(7);
    trainer(whole, plan(3, 6, 1, 0), "whole").run(new StopSignal());
    Distances parts = new Distances(7);
    Trainer trainer = trainer(parts, plan(3, 2, 3, 0), "parts");
    trainer.run(new StopSignal());
    assertThat(trainer.progress().step()).isEqualTo(3 * 2);
    // The mean of squared distances differs from the distance of the mean by a constant, so the
    // gradients are the same but for rounding.
    assertThat(parts.w.toArray()[0]).isCloseTo(whole.w.toArray()[0], within(1e-5f));
    assertThat(parts.w.toArray()[1]).isCloseTo(whole.w.toArray()[1], within(1e-5f));
  }

  @Test
  void stopsWhenTheLossIsNoNumberAndSavesNothingOfIt() {
    Distances poisoned =
        new Distances(4) {
          @Override
          public Batch batch(long epoch, int position, int count) {
            Batch batch = super.batch(epoch, position, count);
            return epoch < 2
                ? batch
                : Distances.batch(1, () -> batch.loss(Dropout.NONE).total().times(Float.NaN));
          }
        };
    assertThatThrownBy(() -> trainer(poisoned, plan(5, 2, 1, 0), "run").run(new StopSignal()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("the loss is NaN")
        .hasMessageContaining("at step 5");
    try (TrainingCheckpoint checkpoint = last("run")) {
      assertThat(checkpoint.progress().integer("epoch", 0, 9)).isEqualTo(2);
      assertThat(checkpoint.model().floats("w")).doesNotContain(Float.NaN);
    }
    assertThat(poisoned.w.toArray()).doesNotContain(Float.NaN);
  }

  @Test
  void skipsCaptionsWithoutAWordAndSaysSo() {
    Distances task = new Distances(4);
    task.weight = position -> position == 2 ? 0 : 1;
    Trainer trainer = trainer(task, plan(2, 2, 1, 0), "run");
    trainer.run(new StopSignal());
    assertThat(trainer.progress().step()).isEqualTo(2);
    assertThat(notices)
        .containsExactly(
            "epoch 1: captions 3 to 4 hold nothing to learn from and were skipped",
            "epoch 2: captions 3 to 4 hold nothing to learn from and were skipped");
  }

  @Test
  void refusesWhatCannotBeLearned() {
    assertThatThrownBy(() -> trainer(new Distances(0), plan(1, 1, 1, 0), "run"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("no captions to train on");
    TrainingPlan plan = plan(2, 1, 1, 0);
    TrainingPlan still =
        new TrainingPlan(
            2,
            1,
            1,
            new LearningRate.Constant(0, 0),
            plan.optimiser(),
            plan.clip(),
            0,
            1,
            plan.trained(),
            0,
            plan.interval());
    assertThatThrownBy(() -> trainer(new Distances(3), still, "run"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("learning rate: is 0 in all 6 steps");
  }

  @Test
  void saysWhenAStepIsLargerThanTheDataSet() {
    Distances task = new Distances(3);
    Trainer trainer = trainer(task, plan(2, 4, 2, 0), "run");
    trainer.run(new StopSignal());
    assertThat(trainer.progress().step()).isEqualTo(2);
    assertThat(notices)
        .containsExactly("a step is to see 8 captions, but there are 3: each epoch is one step");
  }

  @Test
  void keepsTheBestEpochAndStopsWhenNoneIsBetterForLong() {
    Distances task = new Distances(2);
    double[] losses = {5, 3, 4, 3.5, 2, 1};
    task.judged = epoch -> losses[epoch];
    Trainer trainer = trainer(task, plan(6, 2, 1, 2), "run");
    assertThat(trainer.run(new StopSignal())).isEqualTo(Trainer.Outcome.FINISHED);
    assertThat(trainer.progress().epoch()).isEqualTo(4);
    assertThat(trainer.progress().stopped()).isTrue();
    RunFolder run = RunFolder.open(folder.resolve("run"));
    try (TrainingCheckpoint best = TrainingCheckpoint.open(run.best())) {
      assertThat(best.progress().integer("epoch", 0, 9)).isEqualTo(2);
      assertThat(best.progress().number("best")).isEqualTo(3);
    }
  }

  /// Learns in two phases by two losses: epoch 0 the first number alone, then both.
  private final class Phases extends Distances {
    private final Tensor second = Tensor.of(backend, Shape.of(1), 5);
    private int updates;

    Phases() {
      super(2);
    }

    @Override
    public List<Parameter> parameters() {
      List<Parameter> all = new ArrayList<>(super.parameters());
      all.add(new Parameter.Vector("second", TensorInfo.of(DType.F32, 1), second));
      return all;
    }

    @Override
    public Batch batch(long epoch, int position, int count) {
      Batch first = super.batch(epoch, position, count);
      return new Batch() {
        @Override
        public int weight() {
          return first.weight();
        }

        @Override
        public Loss loss(Dropout dropout) {
          Tensor distance = first.loss(dropout).total();
          if (epoch == 0) {
            return new Loss(distance, List.of(Loss.Part.of("distance", distance)));
          }
          Tensor size = second.times(second).reduce(Reduction.SUM);
          return new Loss(
              distance.plus(size.times(0.5f)),
              List.of(Loss.Part.of("distance", distance), Loss.Part.of("size", size)));
        }
      };
    }

    @Override
    public void updated() {
      updates++;
    }
  }

  @Test
  void hasPhasesWithLossesOfSeveralParts() {
    Phases task = new Phases();
    RememberingLog log = new RememberingLog();
    TrainingPlan plan = plan(2, 1, 2, 0);
    List<Float> seconds = new ArrayList<>();
    TrainingListener watching =
        new TrainingListener() {
          @Override
          public void stepped(Progress progress, long totalSteps, double loss) {
            seconds.add(task.second.toArray()[0]);
          }
        };
    RunFolder run = RunFolder.open(folder.resolve("phases"));
    Trainer.begin(task, plan, run, log, watching).run(new StopSignal());
    assertThat(task.updates).isEqualTo(2);
    // What no loss of a step depends on stays as it is, weight decay included.
    assertThat(seconds.getFirst()).isEqualTo(5);
    assertThat(seconds.getLast()).isLessThan(5);
    assertThat(log.lines()).anyMatch(line -> line.startsWith("1 train/distance "));
    assertThat(log.lines()).noneMatch(line -> line.startsWith("1 train/size"));
    // The mean of two batches of one sample each, to both of which it is the same.
    assertThat(log.lines()).contains("2 train/size 25.0");
  }

  @Test
  void goesOnFromEveryStepToTheSameEnd() throws Exception {
    trainer(new Distances(5), plan(3, 2, 1, 0), "whole").run(new StopSignal());
    for (int steps = 1; steps <= 9; steps++) {
      String name = "stopped" + steps;
      StopSignal stop = new StopSignal();
      int last = steps;
      TrainingListener stopping =
          new TrainingListener() {
            @Override
            public void stepped(Progress progress, long totalSteps, double loss) {
              if (progress.step() == last) {
                stop.request();
              }
            }
          };
      RunFolder run = RunFolder.open(folder.resolve(name));
      Distances first = new Distances(5);
      Trainer.Outcome outcome =
          Trainer.begin(first, plan(3, 2, 1, 0), run, SILENT, stopping).run(stop);
      assertThat(outcome).isEqualTo(Trainer.Outcome.INTERRUPTED);
      assertThat(run.lastStep()).isEqualTo(steps);
      Distances second = new Distances(5);
      try (TrainingCheckpoint checkpoint = run.resume().orElseThrow()) {
        float[] stored = checkpoint.model().floats("w");
        backend.upload(stored, 0, second.w.storage(), second.w.offset(), 2);
        Trainer.resume(checkpoint, second, plan(3, 2, 1, 0), run, SILENT, listener)
            .run(new StopSignal());
      }
      assertThat(Files.readAllBytes(run.last()))
          .as("stopped after %d steps", steps)
          .isEqualTo(Files.readAllBytes(folder.resolve("whole/last.checkpoint")));
    }
  }

  @Test
  void refusesToGoOnWithOtherSettings() {
    trainer(new Distances(4), plan(1, 2, 1, 0), "run").run(new StopSignal());
    RunFolder run = RunFolder.open(folder.resolve("run"));
    try (TrainingCheckpoint checkpoint = last("run")) {
      assertThatThrownBy(
              () ->
                  Trainer.resume(
                      checkpoint, new Distances(4), plan(2, 2, 1, 0), run, SILENT, listener))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("epochs 1, not 2");
      assertThatThrownBy(
              () ->
                  Trainer.resume(
                      checkpoint, new Distances(5), plan(1, 2, 1, 0), run, SILENT, listener))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("samples 4, not 5");
    }
  }

  @Test
  void trainsWhatIsAskedForAndNothingElse() {
    assertThat(TrainedParts.training(List.of("a.*")).freezing(List.of("*.b")).contains("a.c"))
        .isTrue();
    assertThat(TrainedParts.training(List.of("a.*")).freezing(List.of("*.b")).contains("a.b"))
        .isFalse();
    assertThat(IntStream.range(0, 3).mapToObj(i -> "gpt2.h." + i + ".x"))
        .filteredOn(
            TrainedParts.ofCaptioner(new Gpt2Config(9, 9, 4, 3, 1, 4, Unary.GELU, 1e-5f, true))
                ::contains)
        .containsExactly("gpt2.h.0.x", "gpt2.h.2.x");
    TrainingPlan plan = plan(1, 1, 1, 0);
    for (String pattern : Arrays.asList("v*", "w.*")) {
      TrainingPlan other =
          new TrainingPlan(
              1,
              1,
              1,
              plan.rate(),
              plan.optimiser(),
              plan.clip(),
              0,
              1,
              TrainedParts.training(List.of(pattern)),
              0,
              plan.interval());
      assertThatThrownBy(() -> trainer(new Distances(1), other, "run"))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("none of the model matches " + pattern);
    }
  }
}
