package org.clipscribe.captioner.training.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {
  private static final byte[] PNG = TensorBoardLogTest.PIXEL;

  @TempDir Path folder;
  private final Hands clock = new Hands();

  /// A clock that goes on when told.
  private static final class Hands extends Clock {
    private Instant now = Instant.ofEpochSecond(1_700_000_000);

    void pass(int seconds) {
      now = now.plus(Duration.ofSeconds(seconds));
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private String page() throws IOException {
    return Files.readString(folder.resolve(RunLogs.REPORT));
  }

  private void say(TrainingLog log, long step, String caption) {
    log.scalar(step, "train/loss", 4.0 / step);
    log.scalar(step, "validation/loss", 5.0 / step);
    log.scalar(step, "train/learning-rate", 1e-4);
    log.text(step, "samples/<i>.jpg", caption);
  }

  @Test
  void showsCurvesSamplesAndConfiguration() throws IOException {
    try (TrainingLog log = RunLogs.open(folder, -1, clock)) {
      log.text(0, "configuration", "{\"epochs\": 3, \"optimiser\": {\"name\": \"adamw <x>\"}}");
      log.picture(0, "samples/<i>.jpg", PNG);
      log.text(0, "samples/<i>.jpg/references", "one\ntwo");
      say(log, 1, "a");
      say(log, 2, "a <script>alert(1)</script>\u0007");
    }
    assertThat(page())
        .contains("loss", "learning rate", "optimiser.name", "adamw &lt;x&gt;")
        .contains("samples/&lt;i&gt;.jpg", "data:image/png;base64,")
        .contains("a &lt;script&gt;alert(1)&lt;/script&gt;\uFFFD", "<bdi>two</bdi>")
        .contains("Ended at step 2")
        .doesNotContain("<script", "http-equiv=\"refresh\"");
    assertThat(page().split("<figure", -1)).hasSize(1 + 2); // both losses in one chart
  }

  @Test
  void isWrittenAgainNowAndThenAndReloadsItselfUntilTheEnd() throws IOException {
    try (TrainingLog log = RunLogs.open(folder, -1, clock)) {
      say(log, 1, "a");
      assertThat(page()).contains("http-equiv=\"refresh\"", "Running at step 1");
      say(log, 2, "b");
      assertThat(page()).contains("step 1");
      clock.pass(6);
      log.flush();
      assertThat(page()).contains("Running at step 2");
    }
    assertThat(page()).contains("Ended at step 2");
  }

  @Test
  void aResumedRunShowsWhatWasBeforeButNotWhatWasTakenBack() throws IOException {
    try (TrainingLog log = RunLogs.open(folder, -1, clock)) {
      log.picture(0, "samples/<i>.jpg", PNG);
      say(log, 1, "first");
      say(log, 2, "taken back");
    }
    try (TrainingLog log = RunLogs.open(folder, 1, clock)) {
      say(log, 2, "second");
    }
    assertThat(page()).contains("first", "second", "image/png").doesNotContain("taken back");
  }

  @Test
  void aRunWithoutAnyEntryHasAPageToo() throws IOException {
    RunLogs.open(folder, -1, clock).close();
    assertThat(page()).contains("Ended at step 0");
  }
}
