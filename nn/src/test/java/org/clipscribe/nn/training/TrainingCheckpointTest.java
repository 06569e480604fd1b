package org.clipscribe.nn.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.clipscribe.nn.AtomicFile;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.DType;
import org.clipscribe.nn.FaultyFiles;
import org.clipscribe.nn.FaultyFiles.Fault;
import org.clipscribe.nn.FileLayer;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.TensorInfo;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class TrainingCheckpointTest {
  /// More than the writer's block, so that there is a crash between two blocks.
  private static final int ELEMENTS = 300_000;

  @TempDir private Path folder;
  private Path file = Path.of("");

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("last.checkpoint");
  }

  /// One tensor whose elements are all `value`.
  private record Same(float value, Map<String, TensorInfo> layout) implements NamedTensors {
    static Same of(float value) {
      return new Same(value, Map.of("w", TensorInfo.of(DType.F32, 3, ELEMENTS / 3)));
    }

    @Override
    public String origin() {
      return "test";
    }

    @Override
    public Set<String> names() {
      return layout.keySet();
    }

    @Override
    public TensorInfo info(String name) {
      return Objects.requireNonNull(layout.get(name), name);
    }

    @Override
    public void readFloats(String name, long first, int count, float[] into) {
      Arrays.fill(into, 0, count, value);
    }

    @Override
    public void readLongs(String name, long first, int count, long[] into) {
      throw new UnsupportedOperationException();
    }
  }

  private static TrainingCheckpoint.Contents contents(int step) {
    return new TrainingCheckpoint.Contents(
        Map.of("seed", 7L, "rate", 0.1),
        Map.of("step", (long) step, "loss", 0.1f + 0.2),
        Same.of(step),
        Same.of(10 + step),
        Same.of(100 + step));
  }

  private void write(int step, FileLayer files) throws IOException {
    TrainingCheckpoint.write(file, contents(step), files);
  }

  /// Opens the checkpoint, checks that all of it is of one step, and tells which.
  private int step() {
    return step(file);
  }

  private static int step(Path file) {
    try (TrainingCheckpoint checkpoint = TrainingCheckpoint.open(file)) {
      int step = checkpoint.progress().integer("step", 0, 9);
      assertThat(checkpoint.model().floats("w")).containsOnly(step).hasSize(ELEMENTS);
      assertThat(checkpoint.first().floats("w")).containsOnly(10 + step);
      assertThat(checkpoint.second().floats("w")).containsOnly(100 + step);
      return step;
    }
  }

  private Set<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      Set<String> names = new TreeSet<>();
      entries.forEach(entry -> names.add(entry.getFileName().toString()));
      return names;
    }
  }

  @Test
  void givesBackWhatWasWrittenToTheLastBit() throws IOException {
    write(3, FileLayer.SYSTEM);
    assertThat(step()).isEqualTo(3);
    try (TrainingCheckpoint checkpoint = TrainingCheckpoint.open(file)) {
      assertThat(checkpoint.progress().number("loss")).isEqualTo(0.1f + 0.2);
      checkpoint.checkConfiguration(Map.of("seed", 7L, "rate", 0.1));
      checkpoint.checkTensors(Same.of(0));
    }
  }

  /// TR-02 of the catalogue of bad inputs.
  @ParameterizedTest
  @EnumSource(Fault.class)
  void leavesTheOldOrTheNewOneWhateverStepOfWritingGoesWrong(Fault fault) throws IOException {
    Set<Integer> seen = new TreeSet<>();
    boolean happened = true;
    int steps = 0;
    for (; happened; steps++) {
      write(1, FileLayer.SYSTEM);
      FaultyFiles files = new FaultyFiles(fault, steps);
      try {
        write(2, files);
      } catch (IOException | FaultyFiles.Crash e) {
        assertThat(files.happened()).isTrue();
      }
      happened = files.happened();
      int found = step();
      seen.add(found);
      if (!happened) {
        assertThat(found).isEqualTo(2);
      }
      AtomicFile.removeLeftovers(file);
      assertThat(names()).containsExactly("last.checkpoint");
    }
    assertThat(seen).containsExactly(1, 2);
    // create, header, 4 blocks of 3.6 MB, checksum, force, rename, force of the folder
    assertThat(steps).isGreaterThanOrEqualTo(10);
  }

  /// The second name of a checkpoint: that of the best epoch.
  @ParameterizedTest
  @EnumSource(Fault.class)
  void givesASecondNameToTheOldOrTheNewOneWhateverGoesWrong(Fault fault) throws IOException {
    Path best = file.resolveSibling("best.checkpoint");
    boolean happened = true;
    for (int steps = 0; happened; steps++) {
      write(1, FileLayer.SYSTEM);
      AtomicFile.link(file, best, FileLayer.SYSTEM);
      write(2, FileLayer.SYSTEM);
      assertThat(step(best)).as("the best one stays when the last one goes on").isEqualTo(1);
      FaultyFiles files = new FaultyFiles(fault, steps);
      try {
        AtomicFile.link(file, best, files);
      } catch (IOException | FaultyFiles.Crash e) {
        assertThat(files.happened()).isTrue();
      }
      happened = files.happened();
      assertThat(step()).isEqualTo(2);
      assertThat(step(best)).isIn(1, 2);
      if (!happened) {
        assertThat(step(best)).isEqualTo(2);
      }
      AtomicFile.removeLeftovers(best);
      assertThat(names()).containsExactlyInAnyOrder("last.checkpoint", "best.checkpoint");
    }
  }

  @Test
  void removesItsTemporaryFileWhenTheDiskIsFull() throws IOException {
    write(1, FileLayer.SYSTEM);
    assertThatThrownBy(() -> write(2, new FaultyFiles(Fault.REFUSED, 3)))
        .isInstanceOf(IOException.class);
    assertThat(names()).containsExactly("last.checkpoint");
    assertThat(step()).isEqualTo(1);
  }

  /// TR-03: a byte of the header, of the metadata, of each part, of the checksum.
  @Test
  void refusesAFlippedByteWhereverItIs() throws IOException {
    write(1, FileLayer.SYSTEM);
    byte[] good = Files.readAllBytes(file);
    for (int at = 0; at < good.length; at += at < 1000 ? 13 : 99_991) {
      refusesWithByteFlipped(good, at);
    }
    for (int at = good.length - 40; at < good.length; at++) {
      refusesWithByteFlipped(good, at);
    }
  }

  private void refusesWithByteFlipped(byte[] good, int at) throws IOException {
    byte[] bad = good.clone();
    bad[at] ^= 4;
    Files.write(file, bad);
    assertThatThrownBy(() -> TrainingCheckpoint.open(file))
        .as("byte %d", at)
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("last.checkpoint");
  }

  @Test
  void refusesAFileThatWasCutShort() throws IOException {
    write(1, FileLayer.SYSTEM);
    byte[] good = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(good, good.length - 1));
    assertThatThrownBy(() -> TrainingCheckpoint.open(file)).isInstanceOf(BadInputException.class);
  }

  @Test
  void refusesOtherSettingsNamingBoth() throws IOException {
    write(1, FileLayer.SYSTEM);
    try (TrainingCheckpoint checkpoint = TrainingCheckpoint.open(file)) {
      assertThatThrownBy(() -> checkpoint.checkConfiguration(Map.of("seed", 8L, "rate", 0.1)))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("seed 7, not 8");
      assertThatThrownBy(() -> checkpoint.checkConfiguration(Map.of("seed", 7L)))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("rate");
    }
  }

  @Test
  void refusesACheckpointWithoutTheOptimisersState() throws IOException {
    TrainingCheckpoint.Contents whole = contents(1);
    Same nothing = new Same(0, Map.of());
    TrainingCheckpoint.write(
        file,
        new TrainingCheckpoint.Contents(
            whole.configuration(), whole.progress(), whole.model(), whole.first(), nothing),
        FileLayer.SYSTEM);
    try (TrainingCheckpoint checkpoint = TrainingCheckpoint.open(file)) {
      assertThatThrownBy(() -> checkpoint.checkTensors(Same.of(0)))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("second.w")
          .hasMessageContaining("optimiser's state");
      Map<String, TensorInfo> other = new LinkedHashMap<>();
      other.put("w", TensorInfo.of(DType.F32, 2, 2));
      assertThatThrownBy(() -> checkpoint.checkTensors(new Same(0, other)))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("[3, 100000]")
          .hasMessageContaining("[2, 2]");
    }
  }
}
