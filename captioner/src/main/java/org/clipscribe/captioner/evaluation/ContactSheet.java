package org.clipscribe.captioner.evaluation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.clipscribe.report.Axis;
import org.clipscribe.report.Html;
import org.clipscribe.report.Page;

/// A page of pictures with their captions, what people wrote, and the scores of each; readers
/// choose the order. One file, no network, no script: the orders are numbers that the page's style
/// picks.
public final class ContactSheet {
  /// What a page of this kind can show: a browser gets slow with more.
  public static final int MOST = 1000;

  private final Evaluation evaluation;
  private final Function<ScoredImage, byte[]> thumbnails;

  /// @param thumbnails small JPEG or PNG files, empty where there is no picture; asked for once for
  ///     each image shown
  public ContactSheet(Evaluation evaluation, Function<ScoredImage, byte[]> thumbnails) {
    this.evaluation = evaluation;
    this.thumbnails = thumbnails;
  }

  /// The page.
  ///
  /// @param title says what was evaluated
  public byte[] toBytes(String title) {
    List<ScoredImage> images = evaluation.images();
    List<ScoredImage> shown = images.subList(0, Math.min(MOST, images.size()));
    Page page = new Page(title);
    page.add(Html.element("h1", "", Html.text(title)));
    List<String> notes = new ArrayList<>();
    notes.add(Axis.label(evaluation.corpus().images()) + " images scored.");
    evaluation.notes().forEach(note -> notes.add(note + "."));
    if (shown.size() < images.size()) {
      notes.add("The first " + MOST + " are shown.");
    }
    page.add(Html.element("p", "quiet", Html.text(String.join(" ", notes))));
    Map<String, String> figures = new LinkedHashMap<>();
    evaluation.scores().forEach((name, score) -> figures.put(name, decimals(score)));
    page.add(Page.figures(figures));
    page.section("What captions look like", texts());
    page.section("Pictures", sheet(shown));
    return page.toBytes();
  }

  private static String decimals(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }

  private Html texts() {
    List<Html> rows = new ArrayList<>();
    rows.add(row("th", List.of("", "Captions", "References")));
    TextStatistics ours = evaluation.statistics();
    TextStatistics people = evaluation.referenceStatistics();
    rows.add(
        row("td", List.of("Count", Axis.label(ours.captions()), Axis.label(people.captions()))));
    rows.add(row("td", List.of("Words each", length(ours), length(people))));
    rows.add(
        row(
            "td",
            List.of(
                "Different words",
                Axis.label(ours.vocabulary()),
                Axis.label(people.vocabulary()))));
    rows.add(
        row("td", List.of("Distinct-1", decimals(ours.distinct1()), decimals(people.distinct1()))));
    rows.add(
        row("td", List.of("Distinct-2", decimals(ours.distinct2()), decimals(people.distinct2()))));
    rows.add(
        row(
            "td",
            List.of(
                "Share of different ones",
                decimals(ours.different()),
                decimals(people.different()))));
    return Html.element("table", "", Html.join(rows));
  }

  private static String length(TextStatistics text) {
    return String.format(
        Locale.ROOT, "%.1f (%d to %d)", text.meanLength(), text.shortest(), text.longest());
  }

  private static Html row(String cell, List<String> texts) {
    List<Html> cells = new ArrayList<>();
    for (String text : texts) {
      cells.add(Html.element(cell, cells.isEmpty() ? "" : "n", Html.text(text)));
    }
    return Html.element("tr", "", Html.join(cells));
  }

  /// An order that readers can choose.
  ///
  /// @param score absent where a picture has none; the best comes first
  private record Order(String name, Function<ScoredImage, OptionalDouble> score) {}

  private static final List<Order> ORDERS =
      List.of(
          new Order("as listed", _ -> OptionalDouble.empty()),
          new Order("CIDEr-D", image -> OptionalDouble.of(image.scores().ciderD())),
          new Order("BLEU-4", image -> OptionalDouble.of(image.scores().bleu().getLast())),
          new Order("ROUGE-L", image -> OptionalDouble.of(image.scores().rougeL())),
          new Order("CLIPScore", image -> clip(image, ClipScores::clipScore)),
          new Order("RefCLIPScore", image -> clip(image, ClipScores::refClipScore)));

  private static OptionalDouble clip(ScoredImage image, Function<ClipScores, Double> score) {
    return image.clip().map(score).map(OptionalDouble::of).orElse(OptionalDouble.empty());
  }

  /// Radio buttons before the pictures; what is chosen decides which of its numbers each picture is
  /// ordered by.
  private static Html sheet(
      List<ScoredImage> images, List<Order> orders, List<int[]> ranks, List<Html> cards) {
    StringBuilder code = new StringBuilder("<div class=\"sorting\"><div class=\"sorts\">");
    int button = 0;
    for (int way = 0; way < orders.size(); way++) {
      for (String end : way == 0 ? List.of("") : List.of(", best first", ", worst first")) {
        code.append(
            "<label><input type=\"radio\" name=\"order\" class=\"by%d\"%s> %s</label>"
                .formatted(
                    button,
                    button == 0 ? " checked" : "",
                    Html.attribute(orders.get(way).name() + end)));
        button++;
      }
    }
    code.append("</div><style>");
    for (int i = 0; i < button; i++) {
      String sign = i > 0 && i % 2 == 0 ? "-1 * " : "";
      code.append(
          ".sorting:has(.by%d:checked) .card{order:calc(%svar(--o%d))}\n"
              .formatted(i, sign, (i + 1) / 2));
    }
    code.append("</style><div class=\"sheet\">");
    for (int i = 0; i < images.size(); i++) {
      code.append("<div class=\"card\" style=\"");
      for (int way = 0; way < orders.size(); way++) {
        code.append("--o%d:%d;".formatted(way, ranks.get(way)[i]));
      }
      code.append("\">").append(cards.get(i).code()).append("</div>");
    }
    return new Html(code.append("</div></div>").toString());
  }

  private Html sheet(List<ScoredImage> images) {
    boolean clip = images.stream().anyMatch(image -> image.clip().isPresent());
    List<Order> orders = ORDERS.subList(0, clip ? ORDERS.size() : 4);
    List<int[]> ranks = orders.stream().map(order -> ranks(images, order)).toList();
    return sheet(images, orders, ranks, images.stream().map(this::card).toList());
  }

  /// The place of each image in an order.
  private static int[] ranks(List<ScoredImage> images, Order order) {
    List<Integer> sorted = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      sorted.add(i);
    }
    sorted.sort(Comparator.comparingDouble(i -> -order.score().apply(images.get(i)).orElse(0)));
    int[] ranks = new int[images.size()];
    for (int place = 0; place < ranks.length; place++) {
      ranks[sorted.get(place)] = place;
    }
    return ranks;
  }

  private Html card(ScoredImage image) {
    byte[] thumbnail = thumbnails.apply(image);
    List<Html> words = new ArrayList<>();
    words.add(Html.element("div", "name", Html.text(image.image().file())));
    words.add(Html.element("div", "now", Html.text(image.caption())));
    words.add(
        Html.element(
            "ul",
            "",
            Html.join(
                image.image().captions().stream()
                    .map(reference -> Html.element("li", "", Html.text(reference)))
                    .toList())));
    List<Html> scores = new ArrayList<>();
    for (Order order : ORDERS) {
      order
          .score()
          .apply(image)
          .ifPresent(
              score ->
                  scores.add(
                      Html.element(
                          "span",
                          "",
                          Html.text(order.name() + " "),
                          Html.element(
                              "b", "", Html.text(String.format(Locale.ROOT, "%.3f", score))))));
    }
    words.add(Html.element("div", "scores", Html.join(scores)));
    return (thumbnail.length == 0 ? Html.EMPTY : Html.picture(thumbnail, image.image().file()))
        .plus(Html.element("div", "words", Html.join(words)));
  }
}
