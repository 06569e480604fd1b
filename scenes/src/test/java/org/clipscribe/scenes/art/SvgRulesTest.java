package org.clipscribe.scenes.art;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.clipscribe.nn.BadInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SvgRulesTest {
  private final Rasteriser rasteriser = new Rasteriser(96, 4);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<image href=\"x.png\"/>",
        "<SCRIPT>alert(1)</SCRIPT>",
        "<!DOCTYPE svg [<!ENTITY a \"b\">]>",
        "<use href=\"http://example.invalid/a.svg#b\"/>",
        "<path fill=\"url(http://example.invalid)\"/>"
      })
  void whatNoDrawingNeedsIsRefused(String body) {
    assertThatThrownBy(() -> SvgRules.check(body, "icon"))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("icon: ");
  }

  @Test
  void aDrawingIsCutOutAndScaledToFillItsSquare() {
    String svg =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\">"
            + "<rect x=\"10\" y=\"2\" width=\"4\" height=\"2\" fill=\"#ff0000\"/></svg>";
    byte[] rgba = rasteriser.draw(svg, "icon");
    // 88 wide and 44 high in the middle of 96 x 96.
    assertThat(pixel(rgba, 48, 48)).containsExactly(255, 0, 0, 255);
    assertThat(pixel(rgba, 6, 48)).containsExactly(255, 0, 0, 255);
    assertThat(pixel(rgba, 2, 48)[3]).isZero();
    assertThat(pixel(rgba, 48, 20)[3]).isZero();
    assertThat(pixel(rgba, 48, 30)).containsExactly(255, 0, 0, 255);
  }

  @Test
  void anEmptyDrawingIsRefused() {
    assertThatThrownBy(
            () ->
                rasteriser.draw(
                    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\"/>", "icon"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("empty");
  }

  private static int[] pixel(byte[] rgba, int x, int y) {
    int[] pixel = new int[4];
    for (int c = 0; c < 4; c++) {
      pixel[c] = rgba[4 * (y * 96 + x) + c] & 255;
    }
    return pixel;
  }
}
