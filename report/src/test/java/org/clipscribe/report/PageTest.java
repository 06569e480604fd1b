package org.clipscribe.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageTest {
  private static final double[] STEPS = {1, 2, 3, 4};

  private static String html(LineChart chart) {
    return chart.html("c", false).code();
  }

  @Test
  void aChartCanBeAFileOfItsOwn() {
    Series course = new Series("a & b", STEPS, new double[] {4, 3, 2, 1});
    String file = new LineChart("<losses>", "step", List.of(course)).file();
    assertThat(file)
        .startsWith("<svg xmlns=\"http://www.w3.org/2000/svg\"")
        .contains("&lt;losses&gt;", "a &amp; b", "step")
        .doesNotContain("<losses>", "var(")
        .containsOnlyOnce("<polyline");
    assertThat(new LineChart("none", "step", List.of()).file()).contains("none");
  }

  @Test
  void aTextNeverBecomesMarkup() {
    assertThat(Html.text("<script>alert('&\"')</script>").code())
        .isEqualTo("<bdi>&lt;script&gt;alert(&#39;&amp;&quot;&#39;)&lt;/script&gt;</bdi>");
    assertThat(Html.element("p", "a\"><b", Html.text("x")).code())
        .isEqualTo("<p class=\"a&quot;&gt;&lt;b\"><bdi>x</bdi></p>");
    assertThat(Html.picture(new byte[] {'G'}, "\"><x").code()).contains("alt=\"&quot;&gt;&lt;x\"");
  }

  @Test
  void forbiddenCharactersAreReplaced() {
    assertThat(Html.text("a\u0000\u0007\u0085\uD83D\uFFFFb\n\uD83D\uDE00").code())
        .isEqualTo("<bdi>a\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDb\n\uD83D\uDE00</bdi>");
  }

  @Test
  void directionsStayWithinTheirText() {
    // An element of its own isolates it, whatever it opens and does not close.
    assertThat(Html.text("\u202Eevil").code()).isEqualTo("<bdi>\u202Eevil</bdi>");
  }

  @Test
  void thePageForbidsItselfToLoadOrRunAnything() {
    String page =
        new String(new Page("<Title>").add(Html.text("x")).toBytes(), StandardCharsets.UTF_8);
    assertThat(page)
        .contains("default-src 'none'; img-src data:; style-src 'unsafe-inline'")
        .contains("<title>&lt;Title&gt;</title>")
        .doesNotContain("<script", "http://", "https://", "@import", "url(");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, 5, 0.0, 1.0, 6",
    "0, 4.7, 5, 0.0, 5.0, 6",
    "3, 3, 5, 3.0, 3.3, 4",
    "0, 0, 5, 0.0, 1.0, 6",
    "-1.2, 1.3, 5, -1.5, 1.5, 7",
    "0, 123456, 6, 0.0, 150000.0, 4"
  })
  void linearAxesHaveRoundMarks(
      double low, double high, int count, double from, double to, int ticks) {
    Axis axis = Axis.linear(low, high, count);
    assertThat(axis.from()).isCloseTo(from, within(1e-9)); // sums of a few round steps
    assertThat(axis.to()).isCloseTo(to, within(1e-9));
    assertThat(axis.ticks()).hasSize(ticks);
    assertThat(axis.place(low)).isBetween(0.0, 1.0);
    assertThat(axis.place(high)).isBetween(0.0, 1.0);
  }

  @ParameterizedTest
  @CsvSource({"0.1, 10", "0.35, 0.8", "1e-9, 1e9", "2, 2", "0.99, 101"})
  void logarithmicAxesHoldTheirValues(double low, double high) {
    Axis axis = Axis.logarithmic(low, high);
    assertThat(axis.place(low)).isBetween(0.0, 1.0);
    assertThat(axis.place(high)).isBetween(0.0, 1.0);
    assertThat(axis.ticks()).hasSizeBetween(2, 20).isSorted();
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "0.25, 0.25", "12000, '12,000'", "0.0005, 5e-4", "3e9, 3e9", "-2.5, -2.5"})
  void numbersAreWrittenForPeople(double value, String label) {
    assertThat(Axis.label(value)).isEqualTo(label);
  }

  @Test
  void aChartOfPositiveValuesOffersBothScales() {
    String chart = html(new LineChart("loss", "step", List.of(line(4, 2, 1, 0.5))));
    assertThat(chart).contains("plot lin", "plot log").containsOnlyOnce("checked");
    assertThat(html(new LineChart("x", "step", List.of(line(1, 0, 2, 3))))).doesNotContain("log");
  }

  @Test
  void whatIsNoNumberIsLeftOut() {
    String chart =
        html(
            new LineChart(
                "loss", "step", List.of(line(1, Double.NaN, Double.POSITIVE_INFINITY, 2))));
    assertThat(chart).doesNotContain("NaN,", ",NaN", "Infinity");
    assertThat(
            html(
                new LineChart(
                    "loss", "step", List.of(line(Double.NaN, Double.NaN, Double.NaN, Double.NaN)))))
        .contains("No values yet");
    assertThat(html(new LineChart("loss", "step", List.of()))).contains("No values yet");
  }

  @Test
  void aLongLineKeepsItsPeaks() {
    double[] x = new double[100_000];
    double[] y = new double[100_000];
    for (int i = 0; i < x.length; i++) {
      x[i] = i;
      y[i] = 1;
    }
    y[54_321] = 9;
    List<Series.Point> points = new Series("a", x, y).points(false);
    assertThat(points).hasSizeLessThan(1000).contains(new Series.Point(54_321, 9));
    assertThat(points.getLast().x()).isEqualTo(99_999);
  }

  @Test
  void onlyNoiseIsSmoothed() {
    double[] x = new double[200];
    double[] smooth = new double[200];
    double[] noise = new double[200];
    for (int i = 0; i < 200; i++) {
      x[i] = i;
      smooth[i] = i;
      noise[i] = i % 2;
    }
    assertThat(new Series("a", x, smooth).noisy()).isFalse();
    assertThat(new Series("a", x, noise).noisy()).isTrue();
    assertThat(new Series("a", x, noise).smoothed().y()[199]).isBetween(0.3, 0.7);
  }

  @Test
  void figuresAndTablesEscapeTheirNames() {
    Html both = Page.figures(Map.of("<a>", "1")).plus(Page.table(Map.of("<b>", "<c>")));
    assertThat(both.code()).contains("&lt;a&gt;", "&lt;b&gt;", "&lt;c&gt;").doesNotContain("<a>");
  }

  private static Series line(double... y) {
    return new Series("train", STEPS, y);
  }
}
