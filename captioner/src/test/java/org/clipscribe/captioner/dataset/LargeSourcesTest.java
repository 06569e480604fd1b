package org.clipscribe.captioner.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A million rows need not a million rows of memory. As objects, with a name, a caption and an
/// origin each, they would take 300 bytes or more a row: 300 MB. The heaps here hold what sorts on
/// disk keep in memory (8 MB each, three at a time for COCO), a shard, and the JDK.
class LargeSourcesTest {
  @TempDir Path temp;

  @Test
  void readsAMillionRowsOfATableIn48Megabytes() throws Exception {
    assertThat(run("csv", "48m")).isEqualTo("1000 images, 1000000 captions");
  }

  @Test
  void readsManyAnnotationsOfCocoIn48Megabytes() throws Exception {
    assertThat(run("coco", "48m"))
        .isEqualTo("1000 images, " + MillionRows.ANNOTATIONS + " captions");
  }

  @Test
  void writesAndReadsManyImagesIn48Megabytes() throws Exception {
    assertThat(run("distinct", "48m"))
        .isEqualTo(MillionRows.DISTINCT + " images, " + MillionRows.DISTINCT + " captions");
    try (EmbeddingDataset dataset = EmbeddingDataset.open(temp.resolve("out"))) {
      assertThat(dataset.images()).isEqualTo(MillionRows.DISTINCT);
    }
  }

  private String run(String kind, String heap) throws IOException, InterruptedException {
    Path errors = temp.resolve("errors");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                MillionRows.class.getName(),
                kind,
                temp.toString())
            .redirectError(errors.toFile())
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
    return output.strip();
  }
}
