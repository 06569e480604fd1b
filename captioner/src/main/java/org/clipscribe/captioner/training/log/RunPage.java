package org.clipscribe.captioner.training.log;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.clipscribe.captioner.training.log.RunRecord.Said;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.Json;
import org.clipscribe.report.Axis;
import org.clipscribe.report.Html;
import org.clipscribe.report.LineChart;
import org.clipscribe.report.Page;
import org.clipscribe.report.Series;

/// The page of [HtmlReport].
record RunPage(RunRecord record, String run, Instant written, boolean running) {
  private static final String SAMPLES = "samples/";
  private static final String CONFIGURATION = "configuration";
  private static final int RELOAD_SECONDS = 20;

  /// Captions of a sample shown at once; earlier ones fold away.
  private static final int SHOWN = 5;

  byte[] toBytes() {
    Page page = new Page("Training " + run);
    if (running) {
      page.reloading(RELOAD_SECONDS);
    }
    page.add(Html.element("h1", "", Html.text("Training " + run)));
    String state = running ? "Running" : "Ended";
    page.add(
        Html.element(
            "p",
            "quiet",
            Html.text(
                "%s at step %s. Written %s."
                    .formatted(
                        state,
                        Axis.label(record.step()),
                        written.truncatedTo(ChronoUnit.SECONDS).toString().replace('T', ' ')))));
    page.add(Page.figures(figures()));
    page.section("Curves", Html.element("div", "charts", charts()));
    Html samples = samples();
    if (!samples.code().isEmpty()) {
      page.section("What it says", Html.element("div", "sheet", samples));
    }
    texts(page);
    return page.toBytes();
  }

  private Map<String, String> figures() {
    Map<String, String> figures = new LinkedHashMap<>();
    figures.put("step", Axis.label(record.step()));
    for (String name : record.curves()) {
      double[] values = record.series(name, name).y();
      boolean judged = name.startsWith("validation/");
      double shown = judged ? lowest(values) : values[values.length - 1];
      String words = name.replace('/', ' ').replace('-', ' ');
      figures.put(
          judged ? "best " + words : words, Double.isNaN(shown) ? "NaN" : Axis.label(shown));
    }
    return figures;
  }

  private static double lowest(double[] values) {
    double lowest = Double.NaN;
    for (double value : values) {
      lowest = Double.isNaN(lowest) || value < lowest ? value : lowest;
    }
    return lowest;
  }

  /// One chart for all curves with the same last word: `train/loss` with `validation/loss`.
  private Html charts() {
    Map<String, List<Series>> charts = new LinkedHashMap<>();
    for (String name : record.curves()) {
      int slash = name.lastIndexOf('/');
      String label = slash < 0 ? name : name.substring(0, slash);
      charts
          .computeIfAbsent(name.substring(slash + 1), _ -> new ArrayList<>())
          .add(record.series(name, label));
    }
    List<Html> shown = new ArrayList<>();
    charts.forEach(
        (name, series) ->
            shown.add(
                new LineChart(name.replace('-', ' '), "step", series)
                    .html("chart-" + shown.size(), false)));
    return Html.join(shown);
  }

  private Html samples() {
    Set<String> names = new LinkedHashSet<>();
    record.pictures().keySet().stream().filter(n -> n.startsWith(SAMPLES)).forEach(names::add);
    record.texts().keySet().stream().filter(n -> isSample(n)).forEach(names::add);
    return Html.join(names.stream().map(this::sample).toList());
  }

  private static boolean isSample(String name) {
    return name.startsWith(SAMPLES) && !name.endsWith("/references");
  }

  private Html sample(String name) {
    List<Said> captions = record.texts().getOrDefault(name, List.of());
    List<Said> references = record.texts().getOrDefault(name + "/references", List.of());
    byte[] png = record.pictures().get(name);
    List<Html> words = new ArrayList<>();
    words.add(Html.element("div", "name", Html.text(name.substring(SAMPLES.length()))));
    words.add(
        Html.element("div", "now", Html.text(captions.isEmpty() ? "" : captions.getLast().text())));
    List<Said> before = captions.isEmpty() ? captions : captions.subList(0, captions.size() - 1);
    before = before.reversed();
    int shown = Math.min(SHOWN, before.size());
    words.add(said(before.subList(0, shown)));
    if (shown < before.size()) {
      words.add(
          Html.element(
              "details",
              "",
              Html.element("summary", "", Html.text(before.size() - shown + " earlier")),
              said(before.subList(shown, before.size()))));
    }
    if (!references.isEmpty()) {
      words.add(
          Html.element(
              "details",
              "",
              Html.element("summary", "", Html.text("what people wrote")),
              Html.element(
                  "ul",
                  "",
                  Html.join(
                      references
                          .getLast()
                          .text()
                          .lines()
                          .map(line -> Html.element("li", "", Html.text(line)))
                          .toList()))));
    }
    return Html.element(
        "div",
        "card",
        png == null ? Html.EMPTY : Html.picture(png, name),
        Html.element("div", "words", Html.join(words)));
  }

  private static Html said(List<Said> captions) {
    return Html.element(
        "ol",
        "",
        Html.join(
            captions.stream()
                .map(
                    caption ->
                        Html.element(
                            "li",
                            "",
                            Html.element("i", "", Html.text(Axis.label(caption.step()))),
                            Html.text(caption.text())))
                .toList()));
  }

  private void texts(Page page) {
    record
        .texts()
        .forEach(
            (name, said) -> {
              if (!name.startsWith(SAMPLES)) {
                String text = said.getLast().text();
                Html content =
                    name.equals(CONFIGURATION)
                        ? configuration(text)
                        : Html.element("p", "", Html.text(text));
                page.section(
                    name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1), content);
              }
            });
  }

  /// A JSON object as a table, anything else as it is.
  private static Html configuration(String text) {
    try {
      Map<String, String> rows = new LinkedHashMap<>();
      flatten(
          "", Json.parseObject(text.getBytes(StandardCharsets.UTF_8), CONFIGURATION).toMap(), rows);
      return Page.table(rows);
    } catch (BadInputException _) {
      return Html.element("pre", "", Html.text(text));
    }
  }

  private static void flatten(String prefix, Map<?, ?> object, Map<String, String> rows) {
    object.forEach(
        (name, value) -> {
          if (value instanceof Map<?, ?> inner) {
            flatten(prefix + name + ".", inner, rows);
          } else {
            rows.put(prefix + name, value instanceof String text ? text : Json.write(value));
          }
        });
  }
}
