package org.clipscribe.nn.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.clipscribe.nn.DType;
import org.clipscribe.nn.Initialisation;
import org.clipscribe.nn.SeededTensors;
import org.clipscribe.nn.TensorInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {
  @TempDir private Path folder;

  private Path file() {
    return folder.resolve("model.safetensors");
  }

  private static Map<String, TensorInfo> layout(Object... namesAndInfos) {
    Map<String, TensorInfo> layout = new LinkedHashMap<>();
    for (int i = 0; i < namesAndInfos.length; i += 2) {
      layout.put((String) namesAndInfos[i], (TensorInfo) namesAndInfos[i + 1]);
    }
    return layout;
  }

  private long filesInFolder() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    }
  }

  @Test
  void writesExactlyTheseBytes() throws IOException {
    Map<String, TensorInfo> layout =
        layout("w", TensorInfo.of(DType.F32, 1, 2), "n", TensorInfo.of(DType.I64));
    try (SafetensorsWriter writer = new SafetensorsWriter(file(), layout, Map.of("a", "b"))) {
      writer.write("w", new float[] {1, -2});
      writer.write("n", new long[] {258});
      writer.commit();
    }
    String header =
        "{\"__metadata__\":{\"a\":\"b\"},"
            + "\"w\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]},"
            + "\"n\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[8,16]}}";
    String padded = header + " ".repeat((8 - header.length() % 8) % 8);
    byte[] data = {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, (byte) 0xc0, 2, 1, 0, 0, 0, 0, 0, 0};
    Path expected = RawFile.write(folder.resolve("expected"), padded, data);
    assertThat(file()).hasSameBinaryContentAs(expected);
    assertThat(padded.length() % 8).isZero();
  }

  @Test
  void givesBackEveryTypeAsFarAsItHolds() throws IOException {
    float[] floats = {0, -0f, 1.5f, 1e-40f, 65504, 3.4e38f, Float.NaN, Float.NEGATIVE_INFINITY};
    float[] halves = {0, -0f, 1.5f, 0, 65504, Float.POSITIVE_INFINITY, Float.NaN, floats[7]};
    float[] brains = new float[8];
    for (int i = 0; i < 8; i++) {
      // Nearest value with 8 bits; ties do not occur here.
      int bits = Float.floatToIntBits(floats[i]);
      brains[i] = Float.intBitsToFloat((bits + 0x8000) & 0xffff0000);
    }
    long[] longs = {0, -1, 127, -128, 255, 70_000, Long.MIN_VALUE, Long.MAX_VALUE};
    Map<String, TensorInfo> layout = new LinkedHashMap<>();
    for (DType dtype : DType.values()) {
      layout.put(dtype.name(), TensorInfo.of(dtype, 2, 4));
    }
    try (SafetensorsWriter writer = new SafetensorsWriter(file(), layout, Map.of())) {
      for (DType dtype : DType.values()) {
        if (dtype.isFloating()) {
          writer.write(dtype.name(), floats);
        } else {
          writer.write(dtype.name(), longs);
        }
      }
      writer.commit();
    }
    try (SafetensorsFile read = SafetensorsFile.open(file())) {
      assertThat(read.names()).containsExactlyElementsOf(layout.keySet());
      assertThat(read.floats("F32")).isEqualTo(floats);
      assertThat(read.floats("F64")).isEqualTo(floats);
      assertThat(read.floats("F16")).isEqualTo(halves);
      assertThat(read.floats("BF16")).isEqualTo(brains);
      assertThat(read.longs("I64")).isEqualTo(longs);
      assertThat(read.longs("U64")).isEqualTo(longs);
      assertThat(read.longs("I32")).containsExactly(0, -1, 127, -128, 255, 70_000, 0, -1);
      assertThat(read.longs("U32"))
          .containsExactly(0, 0xffffffffL, 127, 0xffffff80L, 255, 70_000, 0, 0xffffffffL);
      assertThat(read.longs("I16")).containsExactly(0, -1, 127, -128, 255, 4464, 0, -1);
      assertThat(read.longs("U16")).containsExactly(0, 65535, 127, 65408, 255, 4464, 0, 65535);
      assertThat(read.longs("I8")).containsExactly(0, -1, 127, -128, -1, 112, 0, -1);
      assertThat(read.longs("U8")).containsExactly(0, 255, 127, 128, 255, 112, 0, 255);
      assertThat(read.longs("BOOL")).containsExactly(0, 1, 1, 1, 1, 1, 1, 1);
    }
  }

  @Test
  void roundsTiesToEvenAndKeepsNaNsInBfloat16() throws IOException {
    float[] values = {
      Float.intBitsToFloat(0x3f808000), // half-way, even below
      Float.intBitsToFloat(0x3f818000), // half-way, even above
      Float.intBitsToFloat(0x3f808001),
      Float.intBitsToFloat(0x7f7fffff), // the largest float rounds to infinity
      Float.intBitsToFloat(0x7f800001), // a NaN whose bits are all in the lower half
    };
    try (SafetensorsWriter writer =
        new SafetensorsWriter(file(), layout("w", TensorInfo.of(DType.BF16, 5)), Map.of())) {
      writer.write("w", values);
      writer.commit();
    }
    try (SafetensorsFile read = SafetensorsFile.open(file())) {
      assertThat(read.floats("w"))
          .containsExactly(
              1f,
              Float.intBitsToFloat(0x3f820000),
              Float.intBitsToFloat(0x3f810000),
              Float.POSITIVE_INFINITY,
              Float.NaN);
    }
  }

  @Test
  void takesElementsInPartsOfAnySize() throws IOException {
    Map<String, TensorInfo> layout =
        layout(
            "flag", TensorInfo.of(DType.U8, 3),
            "empty", TensorInfo.of(DType.F32, 2, 0),
            "w", TensorInfo.of(DType.F32, 700_001),
            "last", TensorInfo.of(DType.F32, 0));
    SeededTensors random = new SeededTensors(layout, 3, Initialisation.normal(1));
    float[] values = random.floats("w");
    try (SafetensorsWriter writer = new SafetensorsWriter(file(), layout, Map.of())) {
      writer.write("flag", new long[] {9, 7, 8, 9}, 1, 2);
      writer.write("flag", new long[] {9});
      int done = 0;
      for (int part : new int[] {1, 0, 300_000, 399_999, 1}) {
        writer.write("w", values, done, part);
        done += part;
      }
      assertThat(file()).doesNotExist();
      writer.commit();
    }
    try (SafetensorsFile read = SafetensorsFile.open(file())) {
      assertThat(read.longs("flag")).containsExactly(7, 8, 9);
      assertThat(read.floats("w")).isEqualTo(values);
    }
    assertThat(filesInFolder()).isEqualTo(1);
  }

  @Test
  void copiesAWholeModelToTheSameBytesEveryTime() throws IOException {
    Map<String, TensorInfo> layout =
        layout("a.weight", TensorInfo.of(DType.F16, 600, 1001), "b", TensorInfo.of(DType.F32, 5));
    SeededTensors random = new SeededTensors(layout, 3, Initialisation.normal(1));
    for (Path target : new Path[] {file(), folder.resolve("again")}) {
      try (SafetensorsWriter writer = new SafetensorsWriter(target, layout, Map.of())) {
        writer.copy("a.weight", random, "a.weight");
        writer.copy("b", random, "b");
        writer.commit();
      }
    }
    assertThat(file()).hasSameBinaryContentAs(folder.resolve("again"));
    try (SafetensorsFile read = SafetensorsFile.open(file())) {
      float[] values = random.floats("a.weight");
      float[] stored = read.floats("a.weight");
      for (int i = 0; i < values.length; i++) {
        assertThat(stored[i]).isEqualTo(Float.float16ToFloat(Float.floatToFloat16(values[i])));
      }
    }
  }

  @Test
  void leavesTheOldFileAndNothingElseWhenItIsNotCommitted() throws IOException {
    Files.writeString(file(), "old");
    try (SafetensorsWriter writer =
        new SafetensorsWriter(file(), layout("w", TensorInfo.of(DType.F32, 2)), Map.of())) {
      writer.write("w", new float[1]);
      assertThat(filesInFolder()).isEqualTo(2);
      assertThatThrownBy(writer::commit)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("1 elements of w");
    }
    assertThat(file()).hasContent("old");
    assertThat(filesInFolder()).isEqualTo(1);
  }

  @Test
  void replacesTheOldFileWhenItIsCommitted() throws IOException {
    Files.writeString(file(), "old");
    try (SafetensorsWriter writer = new SafetensorsWriter(file(), Map.of(), Map.of())) {
      writer.commit();
    }
    try (SafetensorsFile read = SafetensorsFile.open(file())) {
      assertThat(read.names()).isEmpty();
    }
    assertThat(filesInFolder()).isEqualTo(1);
  }

  @Test
  void refusesTensorsOutOfTurn() throws IOException {
    Map<String, TensorInfo> layout =
        layout("a", TensorInfo.of(DType.F32, 2), "b", TensorInfo.of(DType.F32, 2));
    try (SafetensorsWriter writer = new SafetensorsWriter(file(), layout, Map.of())) {
      assertThatThrownBy(() -> writer.write("b", new float[2]))
          .isInstanceOf(IllegalArgumentException.class);
      writer.write("a", new float[1]);
      for (String name : new String[] {"b", "a", "c"}) {
        assertThatThrownBy(() -> writer.write(name, new float[2]))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("2 elements of " + name + ", but 1 of a are next");
      }
      writer.write("a", new float[1]);
      writer.write("b", new float[2]);
      assertThatThrownBy(() -> writer.write("a", new float[1]))
          .isInstanceOf(IllegalArgumentException.class);
      writer.commit();
    }
    assertThatThrownBy(
            () ->
                new SafetensorsWriter(
                    file(), layout("__metadata__", TensorInfo.of(DType.F32, 2)), Map.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new SafetensorsWriter(folder.resolve("no/x"), layout, Map.of()))
        .isInstanceOf(IOException.class);
  }
}
