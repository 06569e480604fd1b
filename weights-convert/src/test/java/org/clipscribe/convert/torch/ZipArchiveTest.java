package org.clipscribe.convert.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ZipArchiveTest {
  private static final byte[] NOTHING = {};

  @TempDir Path directory;

  @Test
  void readsTheDirectoryOfSmallAndOfZip64Archives() throws IOException {
    assertLoads(ZipBytes.small().toBytes());
    assertLoads(ZipBytes.small().toBytes64());
  }

  @Test
  void takesSizeAndOffsetFromTheZip64Field() throws IOException {
    ZipBytes zip = ZipBytes.small();
    ZipBytes.Listed entry = zip.records.get(1);
    entry.extra =
        ZipBytes.little(28)
            .putShort((short) 1)
            .putShort((short) 24)
            .putLong(entry.size)
            .putLong(entry.packed)
            .putLong(entry.offset)
            .array();
    entry.size = entry.packed = entry.offset = 0xffff_ffffL;
    assertLoads(zip.toBytes64());
  }

  @Test
  void refusesZip64SizesThatLie() throws IOException {
    for (long lie : new long[] {-1, Long.MAX_VALUE, 1L << 40, 25}) {
      ZipBytes zip = ZipBytes.small();
      ZipBytes.Listed entry = zip.records.get(1);
      entry.extra =
          ZipBytes.little(20)
              .putShort((short) 1)
              .putShort((short) 16)
              .putLong(lie)
              .putLong(lie)
              .array();
      entry.size = entry.packed = 0xffff_ffffL;
      assertThat(refusal(zip.toBytes64())).as("%d", lie).contains("zip entry archive/");
    }
  }

  @Test
  void refusesAnExtraFieldThatRunsOutOfItsRecord() throws IOException {
    ZipBytes zip = ZipBytes.small();
    zip.records.get(1).extra = new byte[] {1, 0, 40, 0, 0, 0};
    assertThat(refusal(zip.toBytes())).contains("damaged extra field");
  }

  @Test
  void refusesOneNameTwice() throws IOException {
    byte[] bytes = ZipBytes.small().entry("archive/data/0", new byte[24]).toBytes();
    assertThat(refusal(bytes)).contains("archive/data/0 is there twice");
  }

  @Test
  void refusesEntriesThatOverlap() throws IOException {
    ZipBytes zip = ZipBytes.small();
    // Two records on one header: the second claims the bytes of the first.
    ZipBytes.Listed copy = new ZipBytes.Listed();
    ZipBytes.Listed original = zip.records.get(1);
    copy.name = original.name;
    copy.offset = original.offset;
    copy.size = copy.packed = original.size;
    copy.crc = original.crc;
    zip.records.add(copy);
    assertThat(refusal(zip.toBytes())).contains("overlaps");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../archive/data/1",
        "archive/../data",
        "/archive/data/1",
        "archive//1",
        "archive/data/",
        "archive\\data",
        "C:/data",
        "archive/./x",
        "a\nb",
        ""
      })
  void refusesNamesThatAreNoPlainPaths(String name) throws IOException {
    byte[] bytes = ZipBytes.small().entry(name, NOTHING).toBytes();
    assertThat(refusal(bytes)).contains("is not a plain relative path");
  }

  @Test
  void refusesAHeaderThatContradictsTheDirectory() throws IOException {
    byte[] bytes = ZipBytes.small().entry("archive/data/1", "archive/data/2", NOTHING).toBytes();
    assertThat(refusal(bytes)).contains("archive/data/1 differs between directory and header");
  }

  @Test
  void refusesCompressedEncryptedAndContradictorySizes() throws IOException {
    ZipBytes zip = ZipBytes.small();
    zip.last().method = 8;
    assertThat(refusal(zip.toBytes())).contains("compressed");
    zip = ZipBytes.small();
    zip.last().flags = 1;
    assertThat(refusal(zip.toBytes())).contains("encrypted");
    zip = ZipBytes.small();
    zip.last().packed = 1;
    assertThat(refusal(zip.toBytes())).contains("two sizes, 1 and 2");
  }

  @Test
  void refusesOffsetsAndSizesOutsideTheFile() throws IOException {
    for (long offset : new long[] {1, 5000, 0xffff_fffeL}) {
      ZipBytes zip = ZipBytes.small();
      zip.last().offset = offset;
      assertThat(refusal(zip.toBytes())).contains("zip entry archive/version");
    }
    ZipBytes zip = ZipBytes.small();
    zip.last().size = zip.last().packed = 0x7fff_ffffL;
    assertThat(refusal(zip.toBytes())).contains("does not fit");
  }

  @Test
  void refusesWrongCounts() throws IOException {
    for (int count : new int[] {0, 2, 4, 0xffff}) {
      for (boolean zip64 : new boolean[] {false, true}) {
        assertThat(refusal(ZipBytes.small().end(count, zip64))).contains("zip directory");
      }
    }
  }

  @Test
  void refusesBytesBeforeAndBehindTheArchive() throws IOException {
    byte[] bytes = ZipBytes.small().toBytes();
    byte[] before = new byte[bytes.length + 10];
    System.arraycopy(bytes, 0, before, 10, bytes.length);
    assertThat(refusal(before)).contains("10 bytes lie before the archive");
    assertThat(refusal(Arrays.copyOf(bytes, bytes.length + 1))).contains("end record is missing");
  }

  @Test
  void refusesAFileCutAnywhere() throws IOException {
    byte[] bytes = ZipBytes.small().toBytes64();
    for (int length = 0; length < bytes.length; length += 3) {
      assertThat(refusal(Arrays.copyOf(bytes, length))).isNotEmpty();
    }
  }

  @Test
  void noticesADamagedStorageWhenItIsRead() throws IOException {
    ZipBytes zip = ZipBytes.small();
    zip.records.get(1).crc ^= 1;
    assertThat(refusal(zip.toBytes())).contains("archive/data/0 is damaged", "checksum (CRC)");
    zip = ZipBytes.small();
    zip.records.get(0).crc ^= 1;
    assertThat(refusal(zip.toBytes())).contains("archive/data.pkl is damaged");
  }

  @Test
  void refusesNoneOrTwoPickles() throws IOException {
    assertThat(refusal(new ZipBytes().entry("archive/version", NOTHING).toBytes()))
        .contains("0 entries STEM/data.pkl");
    assertThat(refusal(ZipBytes.small().entry("b/data.pkl", NOTHING).toBytes()))
        .contains("2 entries STEM/data.pkl");
  }

  @Test
  void namesTorchScriptArchives() throws IOException {
    byte[] bytes = ZipBytes.small().entry("archive/constants.pkl", NOTHING).toBytes();
    assertThat(refusal(bytes)).contains("TorchScript", "state_dict");
    ZipBytes compressed = ZipBytes.small().entry("archive/code/__torch__.py", NOTHING);
    compressed.last().method = 8;
    assertThat(refusal(compressed.toBytes())).contains("TorchScript");
  }

  @Test
  void saysWhatAFileIsThatIsNoCheckpoint() throws IOException {
    assertThat(refusal(text("version https://git-lfs.github.com/spec/v1\noid sha256:00\n")))
        .contains("git lfs pull");
    assertThat(refusal(text("\n<!DOCTYPE html><html>Google Drive"))).contains("web page");
    assertThat(refusal(new byte[] {(byte) 0x80, 4, '.'})).contains("plain pickle");
    assertThat(refusal(text("hello"))).contains("not a torch checkpoint");
    assertThat(refusal(NOTHING)).contains("is empty");
    assertThat(TorchFiles.refusal(directory.resolve("absent.pt"))).contains("no such file");
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void assertLoads(byte[] bytes) throws IOException {
    Path file = Files.write(directory.resolve("model.pt"), bytes);
    try (TorchFile torch = TorchFile.open(file)) {
      assertThat(torch.floats("w")).containsExactly(0, 1, 2, 3, 4, 5);
    }
  }

  private String refusal(byte[] bytes) throws IOException {
    return TorchFiles.refusal(Files.write(directory.resolve("model.pt"), bytes));
  }
}
