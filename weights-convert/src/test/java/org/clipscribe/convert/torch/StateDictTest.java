package org.clipscribe.convert.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.clipscribe.nn.NamedTensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StateDictTest {
  private static final long[] SIX = {6};
  private static final long[] ONE = {1};

  @TempDir Path directory;

  @Test
  void isFoundUnderTheUsualNames() throws IOException {
    for (String name : new String[] {"model_state_dict", "state_dict", "model", "ema_weights"}) {
      PickleBytes pickle = PickleBytes.protocol2().op('}').op('(').text("epoch").op('K', 7);
      entry(pickle.text("optimizer_state_dict").op('}').text(name).op('}'), "w");
      try (TorchFile torch = open(pickle.op('u').stop())) {
        assertThat(torch.path()).isEqualTo(name);
        assertThat(torch.names()).containsExactly("w");
      }
    }
  }

  @Test
  void prefersAUsualNameToTensorsBesideIt() throws IOException {
    PickleBytes pickle = PickleBytes.protocol2().op('}').op('(').text("best");
    pickle.tensor("0", 6, 0, SIX, ONE);
    entry(pickle.text("ema").op('}'), "v");
    entry(pickle.text("state_dict").op('}'), "w");
    try (TorchFile torch = open(pickle.op('u').stop())) {
      assertThat(torch.path()).isEqualTo("state_dict");
    }
  }

  @Test
  void isNotGuessedAmongSeveral() throws IOException {
    PickleBytes pickle = PickleBytes.protocol2().op('}').op('(');
    entry(pickle.text("generator").op('}'), "w");
    entry(pickle.text("critic").op('}'), "w");
    assertThat(TorchFiles.refusal(write(pickle.op('u').stop())))
        .contains("several sets of weights", "generator", "critic");
  }

  @Test
  void isNotAnEmptyDict() throws IOException {
    assertThat(TorchFiles.refusal(write(PickleBytes.protocol2().op('}').stop())))
        .contains("no tensor by name", "state_dict");
  }

  @Test
  void ignoresEntriesThatAreNoTensors() throws IOException {
    PickleBytes pickle = PickleBytes.protocol2().op('}').op('(').text("_extra_state").op('N');
    pickle.text("w").tensor("0", 6, 0, SIX, ONE).op('K', 3).tensor("0", 6, 0, SIX, ONE);
    try (TorchFile torch = open(pickle.op('u').stop())) {
      assertThat(torch.names()).containsExactly("w");
      assertThat(torch.path()).isEmpty();
    }
  }

  @Test
  void readsPartsOfATransposedMatrixAsOfAPlainOne() throws IOException {
    int rows = 300;
    int columns = 401;
    byte[] data = new byte[4 * rows * columns];
    new Random(1).nextBytes(data);
    PickleBytes pickle = PickleBytes.protocol2().op('}').op('(');
    long[] plain = {columns, 1};
    long[] turned = {1, columns};
    long elements = (long) rows * columns;
    pickle.text("plain").tensor("big", elements, 0, new long[] {rows, columns}, plain);
    pickle.text("turned").tensor("big", elements, 0, new long[] {columns, rows}, turned);
    ZipBytes zip = ZipBytes.checkpoint(pickle.op('u').stop()).entry("archive/data/big", data);
    Path file = Files.write(directory.resolve("model.pt"), zip.toBytes());
    try (TorchFile torch = TorchFile.open(file)) {
      float[] expected = torch.floats("plain");
      assertTransposed(torch, 0, rows * columns, rows, columns, expected);
      assertTransposed(torch, 777, 1, rows, columns, expected);
      assertTransposed(torch, 12_345, 70_001, rows, columns, expected);
    }
  }

  private static void assertTransposed(
      NamedTensors torch, int first, int count, int rows, int columns, float[] plain) {
    float[] turned = new float[count];
    torch.readFloats("turned", first, count, turned);
    for (int i = 0; i < count; i++) {
      int row = (first + i) % rows;
      int column = (first + i) / rows;
      assertThat(Float.floatToRawIntBits(turned[i]))
          .isEqualTo(Float.floatToRawIntBits(plain[row * columns + column]));
    }
  }

  private static void entry(PickleBytes pickle, String name) {
    pickle.text(name).tensor("0", 6, 0, SIX, ONE).op('s');
  }

  private Path write(byte[] pickle) throws IOException {
    return Files.write(directory.resolve("model.pt"), ZipBytes.checkpoint(pickle).toBytes());
  }

  private TorchFile open(byte[] pickle) throws IOException {
    return TorchFile.open(write(pickle));
  }
}
