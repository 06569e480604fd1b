package org.clipscribe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
  @Test
  void showsHowFarItIsAndHowLongItTakesStill() {
    assertThat(ProgressBar.line(5, 20, Duration.ofSeconds(30), "photos/a.jpg"))
        .isEqualTo("[######------------------] 5/20, 30 s left  photos/a.jpg");
    assertThat(ProgressBar.line(0, 20, Duration.ZERO, "a.jpg"))
        .isEqualTo("[" + "-".repeat(24) + "] 0/20  a.jpg");
    assertThat(ProgressBar.line(1, 1000, Duration.ofSeconds(1998), "")).contains("33 min left");
    assertThat(ProgressBar.line(1, 10_000, Duration.ofSeconds(20_000), "")).contains("5 h left");
  }

  @Test
  void neverWrapsOnATerminalOf80Columns() {
    assertThat(ProgressBar.line(5, 20, Duration.ofMillis(300), "x".repeat(500) + "\n.jpg"))
        .hasSizeLessThan(80)
        .endsWith("xx?.jpg")
        .contains("  ...xx");
  }

  @Test
  void printsNothingWhenItIsNotVisible() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ProgressBar bar = new ProgressBar(new PrintStream(out), false, 3);
    bar.show(1, "a");
    bar.clear();

    assertThat(out.size()).isZero();
  }
}
