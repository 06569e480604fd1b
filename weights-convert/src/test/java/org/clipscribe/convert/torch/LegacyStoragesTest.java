package org.clipscribe.convert.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LegacyStoragesTest {
  @TempDir Path directory;

  @Test
  void readsTheStackOfPickles() throws IOException {
    try (TorchFile torch = TorchFile.open(write(file(1001, true, 6, "0")))) {
      assertThat(torch.container()).isEqualTo(TorchFile.Container.LEGACY);
      assertThat(torch.floats("w")).containsExactly(0, 0, 0, 0, 0, 0);
    }
  }

  @Test
  void refusesOtherVersionsAndByteOrders() throws IOException {
    assertThat(refusal(file(1000, true, 6, "0"))).contains("protocol version", "1001");
    assertThat(refusal(file(1001, false, 6, "0"))).contains("big-endian");
  }

  @Test
  void refusesCountsThatLie() throws IOException {
    for (long count : new long[] {-1, 7, Long.MAX_VALUE, 1L << 61}) {
      assertThat(refusal(file(1001, true, count, "0"))).contains("storage 0", "truncated");
    }
    assertThat(refusal(file(1001, true, 5, "0"))).contains("4 bytes follow the last storage");
  }

  @Test
  void refusesListsThatDoNotFitTheTensors() throws IOException {
    assertThat(refusal(file(1001, true, 6))).contains("32 bytes follow");
    assertThat(refusal(file(1001, true, 6, "1"))).contains("no tensor is made of");
    assertThat(refusal(file(1001, true, 2, "0", "0"))).contains("storage 0 twice");
  }

  @Test
  void refusesAFileCutAnywhere() throws IOException {
    byte[] bytes = file(1001, true, 6, "0");
    for (int length = 0; length < bytes.length; length++) {
      assertThat(refusal(Arrays.copyOf(bytes, length))).isNotEmpty();
    }
  }

  private static byte[] file(int version, boolean littleEndian, long count, String... keys) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(
        PickleBytes.protocol2()
            .op(0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19)
            .stop());
    bytes.writeBytes(PickleBytes.protocol2().op('M', version & 0xff, version >> 8).stop());
    bytes.writeBytes(
        PickleBytes.protocol2()
            .op('}')
            .text("little_endian")
            .op(littleEndian ? 0x88 : 0x89)
            .op('s')
            .stop());
    bytes.writeBytes(PickleBytes.small());
    PickleBytes list = PickleBytes.protocol2().op(']').op('(');
    for (String key : keys) {
      list.text(key);
    }
    bytes.writeBytes(list.op('e').stop());
    bytes.writeBytes(ZipBytes.little(8).putLong(count).array());
    bytes.writeBytes(new byte[24]);
    return bytes.toByteArray();
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(directory.resolve("model.pt"), bytes);
  }

  private String refusal(byte[] bytes) throws IOException {
    return TorchFiles.refusal(write(bytes));
  }
}
