package org.clipscribe.captioner.dataset;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.clipscribe.captioner.dataset.ExternalSort.Cursor;
import org.clipscribe.captioner.dataset.ExternalSort.Entry;
import org.clipscribe.captioner.dataset.Problem.Reason;

/// The images of a data set to be, in their order, each with all its captions and its place: rows
/// of a source, brought together. Lies in a file, as it may be large.
///
/// @param images how many there are
/// @param digest stands for all that it says and for the sizes of the image files, but not for
///     where they are
record Plan(Path file, int images, String digest) {
  /// All captions of an image are in memory together.
  private static final int MOST_CAPTIONS = 10_000;

  /// So are the captions of a shard: a few megabytes.
  private static final int SHARD_CAPTIONS = 1 << 15;

  /// Every image that is there and has a caption; the others are reported.
  ///
  /// @param rows sorted by image
  /// @param folder of images
  static Plan write(Path file, Cursor rows, Path folder, Splitting splitting, Problems problems)
      throws IOException {
    MessageDigest digest = Sha256.start();
    int images = 0;
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
      Optional<Entry> next = rows.next();
      while (next.isPresent()) {
        Row first = Row.of(next.get().key(), next.get().value());
        List<String> captions = new ArrayList<>();
        Row row = first;
        while (next.isPresent() && row.image().equals(first.image())) {
          add(row, captions, problems);
          next = rows.next();
          if (next.isPresent()) {
            row = Row.of(next.get().key(), next.get().value());
          }
        }
        Optional<Row> planned = planned(first, captions, folder, splitting, problems, digest);
        if (planned.isPresent()) {
          images = Math.addExact(images, 1);
          write(planned.get(), out);
        }
      }
    }
    return new Plan(file, images, Sha256.hex(digest));
  }

  private static void add(Row row, List<String> captions, Problems problems) {
    if (captions.size() + row.captions().size() > MOST_CAPTIONS) {
      problems.report(
          Reason.BAD_ROW,
          row.origin(),
          "%s has more than %d captions".formatted(row.image(), MOST_CAPTIONS));
    } else {
      captions.addAll(row.captions());
    }
  }

  private static Optional<Row> planned(
      Row row,
      List<String> captions,
      Path folder,
      Splitting splitting,
      Problems problems,
      MessageDigest digest)
      throws IOException {
    if (captions.isEmpty()) {
      problems.report(Reason.NO_CAPTION, row.origin(), row.image() + " has no caption");
      return Optional.empty();
    }
    Place place = row.place();
    String name = row.image();
    long size;
    switch (place) {
      case Place.Slice slice -> size = slice.length();
      case Place.Named(List<String> names) -> {
        Optional<String> found =
            names.stream().filter(each -> size(folder, each).isPresent()).findFirst();
        if (found.isEmpty()) {
          problems.report(
              Reason.MISSING_IMAGE,
              row.origin(),
              "there is no %s in %s (%d %s)"
                  .formatted(
                      names.getFirst(),
                      folder,
                      captions.size(),
                      captions.size() == 1 ? "caption" : "captions"));
          return Optional.empty();
        }
        name = found.get();
        place = new Place.Named(List.of(name));
        size = size(folder, name).orElseThrow();
      }
    }
    Optional<Split> split = Optional.of(splitting.of(row.split(), name));
    Row planned = new Row(name, row.id(), split, captions, place, row.origin());
    String line = IndexLine.write(image(planned)) + " " + size + "\n";
    digest.update(line.getBytes(StandardCharsets.UTF_8));
    return Optional.of(planned);
  }

  private static OptionalLong size(Path folder, String name) {
    try {
      Path file = folder.resolve(name);
      return Files.isRegularFile(file) ? OptionalLong.of(Files.size(file)) : OptionalLong.empty();
    } catch (IOException | InvalidPathException _) {
      return OptionalLong.empty();
    }
  }

  static CaptionedImage image(Row planned) {
    return new CaptionedImage(
        planned.id(), planned.image(), planned.split().orElseThrow(), planned.captions());
  }

  private static void write(Row row, DataOutputStream out) throws IOException {
    byte[] key = row.key();
    byte[] value = row.value();
    out.writeInt(key.length);
    out.write(key);
    out.writeInt(value.length);
    out.write(value);
  }

  /// From its first image.
  Reader read() throws IOException {
    return new Reader(
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file))), images);
  }

  /// Reads the images of a plan, some at a time.
  static final class Reader implements AutoCloseable {
    private final DataInputStream in;
    private int left;

    private Reader(DataInputStream in, int left) {
      this.in = in;
      this.left = left;
    }

    /// The images of a shard.
    ///
    /// @param most images; a shard ends earlier when it has more captions than is good for memory
    /// @return empty at the end
    List<Row> shard(int most) throws IOException {
      List<Row> rows = new ArrayList<>();
      int captions = 0;
      while (rows.size() < most && captions < SHARD_CAPTIONS && left > 0) {
        byte[] key = in.readNBytes(in.readInt());
        Row row = Row.of(key, in.readNBytes(in.readInt()));
        rows.add(row);
        captions += row.captions().size();
        left--;
      }
      return rows;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
