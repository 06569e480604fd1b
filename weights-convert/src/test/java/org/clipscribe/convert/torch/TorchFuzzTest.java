package org.clipscribe.convert.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.clipscribe.nn.BadInputException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Damaged files are refused or load; nothing else ever happens.
final class TorchFuzzTest {
  private static final int MUTANTS = 400;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bare.pt",
        "trainer.pt",
        "views.pt",
        "legacy.pt",
        "legacy-views.pt",
        "whole-module.pt",
        "PT-12b-little-endian-newer-entries.pt",
        "hostile/PT-01d-inside-dict.pt"
      })
  @Timeout(120) // a hang guard: all mutants of a file take about a second
  void everyMutantIsRefusedOrLoads(String name) throws IOException {
    byte[] original = TorchFiles.resourceBytes(name);
    Random random = new Random(name.hashCode()); // hashCode of a String is the same everywhere
    int refused = 0;
    for (int i = 0; i < MUTANTS; i++) {
      Path mutant = Files.write(directory.resolve("mutant.pt"), mutate(original, random));
      try {
        TorchFiles.readAll(mutant);
      } catch (BadInputException expected) {
        assertThat(expected.getMessage()).startsWith(mutant.toString()).doesNotContain("\n");
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(MUTANTS / 4);
  }

  private static byte[] mutate(byte[] original, Random random) {
    byte[] bytes = original.clone();
    switch (random.nextInt(5)) {
      case 0 -> { // flipped bits anywhere
        for (int i = random.nextInt(1, 9); i > 0; i--) {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
      case 1 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length)); // cut
      case 2 -> { // a length or an offset that is enormous
        int at = random.nextInt(bytes.length - 4);
        Arrays.fill(bytes, at, at + random.nextInt(1, 5), (byte) 0xff);
      }
      case 3 -> { // opcodes, near the front, where the pickle is
        for (int i = random.nextInt(1, 6); i > 0; i--) {
          bytes[random.nextInt(Math.min(2000, bytes.length))] = (byte) random.nextInt(256);
        }
      }
      default -> { // the directory of the zip, or the last storages
        int tail = Math.min(300, bytes.length);
        for (int i = random.nextInt(1, 4); i > 0; i--) {
          bytes[bytes.length - 1 - random.nextInt(tail)] = (byte) random.nextInt(256);
        }
      }
    }
    return bytes;
  }
}
