package org.clipscribe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.clipscribe.nn.training.TrainingCheckpoint;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// TR-05 of the catalogue of bad inputs: a process that trains is told to end.
final class SignalledTrainingTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no signals")
  void finishesTheStepSavesAndEndsWith130(String signal) throws Exception {
    Path model = TinyCaptioner.write(folder.resolve("tiny"));
    Path text = Files.writeString(folder.resolve("text.txt"), "A gull on a pole. ".repeat(40));
    List<String> whole = train(model, text, "whole");
    assertThat(new Session().run(whole.toArray(String[]::new)).status()).isZero();

    List<String> stopped = train(model, text, "stopped");
    Process process = ClipscribeProcess.start(stopped, Map.of());
    StringBuilder said = new StringBuilder();
    try (BufferedReader err =
        new BufferedReader(
            new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
      String line = err.readLine();
      while (line != null && !line.startsWith("epoch 2 of ")) {
        line = err.readLine();
      }
      assertThat(line).as("what it says of its second epoch").isNotNull();
      TimeUnit.MILLISECONDS.sleep(new Random(signal.hashCode()).nextInt(40));
      ClipscribeProcess.send(signal, process);
      err.lines().forEach(rest -> said.append(rest).append('\n'));
    }
    assertThat(process.waitFor()).isEqualTo(ExitStatus.INTERRUPTED);
    assertThat(said).contains("stopped; go on with the same command and --resume");

    Path run = folder.resolve("stopped");
    try (TrainingCheckpoint checkpoint = TrainingCheckpoint.open(run.resolve("last.checkpoint"))) {
      // The step that was under way is done, saved and logged.
      int step = checkpoint.progress().integer("step", 0, 1_000_000);
      assertThat(step).isGreaterThanOrEqualTo(2 * STEPS_PER_EPOCH);
      List<String> log = Files.readAllLines(run.resolve("log.csv"));
      assertThat(log.getLast()).startsWith(step + ",");
    }
    assertThat(Files.exists(run.resolve("model")))
        .as("a model of a run that is not over")
        .isFalse();

    stopped.add("--resume");
    assertThat(new Session().run(stopped.toArray(String[]::new)).status()).isZero();
    assertThat(run.resolve("last.checkpoint"))
        .hasSameBinaryContentAs(folder.resolve("whole/last.checkpoint"));
  }

  /// Of 41 documents' tokens in blocks of 8, two blocks a step.
  private static final int STEPS_PER_EPOCH = 10;

  private List<String> train(Path model, Path text, String run) {
    return new ArrayList<>(
        List.of(
            "train",
            "--task",
            "gpt2",
            "--data",
            text.toString(),
            "--model",
            model.toString(),
            "--out",
            folder.resolve(run).toString(),
            "--epochs",
            "12",
            "--batch",
            "2",
            "--accumulate",
            "1",
            "--block",
            "8",
            "--train",
            "gpt2.h.*,gpt2.ln_f.*",
            "--threads",
            "2"));
  }
}
