package org.clipscribe.captioner.dataset;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.clipscribe.captioner.dataset.Problem.Reason;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.Json;

/// Builds a data set: reads a source, brings the captions of each image together, decides its
/// split, and embeds the images shard by shard.
///
/// Memory does not grow with the source. What comes out depends on the request and the files alone.
/// A build that was interrupted, by whatever, goes on behind its last finished shard and ends with
/// the same bytes.
public final class DatasetBuilder {
  private static final int ROWS_BETWEEN_REPORTS = 1000;

  private final BuildRequest request;
  private final Embedder embedder;
  private final Optional<EmbeddedRows> embedded;
  private final BuildListener listener;
  private final Problems problems;

  private DatasetBuilder(
      BuildRequest request,
      Embedder embedder,
      Optional<EmbeddedRows> embedded,
      BuildListener listener) {
    this.request = request;
    this.embedder = embedder;
    this.embedded = embedded;
    this.listener = listener;
    this.problems = new Problems(request.strict(), listener::leftOut);
  }

  /// Builds a data set of captions and images.
  ///
  /// @throws BadInputException when the source cannot be used, or the target must not be touched
  /// @throws InterruptedIOException when the thread was interrupted; what is finished is kept
  /// @throws IOException when writing failed; what is finished is kept
  public static BuildReport build(BuildRequest request, Embedder embedder, BuildListener listener)
      throws IOException {
    return new DatasetBuilder(request, embedder, Optional.empty(), listener).run();
  }

  /// The same of captions whose embeddings are there already.
  ///
  /// @param embedder says what made them; it is not asked to embed
  public static BuildReport build(
      BuildRequest request, Embedder embedder, EmbeddedRows rows, BuildListener listener)
      throws IOException {
    return new DatasetBuilder(request, embedder, Optional.of(rows), listener).run();
  }

  private BuildReport run() throws IOException {
    try (BuildFolder folder = BuildFolder.open(request.target(), request.force())) {
      Plan plan = plan(folder.work());
      if (plan.images() == 0) {
        throw nothing(
            "no image with a caption can be used, see above; images are looked for in %s (--images)"
                .formatted(request.imageFolder()));
      }
      byte[] recipe = recipe(plan);
      folder.begin(recipe, request.force());
      Manifest manifest = embed(plan, folder.path(), Sha256.of(recipe));
      if (manifest.images() == 0) {
        folder.removeDataset();
        throw nothing("none of the images can be read, see above");
      }
      folder.finish(manifest);
      return new BuildReport(manifest.images(), manifest.captions(), problems.counts());
    }
  }

  private BadInputException nothing(String cause) {
    return new BadInputException(request.source().files().getFirst(), cause);
  }

  private Plan plan(Path work) throws IOException {
    try (ExternalSort sort = new ExternalSort(work, "rows")) {
      long[] count = {0};
      CaptionSource.RowSink sink =
          row -> {
            Optional<String> fault = Captions.fault(row.image());
            if (fault.isPresent()) {
              problems.report(Reason.BAD_ROW, row.origin(), fault.get());
            } else {
              sort.add(row.key(), row.value());
            }
            if (++count[0] % ROWS_BETWEEN_REPORTS == 0) {
              listener.reading(count[0]);
              checkInterrupted();
            }
          };
      if (embedded.isPresent()) {
        read(embedded.get(), sink);
      } else {
        request.source().kind().open(request.source(), work).read(sink, problems);
      }
      return Plan.write(
          work.resolve("plan"),
          sort.sorted(),
          request.imageFolder(),
          request.splitting(),
          problems);
    }
  }

  private void read(EmbeddedRows rows, CaptionSource.RowSink sink) throws IOException {
    String file = rows.file().toString();
    rows.read(
        (image, caption, offset, length, dtype, origin) -> {
          if (length != embedder.width()) {
            throw new BadInputException(
                origin,
                "its embedding has %d numbers, the model's have %d; name the model whose CLIP made"
                        .formatted(length, embedder.width())
                    + " them with --model");
          }
          List<String> captions = Captions.clean(List.of(caption), origin, problems);
          if (!captions.isEmpty()) {
            Place place =
                new Place.Slice(file, offset, (long) length * dtype.bytes(), dtype.name());
            sink.accept(new Row(image, image, Optional.empty(), captions, place, origin));
          }
        });
  }

  /// Everything that the result depends on.
  private byte[] recipe(Plan plan) {
    Map<String, Object> recipe = new LinkedHashMap<>();
    recipe.put("format", "clipscribe-dataset-build");
    recipe.put("version", 1);
    recipe.put("plan", plan.digest());
    recipe.put("images", plan.images());
    recipe.put("source", request.source().kind().label());
    recipe.put("model", embedder.digest());
    recipe.put("settings", embedder.settings());
    recipe.put("shard_size", request.shardSize());
    return Json.writePretty(recipe).getBytes(StandardCharsets.UTF_8);
  }

  private Manifest embed(Plan plan, Path folder, String build) throws IOException {
    ShardFiles files = new ShardFiles(folder, embedder.content(), embedder.width(), build);
    List<Shard> shards = new ArrayList<>();
    Map<Split, Manifest.Count> counts = new EnumMap<>(Split.class);
    try (Plan.Reader images = plan.read();
        ShardEmbedder work =
            new ShardEmbedder(request, embedder, problems, done -> show(done, plan))) {
      for (List<Row> rows = images.shard(request.shardSize());
          !rows.isEmpty();
          rows = images.shard(request.shardSize())) {
        Optional<Shard> finished = files.finished(shards.size());
        if (finished.isPresent()) {
          work.skip(rows.size());
          problems.before(Reason.UNREADABLE_IMAGE, rows.size() - finished.get().images());
          listener.resuming(work.done(), plan.images());
        } else {
          ShardEmbedder.Result result = work.embed(rows);
          finished = Optional.of(files.write(shards.size(), result.images(), result.embeddings()));
        }
        shards.add(finished.get());
        count(Shard.index(folder, finished.get().number()), counts);
      }
    }
    return new Manifest(
        embedder.content(),
        embedder.width(),
        embedder.digest(),
        embedder.settings(),
        request.source().kind().label(),
        counts,
        shards);
  }

  /// Adds what the index of a shard says, whoever wrote it.
  private static void count(Path index, Map<Split, Manifest.Count> counts) throws IOException {
    try (Lines lines = new Lines(Files.newInputStream(index), index.toString())) {
      while (lines.next()) {
        CaptionedImage image = IndexLine.read(lines.bytes(), index.toString());
        counts.merge(
            image.split(), new Manifest.Count(1, image.captions().size()), Manifest.Count::plus);
      }
    }
  }

  private void show(int done, Plan plan) throws InterruptedIOException {
    listener.embedding(done, plan.images());
    checkInterrupted();
  }

  private static void checkInterrupted() throws InterruptedIOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted");
    }
  }
}
