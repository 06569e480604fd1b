package org.clipscribe.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.clipscribe.media.Resources.Row;
import org.clipscribe.nn.BadInputException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Rows IM-01 to IM-09 of the catalogue of bad inputs that have a file; [ImageFileReaderTest] makes
/// the others.
@Timeout(value = 60, unit = TimeUnit.SECONDS) // against a hang, with room for a busy machine
class HostileImagesTest {
  static List<Row> rows() {
    return Resources.rows(Resources.json("images-hostile/manifest.json"), "rows");
  }

  @ParameterizedTest
  @MethodSource("rows")
  void behavesAsTheManifestSays(Row row) {
    Path file = Resources.path("images-hostile/" + row.get("file"));
    String expect = row.text("expect");
    ReadImage read;
    try {
      read = new ImageFileReader().read(file);
    } catch (BadInputException e) {
      assertThat(expect).isIn("refuse", "load or refuse");
      String message = String.valueOf(e.getMessage());
      assertThat(message).startsWith(file + ": ").doesNotContain("\n");
      assertThat(row.list("message_words_any"))
          .as(message)
          .anySatisfy(
              word ->
                  assertThat(message.substring(file.toString().length()).toLowerCase(Locale.ROOT))
                      .contains(String.valueOf(word)));
      return;
    }
    assertThat(expect).isIn("load", "load or refuse");
    assertThat(read.image().rgb()).isNotEmpty();
  }

  /// Every one of these has a picture in it, and nothing in its header is wrong.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "jpeg-cut-half.jpg",
        "jpeg-no-eoi.jpg",
        "jpeg-flip0.jpg",
        "jpeg-flip1.jpg",
        "jpeg-flip2.jpg",
        "trunc.png"
      })
  void damagedPicturesAreRefusedUnlessAllowed(String name) {
    Path file = Resources.path("images-hostile/" + name);
    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> new ImageFileReader().read(file))
        .withMessageContaining("damaged")
        .withMessageContaining("--allow-damaged");
    ReadImage read = new ImageFileReader(ReadOptions.DEFAULT.withAllowDamaged(true)).read(file);
    assertThat(read.notices()).singleElement().asString().startsWith("damaged ");
  }
}
