package org.clipscribe.captioner.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.clipscribe.nn.BadInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddingDatasetTest {
  private static final int WIDTH = 3;
  @TempDir Path temp;

  private static List<CaptionedImage> images(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                new CaptionedImage(
                    Integer.toString(i),
                    "a folder/" + i + ".jpg",
                    List.of(Split.values()).get(i % 3),
                    IntStream.rangeClosed(0, i % 4)
                        .mapToObj(n -> "Ünïcode \"" + i + "." + n + "\"")
                        .toList()))
        .toList();
  }

  private static float[][] embeddings(int count) {
    float[][] embeddings = new float[count][WIDTH];
    for (int i = 0; i < count; i++) {
      for (int k = 0; k < WIDTH; k++) {
        embeddings[i][k] = 10 * i + k + 0.25f;
      }
    }
    return embeddings;
  }

  private Path write(int count, int shardSize) {
    return TinyDataset.write(temp.resolve("set"), images(count), embeddings(count), shardSize);
  }

  @Test
  void givesBackWhatWasWritten() {
    try (EmbeddingDataset dataset = EmbeddingDataset.open(write(11, 4))) {
      assertThat(dataset.images()).isEqualTo(11);
      assertThat(dataset.width()).isEqualTo(WIDTH);
      assertThat(dataset.captions())
          .isEqualTo(images(11).stream().mapToInt(i -> i.captions().size()).sum());
      float[] into = new float[2 * WIDTH];
      for (int row = 10; row >= 0; row--) {
        assertThat(dataset.image(row)).isEqualTo(images(11).get(row));
        dataset.embedding(row, into, WIDTH);
        assertThat(into)
            .containsExactly(0, 0, 0, 10 * row + 0.25f, 10 * row + 1.25f, 10 * row + 2.25f);
      }
      dataset.verify();
    }
  }

  @Test
  void numbersTheCaptionsOfASplit() {
    try (EmbeddingDataset dataset = EmbeddingDataset.open(write(11, 4))) {
      List<Sample> found = new ArrayList<>();
      for (Split split : Split.values()) {
        Samples samples = dataset.samples(split);
        for (int i = 0; i < samples.size(); i++) {
          Sample sample = samples.sample(i);
          assertThat(sample.split()).isEqualTo(split);
          assertThat(sample.row()).isEqualTo(samples.row(i));
          found.add(sample);
        }
        for (int i = 0; i < samples.images(); i++) {
          assertThat(dataset.image(samples.imageRow(i)).split()).isEqualTo(split);
        }
      }
      List<Sample> expected = new ArrayList<>();
      for (int row = 0; row < 11; row++) {
        CaptionedImage image = images(11).get(row);
        for (String caption : image.captions()) {
          expected.add(new Sample(row, image.id(), image.file(), image.split(), caption));
        }
      }
      assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void mayHaveSplitsWithoutAnything() {
    try (EmbeddingDataset dataset = EmbeddingDataset.open(write(1, 4))) {
      assertThat(dataset.samples(Split.TRAIN).size()).isEqualTo(1);
      assertThat(dataset.samples(Split.TEST).size()).isZero();
      assertThat(dataset.samples(Split.TEST).images()).isZero();
    }
  }

  @Test
  void hasADigestOfAllItsContent() throws IOException {
    String digest;
    Path folder = write(5, 2);
    try (EmbeddingDataset dataset = EmbeddingDataset.open(folder)) {
      digest = dataset.digest();
    }
    float[][] other = embeddings(5);
    other[4][2] = Math.nextUp(other[4][2]);
    try (EmbeddingDataset dataset =
        EmbeddingDataset.open(TinyDataset.write(temp.resolve("other"), images(5), other, 2))) {
      assertThat(dataset.digest()).isNotEqualTo(digest);
    }
    try (EmbeddingDataset dataset =
        EmbeddingDataset.open(
            TinyDataset.write(temp.resolve("same"), images(5), embeddings(5), 2))) {
      assertThat(dataset.digest()).isEqualTo(digest);
    }
  }

  @Test
  void refusesAFolderThatIsNoDataSet() {
    assertThatThrownBy(() -> EmbeddingDataset.open(temp))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            temp
                + ": is not a data set: it has no dataset.json; make one with `clipscribe dataset build`");
  }

  @Test
  void refusesEveryFileThatWasChanged() throws IOException {
    Path folder = write(5, 2);
    for (String name : List.of("shard-00001.jsonl", "shard-00002.safetensors")) {
      Path file = folder.resolve(name);
      byte[] good = Files.readAllBytes(file);
      Files.write(file, Arrays.copyOf(good, good.length - 1));
      assertRefused(folder, file, "bytes, the data set says " + good.length);
      byte[] flipped = good.clone();
      flipped[good.length - 5] ^= 1;
      Files.write(file, flipped);
      assertThatThrownBy(
              () -> {
                try (EmbeddingDataset dataset = EmbeddingDataset.open(folder)) {
                  dataset.verify();
                }
              })
          .isInstanceOf(BadInputException.class)
          .hasMessageStartingWith(file.toString());
      Files.delete(file);
      assertRefused(folder, file, "there is no such file");
      Files.write(file, good);
    }
    EmbeddingDataset.open(folder).close();
  }

  @Test
  void refusesAManifestThatDoesNotFit() throws IOException {
    Path file = write(5, 2).resolve("dataset.json");
    String good = Files.readString(file);
    assertManifestRefused(file, good.replace("\"version\": 1", "\"version\": 2"), "version is 2");
    assertManifestRefused(file, good.replace("clipscribe-dataset", "x"), "format is \"x\"");
    assertManifestRefused(file, good.replace("\"width\": 3", "\"width\": 4"), "has no tensor");
    assertManifestRefused(
        file,
        good.replaceFirst(
            "\"images\": 2,\n      \"captions\"", "\"images\": 3,\n      \"captions\""),
        "");
    assertManifestRefused(
        file, good.replaceFirst("(\"train\": \\{\\s*\"images\": )2", "$11"), "splits.train");
    assertManifestRefused(file, good.replaceFirst("\"images\": 2,", "\"images\": 2000000000,"), "");
    assertManifestRefused(file, good.substring(0, good.length() / 2), "bad JSON");
  }

  private void assertManifestRefused(Path file, String text, String cause) throws IOException {
    assertThat(text).isNotEqualTo(Files.readString(file));
    byte[] good = Files.readAllBytes(file);
    Files.writeString(file, text, StandardCharsets.UTF_8);
    assertThatThrownBy(() -> EmbeddingDataset.open(temp.resolve("set")).close())
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(cause);
    Files.write(file, good);
  }

  private static void assertRefused(Path folder, Path named, String cause) {
    assertThatThrownBy(() -> EmbeddingDataset.open(folder).close())
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(named.toString())
        .hasMessageContaining(cause);
  }
}
