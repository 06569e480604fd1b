package org.clipscribe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A process that downloads or converts is told to end: it says so in one line, with status 130.
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no signals")
final class SignalledWorkTest {
  private static final String FILE = "model.safetensors";

  /// More than one piece of a transfer, so that some of it is there before it stalls.
  private static final int BYTES = 1 << 20;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void pullSaysThatTheDownloadGoesOn(String signal) throws Exception {
    byte[] weights = new byte[BYTES];
    new Random(3).nextBytes(weights);
    List<String> pull = List.of("pull", "--no-convert", "org/tiny", FILE);
    try (HubStub hub = hub(weights)) {
      hub.stalls.put(FILE, BYTES / 2);
      Process process = ClipscribeProcess.start(pull, environment(hub));
      waitUntilThereAre(BYTES / 2, folder.resolve(".cache"), process);

      ClipscribeProcess.send(signal, process);
      assertThat(said(process))
          .isEqualTo(
              "error: interrupted: pull org/tiny; run the same command again, the download goes on"
                  + " where it stopped\n");
      assertThat(process.waitFor()).isEqualTo(ExitStatus.INTERRUPTED);
    }
    try (HubStub hub = hub(weights)) {
      Process again = ClipscribeProcess.start(pull, environment(hub));
      assertThat(said(again)).isEmpty();
      assertThat(again.waitFor()).isZero();
      assertThat(hub.requests).contains("from " + BYTES / 2);
    }
  }

  private static HubStub hub(byte[] weights) throws IOException {
    HubStub hub = new HubStub("org/tiny");
    hub.files.put(FILE, weights);
    return hub;
  }

  private Map<String, String> environment(HubStub hub) {
    return Map.of("HOME", folder.toString(), "HF_ENDPOINT", hub.address());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void convertSaysThatNothingIsLeft(String signal) throws Exception {
    Path target = folder.resolve("bundle");
    Process process =
        ClipscribeProcess.start(
            List.of("convert", "--random", "S", "--to", target.toString()),
            Map.of(Tokenizers.VARIABLE, "../examples/gpt2-tokenizer"));
    // The weights are a thousand times as many: it is under way.
    waitUntilThereAre(1_000_000, folder, process);

    ClipscribeProcess.send(signal, process);
    assertThat(said(process))
        .isEqualTo(
            "error: interrupted: the conversion to %s; nothing was left there, the same command begins anew\n"
                .formatted(target));
    assertThat(process.waitFor()).isEqualTo(ExitStatus.INTERRUPTED);
    assertThat(folder).isEmptyDirectory();
  }

  private static String said(Process process) throws IOException {
    return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8)
        .replaceFirst("^WARNING: Using incubator modules: jdk.incubator.vector\\R", "");
  }

  private static void waitUntilThereAre(long bytes, Path below, Process process)
      throws IOException, InterruptedException {
    while (bytesOfWeights(below) < bytes) {
      assertThat(process.isAlive()).isTrue();
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  /// Of the largest file.
  private static long bytesOfWeights(Path below) throws IOException {
    if (!Files.isDirectory(below)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(below)) {
      return files.mapToLong(file -> file.toFile().length()).max().orElse(0);
    }
  }
}
