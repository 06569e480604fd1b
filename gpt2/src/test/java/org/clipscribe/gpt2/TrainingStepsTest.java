package org.clipscribe.gpt2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.clipscribe.tensor.testkit.TensorAssert.assertClose;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.FileLayer;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.Parameter;
import org.clipscribe.nn.json.JsonObject;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.nn.training.AdamW;
import org.clipscribe.nn.training.GlobalNorm;
import org.clipscribe.nn.training.LearningRate;
import org.clipscribe.nn.training.NamePatterns;
import org.clipscribe.nn.training.OverlaidTensors;
import org.clipscribe.nn.training.Trainables;
import org.clipscribe.nn.training.TrainingCheckpoint;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.autograd.Autograd;
import org.clipscribe.tensor.autograd.Gradients;
import org.clipscribe.tensor.autograd.ValueAndGradients;
import org.clipscribe.tensor.spi.Backend;
import org.clipscribe.tensor.testkit.DoubleBackend;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Optimiser steps against PyTorch's, all parameters trained.
final class TrainingStepsTest {
  private static final int BATCH = 3;
  private static final int TOKENS = 13;

  /// Relative; issue 4 promises 1e-5 step by step.
  private static final double TOLERANCE = 1e-5;

  /// Relative. A norm is that of the gradient at parameters that Adam has moved four times by then,
  /// each time magnifying rounding where gradients are near 0. At the last step PyTorch's norms are
  /// up to 4.1e-5 away from what double precision gives, ours up to 1.8e-5, and the two up to
  /// 4.5e-5 from each other; all are below 1e-5 before.
  private static final double NORM_TOLERANCE = 6e-5;

  /// The same of ours against double precision.
  private static final double OWN_NORM_TOLERANCE = 3e-5;

  /// Absolute; what the golden data promise: Adam magnifies rounding where gradients are near 0.
  private static final double PARAMETER_TOLERANCE = 2e-4;

  private final Golden golden = new Golden("gpt2-tiny");
  private final JsonObject expected = golden.json("train.json");

  @TempDir private Path folder;

  @AfterEach
  void close() {
    golden.close();
  }

  /// A model in training.
  private final class Run {
    private final Backend backend;
    private final Gpt2 model;
    private final Trainables trained;
    private final AdamW optimiser;

    Run(Backend backend, AdamW.Settings settings) {
      this(backend, settings, null);
    }

    Run(Backend backend, AdamW.Settings settings, @Nullable TrainingCheckpoint checkpoint) {
      this.backend = backend;
      Gpt2Config config = Gpt2Config.of(golden.json("config.json"));
      try (SafetensorsFile file = golden.weights()) {
        NamedTensors tensors =
            checkpoint == null ? file : new OverlaidTensors(file, checkpoint.model());
        Checkpoint.Loaded<Gpt2> loaded =
            Checkpoint.of(tensors, config.toString())
                .loadNamed(
                    backend, WeightFormat.F32, source -> Gpt2.of(source.at("transformer"), config));
        model = loaded.model();
        trained = Trainables.of(backend, loaded.parameters(), _ -> true);
      }
      optimiser =
          checkpoint == null
              ? AdamW.of(trained, settings)
              : AdamW.restored(trained, settings, checkpoint.first(), checkpoint.second());
    }

    /// The loss over some of the sequences, as Hugging Face shifts it: each position predicts the
    /// next label.
    Tensor loss(int from, int to) {
      int[] tokens = golden.tokens("input_ids");
      int[] labels = golden.tokens("labels");
      int[] targets = new int[(to - from) * TOKENS];
      for (int i = 0; i < targets.length; i++) {
        boolean last = i % TOKENS == TOKENS - 1;
        targets[i] = last ? Tensor.IGNORED : labels[from * TOKENS + i + 1];
      }
      Tensor embedded =
          model
              .embed(backend, Arrays.copyOfRange(tokens, from * TOKENS, to * TOKENS))
              .reshape(to - from, TOKENS, -1)
              .plus(model.positions(backend, 0, TOKENS));
      return model.loss(model.forward(embedded, Pass.PLAIN), targets);
    }

    ValueAndGradients gradients(int from, int to) {
      return Autograd.valueAndGradients(trained.leaves(), () -> loss(from, to));
    }

    /// @return loss and norm before clipping
    double[] step(int step, double rate) {
      try (ValueAndGradients found = gradients(0, BATCH)) {
        double norm = GlobalNorm.clip(found.gradients(), 1.3);
        optimiser.step(step, rate, found.gradients());
        return new double[] {found.loss(), norm};
      }
    }
  }

  private AdamW.Settings settings(String tag) {
    double decay = expected.object("config").number("weight_decay");
    return switch (tag) {
      case "adam" -> new AdamW.Settings(0.9, 0.999, 1e-8, 0, NamePatterns.of());
      case "adamw_no_decay" ->
          new AdamW.Settings(0.9, 0.98, 1e-6, decay, NamePatterns.BIASES_AND_NORMS);
      default -> new AdamW.Settings(0.9, 0.999, 1e-8, decay, NamePatterns.of());
    };
  }

  private static double number(List<?> numbers, int i) {
    return ((Number) Objects.requireNonNull(numbers.get(i))).doubleValue();
  }

  private static Offset<Double> near(double value, double tolerance) {
    return within(tolerance * Math.abs(value));
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void followsPyTorchStepByStep(Backend backend) {
    for (String tag : List.of("adamw", "adamw_no_decay", "adam", "adamw_cosine")) {
      JsonObject run = expected.object(tag);
      LearningRate rate =
          tag.equals("adamw_cosine")
              ? new LearningRate.Cosine(0.01, 3, 12)
              : new LearningRate.Constant(0.01, 0);
      Run ours = new Run(backend, settings(tag));
      for (int step = 0; step < run.integer("steps", 5, 6); step++) {
        double expectedRate = number(run.list("lr_used"), step);
        assertThat(rate.at(step)).isCloseTo(expectedRate, within(1e-9));
        double[] found = ours.step(step + 1, rate.at(step));
        double loss = number(run.list("losses"), step);
        double norm = number(run.list("grad_norm_before_clip"), step);
        assertThat(found[0])
            .as("%s: loss of step %d", tag, step)
            .isCloseTo(loss, near(loss, TOLERANCE));
        assertThat(found[1])
            .as("%s: norm of step %d", tag, step)
            .isCloseTo(norm, near(norm, step < 3 ? TOLERANCE : NORM_TOLERANCE));
      }
      assertParameters(ours, tag);
    }
  }

  /// Whose rounding it is that PyTorch's last norms differ by.
  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void staysCloserToDoublePrecisionThanPyTorch(Backend backend) {
    for (String tag : List.of("adamw", "adamw_no_decay", "adam")) {
      double theirs = number(expected.object(tag).list("grad_norm_before_clip"), 4);
      Run ours = new Run(backend, settings(tag));
      Run exact = new Run(new DoubleBackend(), settings(tag));
      for (int step = 1; step <= 5; step++) {
        double norm = ours.step(step, 0.01)[1];
        double wanted = exact.step(step, 0.01)[1];
        assertThat(norm)
            .as("%s: norm of step %d", tag, step)
            .isCloseTo(wanted, near(wanted, OWN_NORM_TOLERANCE));
        if (step == 5 && tag.equals("adamw")) {
          assertThat(Math.abs(norm - wanted)).isLessThan(Math.abs(theirs - wanted));
        }
      }
    }
  }

  private void assertParameters(Run ours, String tag) {
    try (SafetensorsFile file = golden.open("train.safetensors")) {
      for (String name :
          List.of(
              "transformer.wte.weight",
              "transformer.h.1.attn.c_attn.weight",
              "transformer.ln_f.bias")) {
        float[] actual = ours.trained.tensors().floats(name);
        float[] wanted = file.floats(tag + "." + name);
        assertThat(actual).hasSameSizeAs(wanted);
        for (int i = 0; i < actual.length; i++) {
          assertThat((double) actual[i])
              .as("%s after %s, element %d", name, tag, i)
              .isCloseTo(wanted[i], within(PARAMETER_TOLERANCE));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void sparesThoseThatPyTorchWasToldToSpare(Backend backend) {
    List<String> names = new Run(backend, settings("adam")).trained.names();
    List<?> spared = expected.object("config").object("adamw_no_decay").list("no_decay");
    assertThat(names.stream().filter(NamePatterns.BIASES_AND_NORMS))
        .hasSameElementsAs(strings(spared));
  }

  private static List<String> strings(List<?> values) {
    return values.stream().map(String::valueOf).toList();
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void goesOnFromACheckpointAsIfNothingHadHappened(Backend backend) throws IOException {
    AdamW.Settings settings = settings("adamw_no_decay");
    Path file = folder.resolve("checkpoint");
    Run whole = new Run(backend, settings);
    whole.step(1, 0.01);
    whole.step(2, 0.01);
    TrainingCheckpoint.write(
        file,
        new TrainingCheckpoint.Contents(
            Collections.emptyMap(),
            Map.of("step", 2L),
            whole.trained.tensors(),
            whole.optimiser.first(),
            whole.optimiser.second()),
        FileLayer.SYSTEM);
    Run resumed;
    try (TrainingCheckpoint checkpoint = TrainingCheckpoint.open(file)) {
      checkpoint.checkTensors(whole.trained.tensors());
      resumed = new Run(backend, settings, checkpoint);
    }
    for (int step = 3; step <= 5; step++) {
      assertThat(resumed.step(step, 0.01)).containsExactly(whole.step(step, 0.01));
    }
    for (String name : whole.trained.names()) {
      assertThat(resumed.trained.tensors().floats(name))
          .as(name)
          .containsExactly(whole.trained.tensors().floats(name));
    }
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void addsUpTheGradientsOfPartsToThatOfTheWhole(Backend backend) {
    Run run = new Run(backend, settings("adam"));
    try (ValueAndGradients whole = run.gradients(0, BATCH);
        Gradients sum = part(run, 0)) {
      sum.addAndClose(part(run, 1));
      sum.addAndClose(part(run, 2));
      int compared = 0;
      for (Parameter parameter : run.trained.parameters()) {
        if (parameter instanceof Parameter.Vector vector) {
          assertClose(
              sum.of(vector.value()).orElseThrow(),
              whole.gradients().of(vector.value()).orElseThrow().toArray(),
              TOLERANCE); // another order of summation
          compared++;
        }
      }
      assertThat(compared).isEqualTo(26);
      assertThat(Math.sqrt(sum.sumOfSquares()))
          .isCloseTo(Math.sqrt(whole.gradients().sumOfSquares()), within(1e-5));
    }
  }

  /// The gradients of one sequence, as its share of the whole batch.
  private static Gradients part(Run run, int sequence) {
    float[] kept = {10, 8, 4}; // targets of each sequence
    float share = kept[sequence] / 22;
    return Autograd.valueAndGradients(
            run.trained.leaves(), () -> run.loss(sequence, sequence + 1).times(share))
        .gradients();
  }
}
