package org.clipscribe.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.clipscribe.captioner.dataset.Content;
import org.clipscribe.captioner.dataset.DatasetInfo;
import org.clipscribe.captioner.dataset.DatasetInfo.Distribution;
import org.clipscribe.captioner.dataset.EmbeddingDataset;
import org.clipscribe.captioner.dataset.Split;
import org.clipscribe.nn.json.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Says what is in a data set.
@Command(
    name = "info",
    sortOptions = false,
    description = {
      "Say what is in a data set: images, captions and splits, lengths and vocabulary of the"
          + " captions, and what made the embeddings.",
      "",
      "Exit status 3 when it is damaged or not finished."
    },
    footerHeading = "%nExample:%n",
    footer = "  clipscribe dataset info flickr30k")
final class DatasetInfoCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "DIR", description = "What `clipscribe dataset build` wrote.")
  private @Nullable Path folder;

  @Option(
      names = "--verify",
      description = "Compare the digests of the embeddings too, which reads all of them.")
  private boolean verify;

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  DatasetInfoCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Path path = Objects.requireNonNull(folder, "required");
    try (EmbeddingDataset dataset = EmbeddingDataset.open(path)) {
      if (verify) {
        dataset.verify();
      }
      DatasetInfo info = DatasetInfo.of(dataset);
      if (json) {
        terminal.results().print(Json.writePretty(toMap(dataset, info)));
      } else {
        toText(dataset, info).lines().map(Texts::oneLine).forEach(terminal.results()::line);
      }
    }
    return ExitStatus.DONE;
  }

  /// All there is to say, for JSON.
  static Map<String, Object> toMap(EmbeddingDataset dataset, DatasetInfo info) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("dataset", dataset.folder().toString());
    map.put("images", dataset.images());
    map.put("captions", dataset.captions());
    map.putAll(info.toMap());
    map.put("source", dataset.source());
    map.put("content", dataset.content().label());
    map.put("width", dataset.width());
    map.put("model", Map.of("sha256", dataset.modelDigest()));
    map.put("settings", dataset.settings());
    map.put("shards", dataset.shards());
    map.put("bytes", dataset.bytes());
    map.put("sha256", dataset.digest());
    return map;
  }

  private static String toText(EmbeddingDataset dataset, DatasetInfo info) {
    StringBuilder text = new StringBuilder();
    line(text, "source", dataset.source());
    line(
        text,
        "images",
        dataset.images() + ", each with " + shown(info.captionsPerImage(), "captions"));
    line(
        text,
        "captions",
        dataset.captions() + ", each of " + shown(info.wordsPerCaption(), "words"));
    line(text, "vocabulary", info.vocabulary() + " words");
    for (Split split : Split.values()) {
      DatasetInfo.Count count = Objects.requireNonNull(info.splits().get(split));
      line(
          text,
          split.label(),
          "%d images, %d captions".formatted(count.images(), count.captions()));
    }
    line(
        text,
        dataset.content().label(),
        "%d %s each (%s)"
            .formatted(
                dataset.width(),
                dataset.content() == Content.PICTURES ? "bytes" : "numbers",
                dataset.settings()));
    line(text, "model", dataset.modelDigest());
    line(
        text,
        "size",
        "%s in %d %s"
            .formatted(
                dataset.bytes() < 1e6
                    ? "%.1f kB".formatted(dataset.bytes() / 1e3)
                    : "%.1f MB".formatted(dataset.bytes() / 1e6),
                dataset.shards(),
                dataset.shards() == 1 ? "shard" : "shards"));
    line(text, "digest", dataset.digest());
    return text.toString();
  }

  /// Like `2 to 78 words, 12.3 on average, median 12`.
  private static String shown(Distribution numbers, String unit) {
    return numbers.least() == numbers.most()
        ? numbers.most() + " " + unit
        : "%d to %d %s, %.1f on average, median %d"
            .formatted(numbers.least(), numbers.most(), unit, numbers.mean(), numbers.median());
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(name).append(" ".repeat(12 - name.length())).append(value).append('\n');
  }
}
