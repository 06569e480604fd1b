package org.clipscribe.report;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// One HTML file that holds all it shows: no network, no script, light and dark as the reader's
/// system is.
///
/// The file forbids itself to load anything (Content-Security-Policy), whatever its texts are.
public final class Page {
  private final String title;
  private final List<Html> body = new ArrayList<>();
  private String head = "";

  public Page(String title) {
    this.title = title;
  }

  /// Lets the browser load the file again, as long as it is still being written.
  public Page reloading(int seconds) {
    head = "<meta http-equiv=\"refresh\" content=\"" + seconds + "\">\n";
    return this;
  }

  public Page add(Html piece) {
    body.add(piece);
    return this;
  }

  /// A heading with what stands below it.
  public Page section(String name, Html... content) {
    return add(
        Html.element(
            "section", "", Html.element("h2", "", Html.text(name)), Html.join(List.of(content))));
  }

  /// Large numbers, each with a word or two under it.
  ///
  /// @param figures name to number, in order
  public static Html figures(Map<String, String> figures) {
    List<Html> tiles = new ArrayList<>();
    figures.forEach(
        (name, value) ->
            tiles.add(
                Html.element(
                    "div",
                    "tile",
                    Html.element("b", "", Html.text(value)),
                    Html.element("span", "", Html.text(name)))));
    return Html.element("div", "tiles", Html.join(tiles));
  }

  /// Names with values, a row each.
  public static Html table(Map<String, String> rows) {
    List<Html> lines = new ArrayList<>();
    rows.forEach(
        (name, value) ->
            lines.add(
                Html.element(
                    "tr",
                    "",
                    Html.element("th", "", Html.text(name)),
                    Html.element("td", "", Html.text(value)))));
    return Html.element("table", "facts", Html.join(lines));
  }

  /// The whole file, UTF-8.
  public byte[] toBytes() {
    String page =
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        %s<title>%s</title>
        <style>
        %s</style>
        </head>
        <body>
        <main>
        %s
        </main>
        </body>
        </html>
        """
            .formatted(head, Html.attribute(title), Style.CSS, Html.join(body).code());
    return page.getBytes(StandardCharsets.UTF_8);
  }
}
