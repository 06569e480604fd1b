package org.clipscribe.captioner.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.clipscribe.captioner.dataset.Problem.Reason;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.DType;

/// Embeds planned images: decodes them ahead on threads of its own, and puts them through the tower
/// in batches. An image that cannot be read is reported and left out.
final class ShardEmbedder implements AutoCloseable {
  private final BuildRequest request;
  private final Embedder embedder;
  private final Problems problems;
  private final Progress progress;
  private final ExecutorService decoders;
  private int done;

  /// Who is told after each batch.
  interface Progress {
    void done(int images) throws InterruptedIOException;
  }

  ShardEmbedder(BuildRequest request, Embedder embedder, Problems problems, Progress progress) {
    this.request = request;
    this.embedder = embedder;
    this.problems = problems;
    this.progress = progress;
    this.decoders =
        Executors.newFixedThreadPool(
            request.decoders(), Thread.ofPlatform().daemon().name("decoder-", 0).factory());
  }

  /// @param images those that could be read
  /// @param embeddings one after another
  record Result(List<CaptionedImage> images, float[] embeddings) {}

  /// Images that were embedded, left out or skipped so far.
  int done() {
    return done;
  }

  void skip(int images) {
    done += images;
  }

  /// An image on its way.
  ///
  /// @param input what the tower sees, or the embedding itself if the source has it
  private record Waiting(Row row, Future<float[]> input) {}

  Result embed(List<Row> rows) throws IOException {
    List<CaptionedImage> images = new ArrayList<>();
    float[] embeddings = new float[rows.size() * embedder.width()];
    Deque<Waiting> ahead = new ArrayDeque<>();
    Iterator<Row> next = rows.iterator();
    List<Row> batch = new ArrayList<>();
    List<float[]> inputs = new ArrayList<>();
    while (next.hasNext() || !ahead.isEmpty()) {
      while (next.hasNext() && ahead.size() < 2 * request.batch()) {
        Row row = next.next();
        ahead.add(new Waiting(row, decoders.submit(() -> input(row))));
      }
      Waiting first = ahead.removeFirst();
      Optional<float[]> input = result(first);
      if (input.isPresent()) {
        batch.add(first.row);
        inputs.add(input.get());
      } else {
        done++;
      }
      if (batch.size() == request.batch() || (ahead.isEmpty() && !next.hasNext())) {
        embed(batch, inputs, images, embeddings);
        done += batch.size();
        batch.clear();
        inputs.clear();
        progress.done(done);
      }
    }
    return new Result(images, Arrays.copyOf(embeddings, images.size() * embedder.width()));
  }

  /// Waits for an image; one that cannot be read is reported.
  private Optional<float[]> result(Waiting waiting) throws IOException {
    try {
      return Optional.of(waiting.input.get());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case BadInputException bad ->
            problems.report(
                Reason.UNREADABLE_IMAGE, waiting.row.origin(), String.valueOf(bad.getMessage()));
        case IOException failed ->
            problems.report(
                Reason.UNREADABLE_IMAGE,
                waiting.row.origin(),
                "%s cannot be read (%s)".formatted(waiting.row.image(), failed));
        case RuntimeException fault -> throw fault;
        case Error error -> throw error;
        case null, default -> throw new IllegalStateException(e);
      }
      return Optional.empty();
    }
  }

  private float[] input(Row row) throws IOException {
    return switch (row.place()) {
      case Place.Named(List<String> names) -> {
        Path file = request.imageFolder().resolve(names.getFirst());
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            InputStream in = Channels.newInputStream(channel)) {
          yield embedder.pixels(in, file.toString());
        }
      }
      case Place.Slice slice -> {
        try (InputStream in = SliceInput.open(slice)) {
          yield slice.content().equals(Place.Slice.IMAGE)
              ? embedder.pixels(in, row.origin())
              : numbers(in, DType.valueOf(slice.content()), row.origin());
        }
      }
    };
  }

  private float[] numbers(InputStream in, DType dtype, String origin) throws IOException {
    float[] numbers = new float[embedder.width()];
    byte[] bytes = in.readNBytes(numbers.length * dtype.bytes());
    if (bytes.length < numbers.length * dtype.bytes()) {
      throw new BadInputException(origin, "became shorter while it was read");
    }
    dtype.decode(ByteBuffer.wrap(bytes), numbers, 0, numbers.length);
    return numbers;
  }

  private void embed(
      List<Row> rows, List<float[]> inputs, List<CaptionedImage> images, float[] into) {
    if (rows.isEmpty()) {
      return;
    }
    int width = embedder.width();
    boolean embedded =
        rows.getFirst().place() instanceof Place.Slice slice
            && !slice.content().equals(Place.Slice.IMAGE);
    float[] embeddings = embedded ? joined(inputs) : embedder.embed(inputs);
    for (int i = 0; i < rows.size(); i++) {
      if (isFinite(embeddings, i * width, width)) {
        System.arraycopy(embeddings, i * width, into, images.size() * width, width);
        images.add(Plan.image(rows.get(i)));
      } else {
        problems.report(
            Reason.UNREADABLE_IMAGE, rows.get(i).origin(), "its embedding holds NaN or infinity");
      }
    }
  }

  private float[] joined(List<float[]> inputs) {
    float[] all = new float[inputs.size() * embedder.width()];
    for (int i = 0; i < inputs.size(); i++) {
      System.arraycopy(inputs.get(i), 0, all, i * embedder.width(), embedder.width());
    }
    return all;
  }

  private static boolean isFinite(float[] values, int from, int count) {
    for (int i = from; i < from + count; i++) {
      if (!Float.isFinite(values[i])) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    decoders.shutdownNow();
  }
}
