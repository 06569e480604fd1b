package org.clipscribe.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.BundleConfig;
import org.clipscribe.captioner.Caption;
import org.clipscribe.captioner.CaptionRequest;
import org.clipscribe.captioner.Captioner;
import org.clipscribe.captioner.CaptionerOptions;
import org.clipscribe.captioner.PreparedImage;
import org.clipscribe.captioner.dataset.CaptionedImage;
import org.clipscribe.captioner.dataset.Problem;
import org.clipscribe.captioner.dataset.ReferenceCaptions;
import org.clipscribe.captioner.dataset.Split;
import org.clipscribe.captioner.evaluation.CaptionFile;
import org.clipscribe.captioner.evaluation.ClipScorer;
import org.clipscribe.captioner.evaluation.ClipScores;
import org.clipscribe.captioner.evaluation.ContactSheet;
import org.clipscribe.captioner.evaluation.Evaluation;
import org.clipscribe.captioner.evaluation.ResultsFile;
import org.clipscribe.captioner.evaluation.ScoredImage;
import org.clipscribe.captioner.evaluation.TextStatistics;
import org.clipscribe.cli.ModelLocator.Location;
import org.clipscribe.clip.Image;
import org.clipscribe.media.ImageFileReader;
import org.clipscribe.media.Thumbnails;
import org.clipscribe.nn.AtomicFile;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.Json;

/// One run of `evaluate`.
final class EvaluateRun {
  private static final int THUMBNAIL_SIDE = 320;

  private final Terminal terminal;
  private final Plan plan;
  private final CaptionerOptions options;
  private final boolean quiet;
  private final boolean debug;
  private final Path folder;
  private final ImageFileReader reader = new ImageFileReader();
  private int failures;

  /// @param clip a CLIP to score with; empty for the bundle's own
  /// @param split empty for `test` where the data has splits, else all
  /// @param out where files go, if anywhere
  record Plan(
      Path data,
      Optional<Path> images,
      Optional<Split> split,
      int limit,
      Optional<Path> results,
      Optional<Location> clip,
      Optional<Path> out,
      boolean json) {}

  EvaluateRun(
      Terminal terminal, Plan plan, CaptionerOptions options, boolean quiet, boolean debug) {
    this.terminal = terminal;
    this.plan = plan;
    this.options = options;
    this.quiet = quiet;
    this.debug = debug;
    Path beside = plan.data().toAbsolutePath();
    this.folder =
        plan.images().orElse(Files.isDirectory(beside) ? beside : beside.resolveSibling(""));
  }

  /// Scores the captions of a file.
  int score() {
    Map<String, String> captions = ResultsFile.read(plan.results().orElseThrow());
    return finish(images(), captions, plan.clip(), plan.results().orElseThrow().toString());
  }

  /// Captions the pictures first.
  int captionAndScore(Location location, DecodingOptions decoding) {
    Bundle bundle = new ModelFolders(terminal, quiet).bundle(location);
    BundleConfig config = bundle.config();
    CaptionRequest request =
        new CaptionRequest(decoding.decoding(config.maxLength()), "", decoding.stops());
    List<CaptionedImage> images = images();
    Map<String, String> captions = new LinkedHashMap<>();
    try (Captioner captioner = Captioner.open(bundle, options)) {
      if (!quiet) {
        captioner.notice().ifPresent(terminal::warning);
      }
      if (plan.out().isEmpty()) {
        caption(captioner, request, images, captions, (_, _) -> {});
      } else {
        Map<String, Object> origin = new LinkedHashMap<>();
        origin.put("model", captioner.model().digest());
        origin.put("decoding", request.toString());
        try (CaptionFile file = CaptionFile.open(inOut("captions.jsonl"), origin)) {
          captions.putAll(file.captions());
          caption(captioner, request, images, captions, file::add);
        }
      }
    }
    Optional<Location> own = config.clipWithText().map(_ -> asked(location));
    return finish(images, captions, plan.clip().or(() -> own), bundle.source().origin());
  }

  /// A model of which was spoken once is not spoken of again.
  private static Location asked(Location location) {
    return location instanceof Location.Embedded ? new Location.Embedded(true) : location;
  }

  private List<CaptionedImage> images() {
    int[] leftOut = new int[1];
    List<CaptionedImage> images =
        references(
            problem -> {
              leftOut[0]++;
              if (debug) {
                terminal.note("note: " + problem.message());
              }
            });
    if (leftOut[0] > 0) {
      terminal.warning(
          "%d rows of %s cannot be used and are left out; --debug lists them"
              .formatted(leftOut[0], plan.data()));
    }
    if (images.isEmpty()) {
      throw new BadInputException(
          plan.data(),
          "has no images with captions"
              + plan.split().map(s -> " in the split " + s.label()).orElse("")
              + "; see --split");
    }
    return images.subList(0, Math.min(plan.limit(), images.size()));
  }

  private List<CaptionedImage> references(Consumer<Problem> problems) {
    try {
      Path work = Files.createTempDirectory("clipscribe-evaluate");
      try {
        return ReferenceCaptions.read(plan.data(), plan.images(), plan.split(), work, problems);
      } finally {
        try (Stream<Path> left = Files.walk(work)) {
          for (Path file : left.sorted(Comparator.reverseOrder()).toList()) {
            Files.deleteIfExists(file);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Where captions go as soon as they are there.
  @FunctionalInterface
  private interface CaptionSink {
    void add(String id, String caption);
  }

  private void caption(
      Captioner captioner,
      CaptionRequest request,
      List<CaptionedImage> images,
      Map<String, String> captions,
      CaptionSink sink) {
    List<CaptionedImage> missing =
        images.stream().filter(image -> !captions.containsKey(image.id())).toList();
    if (missing.size() < images.size() && !quiet) {
      terminal.note(
          "note: %d of %d captions are there from an earlier run"
              .formatted(images.size() - missing.size(), images.size()));
    }
    ProgressBar progress = progress(missing.size());
    List<CaptionedImage> waiting = new ArrayList<>();
    List<PreparedImage> prepared = new ArrayList<>();
    for (int i = 0; i < missing.size(); i++) {
      progress.show(i, missing.get(i).file());
      Optional<Image> image = read(missing.get(i), progress);
      if (image.isPresent()) {
        waiting.add(missing.get(i));
        prepared.add(captioner.prepare(image.get()));
      }
      if (waiting.size() == Captioner.BATCH || i == missing.size() - 1) {
        List<List<Caption>> written = captioner.candidatesPrepared(prepared, request);
        for (int k = 0; k < waiting.size(); k++) {
          String caption = written.get(k).getFirst().text();
          captions.put(waiting.get(k).id(), caption);
          sink.add(waiting.get(k).id(), caption);
        }
        waiting.clear();
        prepared.clear();
      }
    }
    progress.clear();
  }

  private ProgressBar progress(int total) {
    boolean visible = total > 1 && terminal.messagesAreTerminal() && !quiet;
    return new ProgressBar(terminal.messages(), visible, total);
  }

  /// A picture, or a line that says why there is none.
  private Optional<Image> read(CaptionedImage image, ProgressBar progress) {
    try {
      return Optional.of(reader.read(folder.resolve(image.file())).image());
    } catch (RuntimeException e) {
      progress.clear();
      failures++;
      Failure.of(e).about(image.file()).report(terminal, debug);
      return Optional.empty();
    }
  }

  /// @param clip where both towers are, if anywhere
  private Map<String, ClipScores> clipScores(
      List<CaptionedImage> images, Map<String, String> captions, Optional<Location> clip) {
    Map<String, ClipScores> scores = new HashMap<>();
    if (clip.isEmpty()) {
      if (!quiet) {
        terminal.note("note: no CLIPScore: it takes a CLIP model with both towers, see --clip");
      }
      return scores;
    }
    List<CaptionedImage> scored =
        images.stream().filter(image -> captions.containsKey(image.id())).toList();
    ProgressBar progress = progress(scored.size());
    try (ClipModels.Opened opened = ClipModels.open(clip.get(), options, terminal, quiet)) {
      ClipScorer scorer = new ClipScorer(opened.encoder());
      for (int i = 0; i < scored.size(); i++) {
        CaptionedImage image = scored.get(i);
        progress.show(i, image.file());
        String caption = captions.getOrDefault(image.id(), "");
        read(image, progress)
            .ifPresent(
                picture ->
                    scores.put(image.id(), scorer.score(picture, caption, image.captions())));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    progress.clear();
    return scores;
  }

  private int finish(
      List<CaptionedImage> images,
      Map<String, String> captions,
      Optional<Location> clip,
      String whose) {
    Evaluation evaluation = Evaluation.of(images, captions, clipScores(images, captions, clip));
    if (evaluation.images().isEmpty()) {
      throw new BadInputException(
          whose, "has no caption for any of the %d images".formatted(images.size()));
    }
    if (plan.out().isPresent()) {
      save(evaluation, captions, whose);
    }
    if (plan.json()) {
      terminal.results().print(Json.writePretty(evaluation.toMap()));
    } else {
      table(evaluation).forEach(terminal.results()::line);
    }
    return failures == 0 ? ExitStatus.DONE : ExitStatus.SOME_FAILED;
  }

  private static List<String> table(Evaluation evaluation) {
    List<String> lines = new ArrayList<>();
    evaluation
        .scores()
        .forEach((name, score) -> lines.add(String.format(Locale.ROOT, "%-14s%7.4f", name, score)));
    TextStatistics text = evaluation.statistics();
    lines.add("");
    lines.add(String.format(Locale.ROOT, "%-14s%7d", "images", evaluation.corpus().images()));
    lines.add(
        String.format(
            Locale.ROOT,
            "%-14s%7.2f  (%d to %d)",
            "words each",
            text.meanLength(),
            text.shortest(),
            text.longest()));
    lines.add(String.format(Locale.ROOT, "%-14s%7d", "vocabulary", text.vocabulary()));
    lines.add(String.format(Locale.ROOT, "%-14s%7.4f", "distinct-1", text.distinct1()));
    lines.add(String.format(Locale.ROOT, "%-14s%7.4f", "distinct-2", text.distinct2()));
    evaluation.notes().forEach(note -> lines.add("note: " + note));
    return lines;
  }

  private Path inOut(String file) {
    Path out = plan.out().orElseThrow();
    try {
      Files.createDirectories(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.resolve(file);
  }

  private void save(Evaluation evaluation, Map<String, String> captions, String whose) {
    StringBuilder lines = new StringBuilder();
    evaluation.images().forEach(image -> lines.append(Json.write(image.toMap())).append('\n'));
    String title = "Evaluation of %s on %s".formatted(whose, plan.data());
    try {
      write("results.json", ResultsFile.write(captions));
      write("images.jsonl", lines.toString().getBytes(StandardCharsets.UTF_8));
      write("scores.json", Json.writePretty(evaluation.toMap()).getBytes(StandardCharsets.UTF_8));
      write("report.html", new ContactSheet(evaluation, this::thumbnail).toBytes(title));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(String file, byte[] content) throws IOException {
    AtomicFile.write(inOut(file), content);
  }

  /// Nothing where the picture is not at hand, as when only captions are scored.
  private byte[] thumbnail(ScoredImage image) {
    Path file = folder.resolve(image.image().file());
    if (!Files.isRegularFile(file)) {
      return new byte[0];
    }
    try {
      return Thumbnails.jpeg(reader.read(file).image(), THUMBNAIL_SIDE);
    } catch (BadInputException e) {
      return new byte[0]; // said when it was to be captioned
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
