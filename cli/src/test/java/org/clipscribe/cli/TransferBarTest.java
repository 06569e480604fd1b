package org.clipscribe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TransferBarTest {
  @Test
  void showsHowMuchIsThereHowFastItComesAndHowLongItTakes() {
    assertThat(TransferBar.line("model.safetensors", 137_000_000, 548_000_000, 12_340_000))
        .isEqualTo(
            "[#####---------------] 137.0/548.0 MB, 12.3 MB/s, 33 s left  model.safetensors");
    assertThat(TransferBar.line("a", 548_000_000, 548_000_000, 5e6))
        .isEqualTo("[####################] 548.0/548.0 MB, 5.0 MB/s  a");
    assertThat(TransferBar.line("a", 0, 665, 0)).isEqualTo("[--------------------] 0.0/665 B  a");
    assertThat(TransferBar.line("a", 1_000, -1, 0)).isEqualTo("1.0 kB  a");
  }

  @Test
  void neverWrapsOnATerminalOf80Columns() {
    assertThat(TransferBar.line("x".repeat(300) + "\n", 1, 1_700_000_000_000L, 1))
        .hasSizeLessThan(80);
    assertThat(TransferBar.line("x".repeat(300) + "\n", 1, 2_000_000, 1e6))
        .hasSizeLessThan(80)
        .endsWith("xx?");
  }
}
