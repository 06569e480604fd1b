package org.clipscribe.captioner.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.clipscribe.captioner.dataset.Problem.Reason;
import org.clipscribe.nn.BadInputException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetBuilderTest {
  @TempDir Path temp;
  private Workshop shop;
  private Path source;

  @BeforeEach
  void writeTenImages() {
    shop = new Workshop(temp);
    StringBuilder csv = new StringBuilder("image_name| comment_number| comment\n");
    for (int i = 9; i >= 0; i--) {
      shop.images("images/" + i + ".jpg");
      csv.append(i).append(".jpg| 0| first of ").append(i).append('\n');
      csv.append(i).append(".jpg| 1| second of ").append(i).append('\n');
    }
    source = shop.file("results.csv", csv.toString());
    shop.images = Optional.of(temp.resolve("images"));
  }

  /// Names and content of all files in a folder.
  private Map<String, String> files(String folder) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> entries = Files.walk(temp.resolve(folder))) {
      for (Path file : entries.filter(Files::isRegularFile).toList()) {
        files.put(temp.resolve(folder).relativize(file).toString(), Sha256.of(file));
      }
    }
    return files;
  }

  @Test
  void embedsEveryImageInBatchesAndShards() throws IOException {
    BuildReport report = shop.build(source);
    assertThat(report).isEqualTo(new BuildReport(10, 20, Map.of()));
    assertThat(shop.batches).containsExactly(2, 1, 2, 1, 2, 1, 1);
    assertThat(files("out").keySet())
        .containsExactly(
            "dataset.json",
            "shard-00000.jsonl",
            "shard-00000.safetensors",
            "shard-00001.jsonl",
            "shard-00001.safetensors",
            "shard-00002.jsonl",
            "shard-00002.safetensors",
            "shard-00003.jsonl",
            "shard-00003.safetensors");
    try (EmbeddingDataset dataset = EmbeddingDataset.open(temp.resolve("out"))) {
      assertThat(dataset.modelDigest()).isEqualTo(shop.digest);
      assertThat(dataset.source()).isEqualTo("flickr30k");
      float[] found = new float[Workshop.WIDTH];
      for (int row = 0; row < 10; row++) {
        dataset.embedding(row, found, 0);
        Path image = temp.resolve("images").resolve(row + ".jpg");
        assertThat(dataset.image(row).file()).isEqualTo(row + ".jpg");
        assertThat(found).isEqualTo(shop.pixels(Files.newInputStream(image), "test"));
      }
    }
  }

  @Test
  void givesTheSameBytesForRowsInAnotherOrder() throws IOException {
    shop.build(source);
    List<String> lines = Files.readAllLines(source);
    List<String> firsts = lines.stream().filter(line -> line.contains("| 0|")).sorted().toList();
    List<String> seconds = lines.stream().filter(line -> line.contains("| 1|")).toList();
    Path other =
        shop.file("other.csv", String.join("\n", firsts) + "\n" + String.join("\n", seconds));
    shop.batch = 3;
    shop.build(other, "other");
    assertThat(files("other")).isEqualTo(files("out"));
  }

  @Test
  void leavesOutAnImageThatCannotBeReadAndUsesTheRest() throws IOException {
    shop.file("images/4.jpg", "bad image");
    BuildReport report = shop.build(source);
    assertThat(report).isEqualTo(new BuildReport(9, 18, Map.of(Reason.UNREADABLE_IMAGE, 1)));
    assertThat(shop.messages())
        .containsExactly("results.csv line 12: images/4.jpg: unsupported or not an image");
    assertThat(shop.content("out"))
        .extracting(CaptionedImage::file)
        .doesNotContain("4.jpg")
        .hasSize(9);
  }

  @Test
  void mayLeaveOutAWholeShard() throws IOException {
    for (int i : new int[] {3, 4, 5}) {
      shop.file("images/" + i + ".jpg", "bad image");
    }
    shop.build(source);
    assertThat(shop.content("out")).hasSize(7);
    try (EmbeddingDataset dataset = EmbeddingDataset.open(temp.resolve("out"))) {
      float[] found = new float[Workshop.WIDTH];
      dataset.embedding(3, found, 0);
      assertThat(found)
          .isEqualTo(shop.pixels(Files.newInputStream(temp.resolve("images/6.jpg")), "test"));
    }
  }

  @Test
  void isNoDataSetWhenNoImageCanBeRead() {
    for (int i = 0; i < 10; i++) {
      shop.file("images/" + i + ".jpg", "bad image");
    }
    assertThatThrownBy(() -> shop.build(source))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("none of the images can be read");
    assertThat(temp.resolve("out")).doesNotExist();
  }

  /// Interrupted behind every image in turn, and resumed until it is done.
  @Test
  void goesOnAfterAnInterruptionAndEndsWithTheSameBytes() throws IOException {
    shop.file("images/4.jpg", "bad image");
    shop.build(source, "straight");
    for (int after = 1; after < 10; after++) {
      String target = "out" + after;
      shop.stopAfter = Optional.of(after);
      assertThatThrownBy(() -> shop.build(source, target))
          .isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(temp.resolve(target).resolve("dataset.json")).doesNotExist();
      assertThatThrownBy(() -> EmbeddingDataset.open(temp.resolve(target)))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("was not finished; repeat its `clipscribe dataset build`");
      shop.stopAfter = Optional.empty();
      shop.batches.clear();
      BuildReport report = shop.build(source, target);
      // Shards of 3, image 4 in the second; the interrupt comes before a shard is written.
      int finishedShards = (after - 1) / 3;
      assertThat(shop.batches.stream().mapToInt(n -> n).sum())
          .isEqualTo(9 - 3 * finishedShards + (finishedShards >= 2 ? 1 : 0));
      assertThat(report).isEqualTo(new BuildReport(9, 18, Map.of(Reason.UNREADABLE_IMAGE, 1)));
      assertThat(files(target)).isEqualTo(files("straight"));
    }
  }

  /// What a process that was killed may leave, in any combination.
  @Test
  void goesOnAfterAKillAtAnyPoint() throws IOException {
    shop.build(source, "straight");
    Map<String, String> straight = files("straight");
    for (String lost :
        List.of("shard-00001.jsonl", "shard-00001.safetensors", "shard-00003.safetensors")) {
      shop.stopAfter = Optional.of(10);
      assertThatThrownBy(() -> shop.build(source)).isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.interrupted()).isTrue();
      shop.stopAfter = Optional.empty();
      Path out = temp.resolve("out");
      Files.deleteIfExists(out.resolve(lost));
      shop.file("out/.shard-00003.safetensors.1234.tmp", "half a file");
      shop.file("out/.work/rows-0", "some rows");
      shop.file("out/.lock", "");
      shop.build(source);
      assertThat(files("out")).isEqualTo(straight);
      shop.force = true;
    }
  }

  @Test
  void doesNotMixAShardOfAnotherBuildOrADamagedOne() throws IOException {
    shop.build(source, "straight");
    shop.stopAfter = Optional.of(9);
    assertThatThrownBy(() -> shop.build(source)).isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
    shop.stopAfter = Optional.empty();
    Path out = temp.resolve("out");
    shop.file("out/shard-00000.jsonl", "{}\n");
    byte[] cut = Files.readAllBytes(out.resolve("shard-00001.safetensors"));
    Files.write(out.resolve("shard-00001.safetensors"), Arrays.copyOf(cut, cut.length - 1));
    shop.build(source);
    assertThat(files("out")).isEqualTo(files("straight"));
  }

  @Test
  void refusesToGoOnWithAnotherBuild() throws IOException {
    shop.stopAfter = Optional.of(4);
    assertThatThrownBy(() -> shop.build(source)).isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
    shop.stopAfter = Optional.empty();
    Map<String, String> before = files("out");
    shop.digest = "cd".repeat(32);
    assertThatThrownBy(() -> shop.build(source))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("was begun from other captions, images, a model or options");
    assertThat(files("out")).isEqualTo(before);
    shop.force = true;
    shop.build(source);
    assertThat(shop.content("out")).hasSize(10);
  }

  @Test
  void replacesADataSetOnlyWhenForcedAndOtherFilesNever() throws IOException {
    shop.build(source);
    assertThatThrownBy(() -> shop.build(source))
        .hasMessage(
            temp.resolve("out")
                + ": is a data set already; name another folder, or replace it with --force");
    shop.force = true;
    shop.shardSize = 100;
    shop.build(source);
    assertThat(files("out")).hasSize(3);
    assertThatThrownBy(() -> shop.build(source, "images"))
        .isInstanceOf(BadInputException.class)
        .hasMessage(temp.resolve("images") + ": holds other files (0.jpg); name a new folder");
    assertThatThrownBy(() -> shop.build(source, "results.csv"))
        .isInstanceOf(BadInputException.class)
        .hasMessageEndingWith("is a file; name a folder for the data set");
  }

  @Test
  void letsOneProcessBuildAtATime() throws IOException {
    Path lock = shop.file("out/.lock", "");
    try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
        FileLock held = channel.lock()) {
      assertThat(held.isValid()).isTrue();
      assertThatThrownBy(() -> shop.build(source))
          .hasMessage(temp.resolve("out") + ": is being built by another process");
    }
  }

  @Test
  void splitsByImageAndKeepsImagesWhereTheyAreWhenMoreCome() {
    Splitting splitting = new Splitting(5, 0.8, 0.1, 0.1, true);
    int[] count = new int[3];
    Set<String> test = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      Split split = splitting.of(i + ".jpg");
      count[List.of(Split.values()).indexOf(split)]++;
      if (split == Split.TEST) {
        test.add(i + ".jpg");
      }
    }
    // Standard deviations are 40 and 30; five of them.
    assertThat(count[0]).isBetween(7800, 8200);
    assertThat(count[1]).isBetween(850, 1150);
    assertThat(test).hasSizeBetween(850, 1150);
    assertThat(new Splitting(6, 0.8, 0.1, 0.1, true).of("0.jpg")).isNotNull();
    assertThat(
            test.stream()
                .filter(f -> new Splitting(6, 0.8, 0.1, 0.1, true).of(f) == Split.TEST)
                .count())
        .isLessThan(200); // another seed is another draw
    assertThat(new Splitting(1, 0.5, 0.5, 0, true).of("x")).isNotEqualTo(Split.TEST);
    // Pinned: a data set that is built again must split as before.
    assertThat(Splitting.DEFAULT.of("1000092795.jpg")).isEqualTo(Split.TRAIN);
    assertThatThrownBy(() -> new Splitting(1, 0.9, 0.2, 0, true))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Splitting(1, 1.5, -0.5, 0, true))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Splitting(1, Double.NaN, 0, 1, true))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
