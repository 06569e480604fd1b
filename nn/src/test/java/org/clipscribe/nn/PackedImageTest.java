package org.clipscribe.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.clipscribe.nn.PackedImage.Access;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PackedImageTest {
  private static final WeightFormat F32 = WeightFormat.F32;

  private final Backend backend = Backends.open("cpu", 2).backend();
  @TempDir Path folder;

  @AfterEach
  void close() {
    backend.close();
  }

  /// One parameter of every kind, one of them asked for twice as tied weights are.
  private record Toy(Embedding table, Linear fc, Linear projection, Tensor token, Linear head) {
    static Toy of(ParameterSource source) {
      return of(source, 5);
    }

    static Toy of(ParameterSource source, int width) {
      return new Toy(
          Embedding.of(source.at("wte"), 70, width),
          Linear.of(source.at("fc"), width, 3),
          Linear.conv1d(source.at("h").at(0), 3, 67),
          source.get("token", 3),
          Linear.withoutBias(source.at("wte"), width, 70));
    }

    /// Numbers that depend on every parameter.
    float[] run(Backend backend) {
      Tensor x = table.forward(backend, 0, 69, 33);
      Tensor y = fc.forward(x).plus(token);
      return Tensor.concatenate(-1, projection.forward(y), head.forward(x)).toArray();
    }
  }

  private static Checkpoint checkpoint(long seed) {
    Map<String, TensorInfo> layout = new LinkedHashMap<>();
    layout.put("wte.weight", TensorInfo.of(DType.F32, 70, 5));
    layout.put("fc.weight", TensorInfo.of(DType.F32, 3, 5));
    layout.put("fc.bias", TensorInfo.of(DType.F32, 3));
    layout.put("h.0.weight", TensorInfo.of(DType.F32, 3, 67));
    layout.put("h.0.bias", TensorInfo.of(DType.F32, 67));
    layout.put("token", TensorInfo.of(DType.F32, 3));
    return Checkpoint.of(
        new SeededTensors(layout, seed, (_, _) -> new Initialisation.Normal(0, 1)), "toy");
  }

  private PackedImage<Toy> image(WeightFormat format, String key) {
    return image(format, key, Toy::of);
  }

  private PackedImage<Toy> image(
      WeightFormat format, String key, Function<ParameterSource, Toy> builder) {
    return PackedImage.of(backend, format, key, builder).orElseThrow();
  }

  private Path keep(WeightFormat format) {
    PackedImage<Toy> image = image(format, "one");
    Path file = folder.resolve(image.fileName());
    assertThat(image.loadAndKeep(checkpoint(1), List.of(file))).isNotNull();
    return file;
  }

  private boolean isImage(Path file) {
    boolean copied = image(F32, "one").load(List.of(file), Access.COPY).isPresent();
    assertThat(image(F32, "one").load(List.of(file), Access.MAP).isPresent()).isEqualTo(copied);
    return copied;
  }

  @ParameterizedTest
  @CsvSource({
    "F32, MAP",
    "F32, COPY",
    "BF16, MAP",
    "BF16, COPY",
    "INT8, MAP",
    "INT8, COPY",
  })
  void givesBackTheModelThatWasPacked(WeightFormat format, Access access) throws IOException {
    PackedImage<Toy> image = image(format, "one");
    Path file = folder.resolve(image.fileName());
    assertThat(image.load(List.of(file), access)).isEmpty();
    Toy packed = image.loadAndKeep(checkpoint(1), List.of(file));
    Toy restored = image.load(List.of(file), access).orElseThrow();
    assertThat(restored.run(backend)).isEqualTo(packed.run(backend));
    assertThat(image.isIntact(file)).isTrue();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).as("no temporary file is left").containsExactly(file);
    }
  }

  @Test
  void namesTheFileAfterLayoutAndFormat() {
    assertThat(image(WeightFormat.BF16, "one").fileName()).isEqualTo("packed-panels64-v2-bf16.bin");
  }

  @Test
  void saysInItsHeaderWhatIsWhere() throws IOException {
    String text = Files.readString(keep(F32), StandardCharsets.ISO_8859_1);
    assertThat(text)
        .startsWith(
            """
            clipscribe packed image 1
            layout panels64-v2
            format F32
            weights one
            LINEAR wte.weight [70, 5] at 0 + 2560
            LINEAR fc.weight [3, 5] at 4096 + 1280
            TENSOR fc.bias [3] at 5376 + 12
            CONV1D h.0.weight [3, 67] at 8192 + 1536
            """);
  }

  @Test
  void refusesAnImageOfOtherWeightsOfAnotherFormatOrOfAnotherModel() {
    Path file = keep(F32);
    assertThat(image(F32, "two").load(List.of(file), Access.COPY)).isEmpty();
    assertThat(image(WeightFormat.BF16, "one").load(List.of(file), Access.COPY)).isEmpty();
    assertThat(image(F32, "one", source -> Toy.of(source, 4)).load(List.of(file), Access.COPY))
        .isEmpty();
    assertThat(isImage(file)).isTrue();
  }

  @Test
  void refusesAFileWithAnyByteOfTheHeaderChanged() throws IOException {
    Path file = keep(F32);
    byte[] bytes = Files.readAllBytes(file);
    int header = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("crc32c");
    for (int at = 0; at < header; at++) {
      bytes[at] ^= 1;
      Files.write(file, bytes);
      assertThat(image(F32, "one").load(List.of(file), Access.COPY)).as("byte " + at).isEmpty();
      bytes[at] ^= 1;
    }
    assertThat(isImage(Files.write(file, bytes))).isTrue();
  }

  @Test
  void refusesAFileOfAnotherLength() throws IOException {
    Path file = keep(F32);
    byte[] bytes = Files.readAllBytes(file);
    for (int length : new int[] {0, 1, 100, 4096, bytes.length - 1, bytes.length + 1}) {
      assertThat(isImage(Files.write(file, Arrays.copyOf(bytes, length)))).isFalse();
    }
    assertThat(isImage(Files.write(file, bytes))).isTrue();
  }

  @Test
  void refusesWhatIsNoFile() throws IOException {
    assertThat(isImage(folder.resolve("nowhere"))).isFalse();
    assertThat(isImage(Files.createDirectory(folder.resolve("folder")))).isFalse();
  }

  /// Checking all on every start would cost what the image saves: such numbers are found when they
  /// are looked for.
  @ParameterizedTest
  @EnumSource
  void findsDamageInTheParametersWhenAsked(WeightFormat format) throws IOException {
    Path file = keep(format);
    PackedImage<Toy> image = image(format, "one");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1; // of the last parameter
    Files.write(file, bytes);
    assertThat(image.load(List.of(file), Access.COPY)).isPresent();
    assertThat(image.isIntact(file)).isFalse();
    assertThat(image.isIntact(Files.write(file, new byte[10]))).isFalse();
    assertThatThrownBy(() -> image.isIntact(folder.resolve("nowhere")))
        .isInstanceOf(IOException.class);
  }

  @Test
  void replacesAnImageThatIsStale() {
    Path file = keep(F32);
    PackedImage<Toy> newer = image(F32, "two");
    Toy packed = newer.loadAndKeep(checkpoint(2), List.of(file));
    assertThat(isImage(file)).isFalse();
    assertThat(newer.load(List.of(file), Access.MAP).orElseThrow().run(backend))
        .isEqualTo(packed.run(backend));
  }

  @Test
  void whatIsMappedStaysWhenTheFileIsReplaced() {
    Path file = keep(F32);
    Toy mapped = image(F32, "one").load(List.of(file), Access.MAP).orElseThrow();
    float[] before = mapped.run(backend);
    assertThat(image(F32, "two").loadAndKeep(checkpoint(2), List.of(file))).isNotNull();
    assertThat(mapped.run(backend)).isEqualTo(before);
  }

  @Test
  void takesTheNextPlaceWhereItCannotWrite() throws IOException {
    PackedImage<Toy> image = image(F32, "one");
    Path occupied = Files.writeString(folder.resolve("file"), "").resolve("image");
    Path second = folder.resolve("new/folder/image");
    List<Path> places = List.of(occupied, second, folder.resolve("third"));
    Toy packed = image.loadAndKeep(checkpoint(1), places);
    assertThat(places).filteredOn(Files::exists).containsExactly(second);
    assertThat(image.load(places, Access.MAP).orElseThrow().run(backend))
        .isEqualTo(packed.run(backend));
  }

  @Test
  void doesWithoutWhereItCanWriteNowhere() throws IOException {
    Path occupied = Files.writeString(folder.resolve("file"), "").resolve("image");
    assertThat(image(F32, "one").loadAndKeep(checkpoint(1), List.of(occupied))).isNotNull();
    assertThat(image(F32, "one").loadAndKeep(checkpoint(1), List.of())).isNotNull();
  }

  @Test
  void keepsNothingOfACheckpointThatDoesNotFit() {
    Path file = folder.resolve("image");
    PackedImage<Toy> image = image(F32, "one", source -> Toy.of(source, 4));
    assertThatThrownBy(() -> image.loadAndKeep(checkpoint(1), List.of(file)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("of wrong shape");
    assertThat(file).doesNotExist();
  }

  @Test
  void isNotThereForABackEndWithoutImages() {
    try (Backend reference = Backends.open("reference", 1).backend()) {
      assertThat(PackedImage.of(reference, F32, "one", Toy::of)).isEmpty();
    }
  }

  @Test
  void refusesAModelWhoseParametersDependOnTheFile() {
    assertThatThrownBy(
            () -> PackedImage.of(backend, F32, "one", source -> source.has("extra") ? 1 : 0))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("extra");
  }
}
