package org.clipscribe.nn.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.TensorInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsFileTest {
  @TempDir private Path folder;

  private Path file() {
    return folder.resolve("x.safetensors");
  }

  private void refuses(Path file, String... words) {
    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContainingAll(words);
  }

  private void refusesHeader(String header, String... words) {
    refuses(RawFile.write(file(), header, new byte[4]), words);
  }

  @Test
  void refusesAMissingFileAndAFolder() {
    refuses(folder.resolve("none.safetensors"), "there is no such file");
    refuses(folder, "is a folder");
  }

  @Test
  void refusesAHeaderLengthThatTheFileCannotHold() throws IOException {
    for (long length : new long[] {0, 1, 100, 100_000_001, Long.MIN_VALUE, -1, 93, 85}) {
      byte[] bytes = new byte[92];
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
      refuses(
          Files.write(file(), bytes), "bad header length " + Long.toUnsignedString(length) + ":");
    }
  }

  @Test
  void neverReadsAHeaderOverTheLimitEvenIfItIsThere() throws IOException {
    try (FileChannel sparse =
        FileChannel.open(file(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      sparse.write(length.putLong(0, 100_000_001), 0);
      sparse.write(ByteBuffer.allocate(1), 200_000_000);
    }
    refuses(file(), "bad header length 100000001");
  }

  @Test
  void refusesAHundredThousandTensorsOnOneSpan() {
    // Overlap is found by sorting; comparing all pairs would take minutes here.
    String header =
        IntStream.range(0, 100_000)
            .mapToObj(i -> RawFile.bytes("t" + i, 0, 4))
            .collect(Collectors.joining(",", "{", "}"));
    refusesHeader(header, "\"t0\" and \"t1\" overlap at data offset 0");
  }

  @Test
  void readsAHundredThousandTensors() {
    String header =
        IntStream.range(0, 100_000)
            .mapToObj(i -> RawFile.bytes("t" + i, i, i + 1))
            .collect(Collectors.joining(",", "{", "}"));
    byte[] data = new byte[100_000];
    data[99_999] = 7;
    try (SafetensorsFile tensors = SafetensorsFile.open(RawFile.write(file(), header, data))) {
      assertThat(tensors.names()).hasSize(100_000);
      assertThat(tensors.longs("t99999")).containsExactly(7);
    }
  }

  @Test
  void refusesHeadersThatWouldFillTheMemory() {
    refusesHeader(
        IntStream.range(0, 250_001)
            .mapToObj(i -> RawFile.bytes(Integer.toString(i, 36), 0, 0))
            .collect(Collectors.joining(",", "{", "}")),
        "more than 250000 tensors");
    refusesHeader(
        IntStream.range(0, 100_001)
            .mapToObj(i -> "\"" + i + "\":\"\"")
            .collect(Collectors.joining(",", "{\"__metadata__\":{", "}}")),
        "more than 100000 strings at");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "",
        "nul",
        "{",
        "{}{}",
        "{},",
        "{\"a\"}",
        "{\"a\":[]}",
        "{\"a\":1}",
        "{\"a\":null}",
        "{'a':{}}",
        "{\"__metadata__\":[]}",
        "{\"__metadata__\":null}",
        "{\"__metadata__\":{\"a\":1}}",
        "{\"__metadata__\":{\"a\":{}}}",
        "{\"__metadata__\":{},\"__metadata__\":{}}",
        "{\"__metadata__\":{\"a\":\"1\",\"a\":\"1\"}}",
        "{\"a\":{}}",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4],\"more\":1}}",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":4,\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[4.0],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[4e0],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[\"4\"],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[true],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[[4]],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4,4]}}",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,0]}}",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[-4,0]}}",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4294967300]}}",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,18446744073709551620]}}",
        "{\"a\":{\"dtype\":\"u8\",\"shape\":[4],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"\",\"shape\":[4],\"data_offsets\":[0,4]}}",
      })
  void refusesAHeaderThatIsNotOne(String header) {
    refusesHeader(header, "bad header");
  }

  @Test
  void refusesAnythingButPlainUtf8() {
    String sound = "{" + RawFile.bytes("a", 0, 4) + "}";
    assertThatCode(() -> SafetensorsFile.open(RawFile.write(file(), sound, new byte[4])).close())
        .doesNotThrowAnyException();
    refuses(
        RawFile.write(file(), sound.getBytes(StandardCharsets.UTF_16LE), new byte[4]),
        "bad header");
    refuses(
        RawFile.write(file(), sound.getBytes(StandardCharsets.UTF_16BE), new byte[4]),
        "bad header");
    refusesHeader("\ufeff" + sound, "bad header"); // a byte order mark
    refusesHeader(sound + "\0", "bad header"); // padding is spaces, not zeros
  }

  @Test
  void refusesBytesThatAreNoUtf8() {
    byte[] overlong = ("{" + RawFile.bytes("a??", 0, 4) + "}").getBytes(StandardCharsets.UTF_8);
    overlong[3] = (byte) 0xc0; // an overlong form of "/"
    overlong[4] = (byte) 0xaf;
    refuses(RawFile.write(file(), overlong, new byte[4]), "bad header", "not UTF-8");
  }

  @Test
  void refusesAShapeOfTooManyAxes() {
    String shape = "1,".repeat(32) + "4";
    refusesHeader(
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[" + shape + "],\"data_offsets\":[0,4]}}",
        "more than 32 numbers at \"/a/shape");
  }

  @Test
  void namesTheTensorAndTheNumbersThatDoNotFit() {
    refusesHeader(
        "{\"h.0.w\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,4]}}",
        "\"h.0.w\", dtype and shape F32 [3], needs 12 bytes, but its data_offsets span 4");
    refusesHeader("{" + RawFile.bytes("a", 0, 3) + "}", "1 trailing bytes are not covered");
    refusesHeader("{" + RawFile.bytes("a", 1, 4) + "}", "data bytes 0 to 1, before tensor \"a\"");
  }

  @Test
  void keepsLongAndHostileNamesOutOfMessages() {
    String name = "n\\u001b[31m\\n" + "x".repeat(9000);
    refusesHeader(
        "{\"%s\":{\"dtype\":\"Q\",\"shape\":[4],\"data_offsets\":[0,4]}}".formatted(name),
        "unknown dtype \"Q\" at \"/n?[31m?xxx");
  }

  @Test
  void readsAnyPartOfATensorAcrossBlocks() throws IOException {
    int count = 700_001; // 2.8 MB: more than two blocks, and not a multiple of anything
    ByteBuffer data = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    IntStream.range(0, count).forEach(data::putInt);
    String header =
        "{\"i\":{\"dtype\":\"I32\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
            .formatted(count, 4 * count);
    RawFile.write(file(), header, data.array());
    for (boolean map : new boolean[] {false, true}) {
      try (SafetensorsFile tensors =
          map ? SafetensorsFile.map(file()) : SafetensorsFile.open(file())) {
        assertThat(tensors.longs("i"))
            .isEqualTo(IntStream.range(0, count).asLongStream().toArray());
        long[] part = new long[600_002];
        tensors.readLongs("i", 100_000, 600_001, part);
        assertThat(part[0]).isEqualTo(100_000);
        assertThat(part[600_000]).isEqualTo(700_000);
        assertThat(part[600_001]).isZero();
        assertThatThrownBy(() -> tensors.readLongs("i", 100_001, 600_001, part))
            .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> tensors.readFloats("i", 0, 1, new float[1]))
            .isInstanceOf(BadInputException.class)
            .hasMessageContaining("\"i\" is I32 [700001], expected floating point");
      }
    }
  }

  @Test
  void saysSoWhenTheFileBecomesShorterWhileItIsOpen() throws IOException {
    RawFile.write(file(), "{" + RawFile.bytes("a", 0, 4096) + "}", new byte[4096]);
    try (SafetensorsFile tensors = SafetensorsFile.open(file());
        FileChannel other = FileChannel.open(file(), StandardOpenOption.WRITE)) {
      other.truncate(1000);
      assertThatThrownBy(() -> tensors.longs("a"))
          .isInstanceOf(BadInputException.class)
          .hasMessageContainingAll("\"a\" cannot be read", "ended at byte 1000");
    }
  }

  @Test
  void refusesAFileCutAnywhere() throws IOException {
    byte[] sound =
        Files.readAllBytes(HostileFilesTest.resource("hostile/ST-14c-dtypes.safetensors"));
    for (int length = 0; length < sound.length; length++) {
      refuses(Files.write(file(), Arrays.copyOf(sound, length)), "header");
    }
  }

  @Test
  void isEitherLoadedOrRefusedWhateverBytesAreDamaged() throws IOException {
    byte[] sound =
        Files.readAllBytes(HostileFilesTest.resource("hostile/ST-14c-dtypes.safetensors"));
    SplittableRandom random = new SplittableRandom(2);
    int refused = 0;
    for (int round = 0; round < 3000; round++) {
      byte[] damaged = sound.clone();
      for (int flips = random.nextInt(1, 5); flips > 0; flips--) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      if (random.nextInt(4) == 0) {
        damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length));
      }
      Files.write(file(), damaged);
      try (SafetensorsFile tensors = SafetensorsFile.open(file())) {
        for (String name : tensors.names()) {
          TensorInfo info = tensors.info(name);
          assertThat(info.byteSize()).isLessThan(sound.length);
          int read =
              info.dtype().isFloating() ? tensors.floats(name).length : tensors.longs(name).length;
          assertThat(read).isEqualTo(info.elements());
        }
      } catch (BadInputException e) {
        refused++;
      }
    }
    assertThat(refused).isBetween(1000, 2999);
  }
}
