package org.clipscribe.captioner.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.safetensors.SafetensorsFile;

/// A data set that `clipscribe dataset build` wrote: images as embeddings of CLIP, or as pictures
/// for a CLIP to be trained, with their captions. The format is in `docs/formats.md`.
///
/// Embeddings and captions stay on disk and are read as they are asked for; memory takes 16 bytes
/// an image. May be used by many threads at once, until it is closed.
public final class EmbeddingDataset implements AutoCloseable {
  private final Path folder;
  private final Manifest manifest;
  private final String digest;
  private final List<SafetensorsFile> embeddings = new ArrayList<>();
  private final List<FileChannel> indexes = new ArrayList<>();

  /// The first row of each shard, and behind them the number of rows.
  private final int[] firstRow;

  /// Where the line of each row starts in its file.
  private final long[] offset;

  private final int[] captionCount;
  private final Split[] split;

  private EmbeddingDataset(Path folder, Manifest manifest, String digest) {
    this.folder = folder;
    this.manifest = manifest;
    this.digest = digest;
    this.firstRow = new int[manifest.shards().size() + 1];
    this.offset = new long[manifest.images()];
    this.captionCount = new int[manifest.images()];
    this.split = new Split[manifest.images()];
  }

  /// Opens a data set and checks that it is whole: sizes and shapes of all files, and every byte
  /// but those of the embeddings, for which there is [#verify()].
  ///
  /// @throws BadInputException when the folder is no data set, or one that is not finished, or
  ///     damaged
  public static EmbeddingDataset open(Path folder) {
    Manifest manifest = Manifest.read(folder);
    Path file = folder.resolve(Manifest.FILE);
    try {
      manifest.shards().forEach(shard -> shard.checkSizes(folder)); // before memory is taken
      EmbeddingDataset dataset = new EmbeddingDataset(folder, manifest, Sha256.of(file));
      try {
        for (Shard shard : manifest.shards()) {
          dataset.open(shard);
        }
        dataset.checkSplits();
        return dataset;
      } catch (RuntimeException | Error | IOException e) {
        dataset.close();
        throw e;
      }
    } catch (ArithmeticException e) {
      throw new BadInputException(
          file.toString(), "has more than 2147483647 images or captions", e);
    } catch (IOException e) {
      throw BadInputException.unreadable(folder, e);
    }
  }

  private void open(Shard shard) throws IOException {
    Path index = Shard.index(folder, shard.number());
    Path vectors = Shard.embeddings(folder, shard.number());
    firstRow[shard.number() + 1] = firstRow[shard.number()] + shard.images();
    scan(shard, index);
    SafetensorsFile opened = SafetensorsFile.open(vectors);
    embeddings.add(opened);
    String tensor = manifest.content().label();
    TensorInfo expected =
        TensorInfo.of(manifest.content().dtype(), shard.images(), manifest.width());
    if (!opened.names().contains(tensor) || !opened.info(tensor).equals(expected)) {
      throw new BadInputException(vectors, "has no tensor \"%s\" %s".formatted(tensor, expected));
    }
    indexes.add(FileChannel.open(index, StandardOpenOption.READ));
  }

  /// Notes where the lines are; a line is read again when it is asked for.
  private void scan(Shard shard, Path index) throws IOException {
    MessageDigest read = Sha256.start();
    int row = firstRow[shard.number()];
    int end = row + shard.images();
    int captions = 0;
    try (InputStream file = new DigestInputStream(Files.newInputStream(index), read);
        Lines lines = new Lines(file, index.toString())) {
      while (lines.next()) {
        if (row == end) {
          throw new BadInputException(index, "has more lines than the data set says");
        }
        CaptionedImage image = IndexLine.read(lines.bytes(), index + " line " + lines.number());
        offset[row] = lines.offset();
        captionCount[row] = image.captions().size();
        split[row] = image.split();
        captions += image.captions().size();
        row++;
      }
    }
    shard.index().checkDigest(index, Sha256.hex(read));
    if (row != end || captions != shard.captions()) {
      throw new BadInputException(
          index, "has not as many images and captions as the data set says");
    }
  }

  private void checkSplits() {
    for (Split each : Split.values()) {
      Samples samples = samples(each);
      if (!manifest.count(each).equals(new Manifest.Count(samples.images(), samples.size()))) {
        throw new BadInputException(
            folder.resolve(Manifest.FILE),
            "splits.%s says otherwise than the shards".formatted(each.label()));
      }
    }
  }

  /// Compares the digests of the embeddings too, which reads them all.
  ///
  /// @throws BadInputException naming the first file that was changed
  public void verify() {
    for (Shard shard : manifest.shards()) {
      Path file = Shard.embeddings(folder, shard.number());
      try {
        shard.embeddings().checkDigest(file, Sha256.of(file));
      } catch (IOException e) {
        throw BadInputException.unreadable(file, e);
      }
    }
  }

  public Path folder() {
    return folder;
  }

  /// What is kept of each image.
  public Content content() {
    return manifest.content();
  }

  /// Refuses a data set that keeps something else.
  ///
  /// @throws BadInputException saying how to build the other
  public void require(Content wanted) {
    if (content() != wanted) {
      throw new BadInputException(
          folder,
          "keeps %s, and this needs %s; build it again %s --pictures"
              .formatted(
                  content().label(),
                  wanted.label(),
                  wanted == Content.PICTURES ? "with" : "without"));
    }
  }

  /// Length of an embedding, which is the width of CLIP's picture tower; or bytes of a picture.
  public int width() {
    return manifest.width();
  }

  /// Number of images, which is that of embeddings.
  public int images() {
    return offset.length;
  }

  /// Number of captions of all images.
  public int captions() {
    return manifest.captions();
  }

  /// The kind of source that it was built of, like `flickr30k`.
  public String source() {
    return manifest.source();
  }

  /// What made the embeddings: [org.clipscribe.captioner.ImageEmbedder#digest] of the bundle, which
  /// training of mapping network or decoder leaves as it is.
  public String modelDigest() {
    return manifest.model();
  }

  /// How weights were kept and image files read, like `f32, upright`: see [Embedder#settings].
  public String settings() {
    return manifest.settings();
  }

  /// SHA-256 of `dataset.json`, in hexadecimal. As that holds the digests of all other files, it
  /// stands for the whole data set.
  public String digest() {
    return digest;
  }

  /// Number of shards.
  public int shards() {
    return manifest.shards().size();
  }

  /// Size of all files but the manifest.
  public long bytes() {
    return manifest.shards().stream()
        .mapToLong(shard -> shard.embeddings().bytes() + shard.index().bytes())
        .sum();
  }

  /// The captions of a split.
  public Samples samples(Split wanted) {
    int[] rows = new int[images()];
    int count = 0;
    for (int row = 0; row < rows.length; row++) {
      if (split[row] == wanted) {
        rows[count++] = row;
      }
    }
    int[] ends = new int[count];
    int end = 0;
    for (int i = 0; i < count; i++) {
      end = Math.addExact(end, captionCount[rows[i]]);
      ends[i] = end;
    }
    return new Samples(this, wanted, Arrays.copyOf(rows, count), ends);
  }

  /// What is known of an image; reads a line of the index.
  ///
  /// @param row from 0 to `images() - 1`
  /// @throws BadInputException when the file was changed meanwhile
  public CaptionedImage image(int row) {
    Objects.checkIndex(row, images());
    int shard = shard(row);
    Path file = Shard.index(folder, shard);
    long end =
        row + 1 == firstRow[shard + 1]
            ? manifest.shards().get(shard).index().bytes()
            : offset[row + 1];
    ByteBuffer line = ByteBuffer.allocate((int) (end - offset[row]));
    try {
      while (line.hasRemaining()) {
        if (indexes.get(shard).read(line, offset[row] + line.position()) < 0) {
          throw new BadInputException(file, "became shorter while it was read");
        }
      }
    } catch (IOException e) {
      throw BadInputException.unreadable(file, e);
    }
    return IndexLine.read(line.array(), file + " line " + (row - firstRow[shard] + 1));
  }

  /// Copies an embedding.
  ///
  /// @param row from 0 to `images() - 1`
  /// @param into receives `width()` numbers
  /// @param at index of the first of them
  /// @throws BadInputException when the file cannot be read
  public void embedding(int row, float[] into, int at) {
    Objects.checkIndex(row, images());
    Objects.checkFromIndexSize(at, width(), into.length);
    int shard = shard(row);
    float[] embedding = new float[width()];
    long first = (long) (row - firstRow[shard]) * width();
    embeddings.get(shard).readFloats(Content.EMBEDDINGS.label(), first, width(), embedding);
    System.arraycopy(embedding, 0, into, at, width());
  }

  /// Reads a picture.
  ///
  /// @param row from 0 to `images() - 1`
  /// @return `[S, S, 3]`
  /// @throws BadInputException when the file cannot be read
  public byte[] picture(int row) {
    Objects.checkIndex(row, images());
    int shard = shard(row);
    long[] values = new long[width()];
    long first = (long) (row - firstRow[shard]) * width();
    embeddings.get(shard).readLongs(Content.PICTURES.label(), first, width(), values);
    byte[] picture = new byte[values.length];
    for (int i = 0; i < picture.length; i++) {
      picture[i] = (byte) values[i];
    }
    return picture;
  }

  private int shard(int row) {
    int found = Arrays.binarySearch(firstRow, row);
    int shard = found >= 0 ? found : -found - 2;
    while (firstRow[shard + 1] == row) { // a shard of which no image could be read
      shard++;
    }
    return shard;
  }

  @Override
  public void close() {
    embeddings.forEach(SafetensorsFile::close);
    for (FileChannel index : indexes) {
      try {
        index.close();
      } catch (IOException _) {
        // Nothing was written, so nothing can be lost.
      }
    }
  }
}
