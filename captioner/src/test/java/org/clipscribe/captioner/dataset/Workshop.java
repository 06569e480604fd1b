package org.clipscribe.captioner.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import org.clipscribe.nn.BadInputException;

/// A folder in which tests build data sets, with an embedder that needs no model: an image is any
/// bytes that do not start with `bad`.
final class Workshop implements Embedder, BuildListener {
  static final int WIDTH = 4;

  final Path root;
  final List<Problem> problems = new ArrayList<>();
  final List<Integer> batches = new ArrayList<>();
  int shardSize = 3;
  int batch = 2;
  boolean strict;
  boolean force;
  Optional<Path> images = Optional.empty();
  Splitting splitting = Splitting.DEFAULT;
  String digest = "ab".repeat(32);

  /// Runs when so many images are done, to interrupt.
  Optional<Integer> stopAfter = Optional.empty();

  Workshop(Path root) {
    this.root = root;
  }

  Path file(String name, String content) {
    return file(name, content.getBytes(StandardCharsets.UTF_8));
  }

  Path file(String name, byte[] content) {
    try {
      Path file = root.resolve(name);
      Files.createDirectories(file.resolveSibling(""));
      return Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Image files of these names.
  void images(String... names) {
    for (String name : names) {
      file(name, "image " + name);
    }
  }

  BuildReport build(Path source) throws IOException {
    return build(source, "out");
  }

  BuildReport build(Path source, String target) throws IOException {
    return DatasetBuilder.build(request(source, target), this, this);
  }

  BuildRequest request(Path source, String target) {
    return new BuildRequest(
        SourceKind.detect(source),
        images,
        root.resolve(target),
        splitting,
        batch,
        shardSize,
        2,
        strict,
        force);
  }

  /// All images of a data set that was built, in order.
  List<CaptionedImage> content(String target) {
    try (EmbeddingDataset dataset = EmbeddingDataset.open(root.resolve(target))) {
      dataset.verify();
      List<CaptionedImage> all = new ArrayList<>();
      for (int row = 0; row < dataset.images(); row++) {
        all.add(dataset.image(row));
      }
      return all;
    }
  }

  /// Like `a.jpg: one; two`, a line an image.
  List<String> captions() {
    return content("out").stream()
        .map(image -> image.file() + ": " + String.join("; ", image.captions()))
        .toList();
  }

  List<String> messages() {
    return problems.stream().map(problem -> problem.message().replace(root + "/", "")).toList();
  }

  @Override
  public int width() {
    return WIDTH;
  }

  @Override
  public String digest() {
    return digest;
  }

  @Override
  public String settings() {
    return "f32";
  }

  @Override
  public float[] pixels(InputStream in, String origin) throws IOException {
    byte[] bytes = in.readAllBytes();
    if (new String(bytes, StandardCharsets.UTF_8).startsWith("bad")) {
      throw new BadInputException(origin, "unsupported or not an image");
    }
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return new float[] {crc.getValue() >>> 16, crc.getValue() & 0xffff, bytes.length, 1};
  }

  @Override
  public float[] embed(List<float[]> pixels) {
    batches.add(pixels.size());
    float[] all = new float[pixels.size() * WIDTH];
    for (int i = 0; i < pixels.size(); i++) {
      System.arraycopy(pixels.get(i), 0, all, i * WIDTH, WIDTH);
    }
    return all;
  }

  @Override
  public void reading(long rows) {}

  @Override
  public void resuming(int done, int total) {}

  @Override
  public void embedding(int done, int total) {
    if (stopAfter.isPresent() && done >= stopAfter.get()) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void leftOut(Problem problem) {
    problems.add(problem);
  }
}
