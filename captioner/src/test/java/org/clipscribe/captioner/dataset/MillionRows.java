package org.clipscribe.captioner.dataset;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.clipscribe.nn.DType;

/// Builds a data set of very many rows in a JVM of its own, whose heap is too small for them:
/// [LargeSourcesTest] starts it.
final class MillionRows {
  static final int ROWS = 1_000_000;
  private static final int IMAGES = 1000;

  /// Sorted twice more than the rows of a table, which takes its time.
  static final int ANNOTATIONS = 400_000;

  /// Distinct images; each is read by itself, which takes its time.
  static final int DISTINCT = 200_000;

  private MillionRows() {}

  /// @param arguments kind of source, folder
  public static void main(String[] arguments) throws IOException {
    Workshop shop = new Workshop(Path.of(arguments[1]));
    shop.shardSize = 4096;
    shop.batch = 64;
    BuildReport report =
        switch (arguments[0]) {
          case "csv" -> shop.build(csv(shop));
          case "coco" -> shop.build(coco(shop));
          case "distinct" -> distinct(shop);
          default -> throw new IllegalArgumentException(arguments[0]);
        };
    System.out.println(report.images() + " images, " + report.captions() + " captions");
  }

  /// Numbers from 0 to `count - 1` in an order without any locality.
  private static int scattered(int i, int count) {
    return (int) (i * 7_919L % count);
  }

  private static Path csv(Workshop shop) throws IOException {
    for (int i = 0; i < IMAGES; i++) {
      shop.images(i + ".jpg");
    }
    Path file = shop.root.resolve("results.csv");
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      out.write("image_name| comment_number| comment\n");
      for (int i = 0; i < ROWS; i++) {
        int row = scattered(i, ROWS);
        out.write(
            row % IMAGES
                + ".jpg| "
                + row
                + "| A caption of a usual length, number "
                + row
                + " .\n");
      }
    }
    return file;
  }

  private static Path coco(Workshop shop) throws IOException {
    Path file = shop.root.resolve("captions.json");
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      out.write("{\"annotations\": [");
      for (int i = 0; i < ANNOTATIONS; i++) {
        int row = scattered(i, ANNOTATIONS);
        out.write(
            (i == 0 ? "" : ", ")
                + "{\"id\": %d, \"image_id\": %d, \"caption\": \"Caption number %d.\"}"
                    .formatted(row, row % IMAGES, row));
      }
      out.write("], \"images\": [");
      for (int i = 0; i < IMAGES; i++) {
        shop.images(i + ".jpg");
        out.write((i == 0 ? "" : ", ") + "{\"id\": " + i + ", \"file_name\": \"" + i + ".jpg\"}");
      }
      out.write("]}");
    }
    return file;
  }

  private static BuildReport distinct(Workshop shop) throws IOException {
    Path source =
        shop.file(
            "dataset.pkl", new byte[] {(byte) 0x80, 4, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0});
    EmbeddedRows rows =
        new EmbeddedRows() {
          @Override
          public Path file() {
            return source;
          }

          @Override
          public void read(Sink sink) throws IOException {
            for (int i = 0; i < DISTINCT; i++) {
              int row = scattered(i, DISTINCT);
              sink.accept(
                  row + ".jpg", "Caption number " + row, 0, Workshop.WIDTH, DType.F32, "row " + i);
            }
          }
        };
    return DatasetBuilder.build(shop.request(source, "out"), shop, rows, shop);
  }
}
