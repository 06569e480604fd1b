package org.clipscribe.scenes.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.clipscribe.report.LineChart;
import org.clipscribe.report.Series;

/// Draws how a run went, for the documentation.
/// ```
/// MiniCurves RUN/log.csv FOLDER
/// ```
/// Writes `embedded-model-losses.svg`, means over a hundred steps, and
/// `embedded-model-figures.svg`, what held-out scenes of the training styles were judged by after
/// each epoch.
final class MiniCurves {
  private static final int MEAN_OVER = 100;

  private MiniCurves() {}

  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      System.err.println("usage: MiniCurves LOG.csv FOLDER");
      System.exit(2);
    }
    List<String> lines = Files.readAllLines(Path.of(args[0]));
    Path folder = Path.of(args[1]);
    write(
        folder.resolve("embedded-model-losses.svg"),
        new LineChart(
            "Losses of training",
            "step of 32 scenes",
            List.of(
                series(lines, "train/patch-naming", "patch naming", MEAN_OVER),
                series(lines, "train/patch-placing", "patch placing", MEAN_OVER),
                series(lines, "train/scene-naming", "scene naming", MEAN_OVER),
                series(lines, "train/contrastive", "contrastive", MEAN_OVER),
                series(lines, "train/caption", "caption", MEAN_OVER))));
    write(
        folder.resolve("embedded-model-figures.svg"),
        new LineChart(
            "Held-out scenes while it trains",
            "step of 32 scenes",
            List.of(
                series(lines, "training-styles/recall", "recall", 1),
                series(lines, "training-styles/exact-set", "exact set", 1),
                series(lines, "training-styles/counts", "counts", 1),
                series(lines, "training-styles/relation", "relation", 1),
                series(lines, "training-styles/zero-shot", "zero-shot", 1),
                series(lines, "unseen-style/recall", "recall, unseen style", 1))));
  }

  private static Series series(List<String> lines, String name, String label, int meanOver) {
    List<double[]> points = new ArrayList<>();
    double sum = 0;
    int count = 0;
    for (String line : lines) {
      String[] fields = line.split(",", -1);
      if (fields.length == 3 && fields[1].equals(name)) {
        sum += Double.parseDouble(fields[2]);
        count++;
        if (count == meanOver) {
          points.add(new double[] {Double.parseDouble(fields[0]), sum / count});
          sum = 0;
          count = 0;
        }
      }
    }
    return new Series(
        label,
        points.stream().mapToDouble(point -> point[0]).toArray(),
        points.stream().mapToDouble(point -> point[1]).toArray());
  }

  private static void write(Path file, LineChart chart) throws IOException {
    Files.writeString(file, chart.file());
  }
}
