package org.clipscribe.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.clipscribe.media.ReadOptions;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.Json;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Finds pictures by what they show.
@Command(
    name = "search",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = "Find the pictures of a folder that a text describes, with CLIP.",
    footerHeading = "%nExample:%n",
    footer = {
      "  clipscribe search -r photos \"a dog on a beach\" --model clip-vit-base-patch32",
      "",
      "Pictures are looked at once; their vectors are kept in the folder, in",
      EmbeddingCache.NAME + "."
    })
final class SearchCommand implements Callable<Integer> {
  /// Pictures after which vectors are written, so that not all is lost when the search is ended.
  private static final int SAVED = 500;

  private final Clipscribe root;
  private final Terminal terminal;

  @Parameters(index = "0", paramLabel = "DIR", description = "Folder of pictures.")
  private Path folder = Path.of("");

  @Parameters(index = "1", paramLabel = "QUERY", description = "What to look for.")
  private String query = "";

  @Option(
      names = {"-r", "--recursive"},
      description = "Look into the folders of folders too.")
  private boolean recursive;

  @Option(names = "--top", paramLabel = "N", description = "Results (default: 10).")
  private int top = 10;

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  @ArgGroup(validate = false, heading = "%nModel:%n")
  private final ClipOptions clip = new ClipOptions();

  SearchCommand(Clipscribe root, Terminal terminal) {
    this.root = root;
    this.terminal = terminal;
  }

  /// A picture and how well it goes with the query.
  private record Hit(String file, double score) {}

  @Override
  public Integer call() throws IOException {
    if (top < 1) {
      throw CommandException.usage("--top is " + top + ", at least 1");
    }
    if (query.isBlank()) {
      throw CommandException.usage("the query is empty");
    }
    if (!Files.isDirectory(folder)) {
      throw new BadInputException(folder, Files.exists(folder) ? "is no folder" : "no such folder");
    }
    PictureRun run = new PictureRun(terminal, root, ReadOptions.DEFAULT);
    Inputs.Found inputs = Inputs.find(List.of(folder.toString()), recursive);
    run.fail(inputs.failures());
    if (inputs.pictures().isEmpty()) {
      return run.status(true);
    }
    try (ClipModels.Opened model = clip.open(terminal, root.quiet())) {
      float[] wanted = model.encoder().texts(List.of(query)).getFirst();
      List<Hit> hits = new ArrayList<>();
      vectors(inputs.pictures(), model, run)
          .forEach((name, vector) -> hits.add(new Hit(name, product(vector, wanted))));
      hits.sort(Comparator.comparingDouble(Hit::score).reversed().thenComparing(Hit::file));
      print(hits.subList(0, Math.min(top, hits.size())), model);
    }
    return run.status(false);
  }

  /// The vectors of pictures by name, from the cache where they are there.
  private Map<String, float[]> vectors(
      List<Input> pictures, ClipModels.Opened model, PictureRun run) throws IOException {
    String key = model.digest() + " " + clip.precision();
    EmbeddingCache cache =
        EmbeddingCache.open(
            folder,
            CheckpointCache.of(terminal.environment()).folder(),
            key,
            model.encoder().width());
    Map<String, float[]> vectors = new LinkedHashMap<>();
    List<Input> fresh = new ArrayList<>();
    for (Input picture : pictures) {
      Optional<float[]> known =
          clip.keepsCaches() && picture instanceof Input.File file
              ? cache.find(file.path())
              : Optional.empty();
      known.ifPresentOrElse(
          vector -> vectors.put(picture.name(), vector), () -> fresh.add(picture));
    }
    int[] count = {0};
    run.forEach(
        fresh,
        (picture, image) -> {
          float[] vector = model.encoder().image(image);
          vectors.put(picture.name(), vector);
          keep(cache, picture, vector, ++count[0] % SAVED == 0);
        });
    save(cache);
    return vectors;
  }

  private void keep(EmbeddingCache cache, Input picture, float[] vector, boolean now) {
    if (picture instanceof Input.File file) {
      try {
        cache.put(file.path(), vector);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    if (now) {
      save(cache);
    }
  }

  private void save(EmbeddingCache cache) {
    try {
      if (clip.keepsCaches()) {
        cache.save();
      }
    } catch (IOException e) {
      if (!root.quiet()) {
        terminal.warning("vectors cannot be kept for the next search: " + Failure.of(e).message());
      }
    }
  }

  private static double product(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private void print(List<Hit> hits, ClipModels.Opened model) {
    if (!json) {
      hits.forEach(
          hit ->
              terminal
                  .results()
                  .line(
                      String.format(Locale.ROOT, "%.4f", hit.score)
                          + "\t"
                          + Texts.oneLine(hit.file)));
      return;
    }
    Map<String, Object> origin = new LinkedHashMap<>();
    origin.put("name", model.name());
    origin.put("digest", model.digest());
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("query", query);
    document.put(
        "results",
        hits.stream()
            .map(
                hit -> {
                  Map<String, Object> one = new LinkedHashMap<>();
                  one.put("file", hit.file);
                  one.put("score", hit.score);
                  return one;
                })
            .toList());
    document.put("model", origin);
    terminal.results().line(Json.write(document));
  }
}
