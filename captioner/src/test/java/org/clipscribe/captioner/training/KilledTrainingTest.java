package org.clipscribe.captioner.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Training in a process of its own that is killed by SIGKILL, again and again.
final class KilledTrainingTest {
  private static final int KILLS = 3;

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource
  void computesTheSameBitsHoweverOftenItWasKilled(TinySubjects kind) throws Exception {
    TinyTraining training = TinyTraining.make(kind, folder);
    training.train("whole", training.plan(), TrainingListener.NONE, new StopSignal());
    Random random = new Random(11);
    int kills = 0;
    boolean finished = false;
    for (int attempt = 0; attempt < 4 * KILLS && !finished; attempt++) {
      Process process = start(kind, "killed");
      try (BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        // Two steps a life at most, so that enough lives are needed; then, somewhere in the third
        // step or in the writing of its checkpoint, the end.
        int steps = kills < KILLS ? 1 + random.nextInt(2) : Integer.MAX_VALUE;
        finished = reachesEnd(out, steps);
        if (!finished) {
          TimeUnit.MICROSECONDS.sleep(random.nextInt(30_000));
          process.destroyForcibly();
          kills++;
        }
      }
      assertThat(process.waitFor()).isEqualTo(finished ? 0 : 137);
    }
    assertThat(finished).isTrue();
    assertThat(kills).isEqualTo(KILLS);
    for (String file : List.of("last.checkpoint", "best.checkpoint", "log.csv")) {
      assertThat(folder.resolve("killed").resolve(file))
          .as(file)
          .hasSameBinaryContentAs(folder.resolve("whole").resolve(file));
    }
    assertThat(Files.readAllLines(folder.resolve("whole/log.csv")))
        .filteredOn(line -> line.contains("train/loss"))
        .hasSizeGreaterThanOrEqualTo(4 * 2); // CLIP has no use for a ninth picture alone
  }

  private Process start(TinySubjects kind, String run) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--add-modules", "jdk.incubator.vector", "-Xmx512m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(TinyTraining.class.getName(), kind.name(), folder.toString(), run));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /// Reads until a step is done, or the last one.
  private static boolean reachesEnd(BufferedReader out, int steps) throws IOException {
    int seen = 0;
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.equals(Trainer.Outcome.FINISHED.name())) {
        return true;
      }
      if (line.startsWith("step ") && ++seen == steps) {
        return false;
      }
    }
    throw new AssertionError("the process ended by itself");
  }
}
