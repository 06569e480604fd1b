package org.clipscribe.scenes.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.Captioner;
import org.clipscribe.captioner.CaptionerOptions;
import org.clipscribe.captioner.CaptionerOptions.WeightCache;
import org.clipscribe.clip.ClipModel;
import org.clipscribe.clip.ClipTokenizer;
import org.clipscribe.clip.Image;
import org.clipscribe.clip.ImagePreprocessor;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.scenes.Art;
import org.clipscribe.scenes.CaptionScore;
import org.clipscribe.scenes.SceneOptions;
import org.clipscribe.scenes.Scenes;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;

/// Measures a bundle of the miniature as users run it, on scenes that neither training nor its
/// evaluations saw, and keeps the figures.
/// ```
/// MiniFigures ART BUNDLE TRAINED FIGURES.json [PAGE.md]
/// ```
/// `TRAINED` is the bundle in single precision that captions of less precise weights are compared
/// with; the shipped one may stand for it. In the page, what is between the lines
/// `<!-- figures -->` and `<!-- /figures -->` is replaced.
final class MiniFigures {
  /// Another stream than that of training's own evaluations.
  private static final long SEED = 20_261_123;

  private static final int SCENES = 1000;
  private static final int TIMED = 300;
  private static final int THREADS = 2;

  private final Path art;
  private final Path bundle;
  private final Path trained;

  private MiniFigures(Path art, Path bundle, Path trained) {
    this.art = art;
    this.bundle = bundle;
    this.trained = trained;
  }

  public static void main(String[] args) throws IOException {
    if (args.length < 4) {
      System.err.println("usage: MiniFigures ART BUNDLE TRAINED FIGURES.json [PAGE.md]");
      System.exit(2);
    }
    Map<String, Object> figures =
        new MiniFigures(Path.of(args[0]), Path.of(args[1]), Path.of(args[2])).measure();
    String json = Json.writePretty(figures);
    System.out.print(json);
    Files.writeString(Path.of(args[3]), json);
    if (args.length > 4) {
      FiguresPage.replace(Path.of(args[4]), figures);
    }
  }

  private Map<String, Object> measure() throws IOException {
    SceneOptions heldOut = SceneOptions.heldOut(96, 12, SEED);
    Scenes known = new Scenes(Art.training(art), heldOut);
    Scenes unseen = new Scenes(Art.unseen(art), heldOut);
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("weights_sha256", Bundle.open(bundle).info().digest());
    figures.put("scenes", SCENES);
    figures.put("seed", SEED);
    try (Captioner captioner = open(bundle, WeightFormat.F32)) {
      figures.put("training_styles", truth(new MiniEvaluation("known", known), captioner));
      figures.put("unseen_style", truth(new MiniEvaluation("unseen", unseen), captioner));
      figures.put("milliseconds_per_caption", milliseconds(captioner, known));
    }
    figures.put("captions_equal_to_f32", agreement(known));
    return figures;
  }

  private static Captioner open(Path bundle, WeightFormat precision) {
    return Captioner.open(
        bundle,
        CaptionerOptions.defaults()
            .withThreads(THREADS)
            .withPrecision(precision)
            .withCache(WeightCache.OFF));
  }

  private Map<String, Object> truth(MiniEvaluation evaluation, Captioner captioner)
      throws IOException {
    CaptionScore score = evaluation.captions(captioner, SCENES);
    MiniEvaluation.Matching matching = matching(evaluation);
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("recall", rounded(score.recall()));
    figures.put("precision", rounded(score.precision()));
    figures.put("exact_set", rounded(score.exactSet()));
    figures.put("counts", rounded(score.countsRight()));
    figures.put("relation", rounded(score.relationRight()));
    figures.put("between", rounded(score.betweenRight()));
    figures.put("background", rounded(score.backgroundRight()));
    figures.put("zero_shot", rounded(matching.zeroShot()));
    figures.put("retrieval", rounded(matching.retrieval()));
    return figures;
  }

  private static double rounded(double share) {
    return Math.rint(share * 1e4) / 1e4;
  }

  private MiniEvaluation.Matching matching(MiniEvaluation evaluation) {
    Bundle opened = Bundle.open(bundle);
    try (Backend backend = Backends.open(Backends.AUTO, THREADS).backend();
        SafetensorsFile weights = SafetensorsFile.open(bundle.resolve(Bundle.WEIGHTS))) {
      ClipModel clip =
          Checkpoint.of(weights, "the miniature's CLIP")
              .strictBelow("clip")
              .load(
                  backend,
                  WeightFormat.F32,
                  source ->
                      ClipModel.of(
                          source.at("clip"), opened.config().clipWithText().orElseThrow()));
      ClipTokenizer tokenizer =
          ClipTokenizer.open(
              bundle.resolve(Bundle.CLIP_VOCABULARY), bundle.resolve(Bundle.CLIP_MERGES));
      return evaluation.matching(
          backend, clip, tokenizer, new ImagePreprocessor(opened.preprocessor()));
    }
  }

  /// The middle and the quartiles of one picture's time, pixels in memory, after a warm-up of as
  /// many pictures.
  private static Map<String, Object> milliseconds(Captioner captioner, Scenes scenes) {
    double[] times = new double[TIMED];
    for (int i = -TIMED; i < TIMED; i++) {
      Image image = scenes.scene(Math.abs(i)).image();
      long start = System.nanoTime();
      captioner.caption(image);
      if (i >= 0) {
        times[i] = (System.nanoTime() - start) / 1e6;
      }
    }
    Arrays.sort(times);
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("threads", THREADS);
    figures.put("median", Math.rint(times[TIMED / 2] * 100) / 100);
    figures.put("lower_quartile", Math.rint(times[TIMED / 4] * 100) / 100);
    figures.put("upper_quartile", Math.rint(times[3 * TIMED / 4] * 100) / 100);
    return figures;
  }

  /// Shares of captions that are, word for word, those of the trained weights in single precision.
  private Map<String, Object> agreement(Scenes scenes) {
    List<String> expected = captions(trained, WeightFormat.F32, scenes);
    Map<String, Object> shares = new LinkedHashMap<>();
    shares.put("stored", equal(expected, captions(bundle, WeightFormat.F32, scenes)));
    shares.put("bf16", equal(expected, captions(trained, WeightFormat.BF16, scenes)));
    shares.put("int8", equal(expected, captions(trained, WeightFormat.INT8, scenes)));
    return shares;
  }

  private static List<String> captions(Path bundle, WeightFormat precision, Scenes scenes) {
    List<String> captions = new ArrayList<>();
    try (Captioner captioner = open(bundle, precision)) {
      for (int from = 0; from < SCENES; from += Captioner.BATCH) {
        List<Image> images =
            IntStream.range(from, Math.min(SCENES, from + Captioner.BATCH))
                .mapToObj(i -> scenes.scene(i).image())
                .toList();
        captioner.captions(images).forEach(caption -> captions.add(caption.text()));
      }
    }
    return captions;
  }

  private static double equal(List<String> expected, List<String> found) {
    long same =
        IntStream.range(0, SCENES).filter(i -> expected.get(i).equals(found.get(i))).count();
    return rounded((double) same / SCENES);
  }

  /// The table of the figures in a page for people.
  private static final class FiguresPage {
    private static final String BEGIN = "<!-- figures -->\n";
    private static final String END = "<!-- /figures -->";

    static void replace(Path page, Map<String, Object> figures) throws IOException {
      String text = Files.readString(page);
      int begin = text.indexOf(BEGIN);
      int end = text.indexOf(END);
      if (begin < 0 || end < begin) {
        throw new IOException(page + ": has no lines " + BEGIN.strip() + " and " + END);
      }
      Files.writeString(
          page, text.substring(0, begin + BEGIN.length()) + table(figures) + text.substring(end));
    }

    private static String table(Map<String, Object> figures) {
      Map<?, ?> known = group(figures, "training_styles");
      Map<?, ?> unseen = group(figures, "unseen_style");
      Map<?, ?> equal = group(figures, "captions_equal_to_f32");
      Map<?, ?> time = group(figures, "milliseconds_per_caption");
      StringBuilder rows = new StringBuilder();
      rows.append("| measure | at least | aim | training styles | unseen style |\n");
      rows.append("| --- | --- | --- | --- | --- |\n");
      row(rows, "object recall", "0.85; unseen 0.35", "0.95; unseen 0.65", "recall", known, unseen);
      row(rows, "object precision", "0.85", "0.95", "precision", known, unseen);
      row(rows, "exact set of concepts", "0.70", "0.90", "exact_set", known, unseen);
      row(rows, "counts right where above one", "0.60", "0.90", "counts", known, unseen);
      row(rows, "pair relation stated and right", "0.50", "0.85", "relation", known, unseen);
      row(rows, "between, stated and right", "", "", "between", known, unseen);
      row(rows, "background right", "", "", "background", known, unseen);
      row(rows, "zero-shot top-1 of 128", "0.85", "0.97", "zero_shot", known, unseen);
      row(rows, "retrieval R@1 in 100", "0.95", "0.99", "retrieval", known, unseen);
      rows.append(
          String.format(
              Locale.ROOT,
              "| caption time, warm, 2 threads | 15 ms | 5 ms | %s ms (middle half %s to %s) | |%n",
              time.get("median"),
              time.get("lower_quartile"),
              time.get("upper_quartile")));
      rows.append(
          String.format(
              Locale.ROOT,
              "| captions equal to fp32: bf16 / int8 | 0.99 / 0.97 | 0.995 / 0.99 | %s / %s | |%n",
              equal.get("bf16"),
              equal.get("int8")));
      rows.append(
          "\n%s scenes of seed %s for each column; weights with SHA-256 `%s`.\n"
              .formatted(
                  figures.get("scenes"), figures.get("seed"), figures.get("weights_sha256")));
      return rows.toString();
    }

    private static Map<?, ?> group(Map<String, Object> figures, String name) {
      return (Map<?, ?>) Objects.requireNonNull(figures.get(name), name);
    }

    private static void row(
        StringBuilder rows,
        String name,
        String least,
        String aim,
        String key,
        Map<?, ?> known,
        Map<?, ?> unseen) {
      rows.append(
          "| %s | %s | %s | %s | %s |\n"
              .formatted(name, least, aim, known.get(key), unseen.get(key)));
    }
  }
}
