package org.clipscribe.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;
import org.clipscribe.media.Drawing.Anchor;
import org.clipscribe.media.Drawing.Area;
import org.clipscribe.media.Drawing.Dot;
import org.clipscribe.media.Drawing.Label;
import org.clipscribe.media.Drawing.Line;
import org.junit.jupiter.api.Test;

class DrawingTest {
  private static final Drawing DRAWING =
      new Drawing(
          60,
          40,
          List.of(
              new Area(List.of(0.0, 0.0, 20.0, 0.0, 20.0, 20.0, 0.0, 20.0), 0x00ff00),
              new Line(List.of(0.0, 30.0, 60.0, 30.0), 0xff0000, 4, false),
              new Dot(40.0 / 3, 10, 4, 0x0000ff),
              new Label(50, 38, "<5 \u00b5s & \u0007>", 9, 0x123456, true, Anchor.END, true)));

  @Test
  void writesAsciiThatSaysTheSame() {
    assertThat(DRAWING.toSvg())
        .matches("[\\x20-\\x7e\\n]*")
        .contains("viewBox=\"0 0 60 40\"")
        .contains("<polygon points=\"0,0 20,0 20,20 0,20\" fill=\"#00ff00\"/>")
        .contains("<polyline points=\"0,30 60,30\" fill=\"none\" stroke=\"#ff0000\"")
        .contains("<circle cx=\"13.33\" cy=\"10\" r=\"4\" fill=\"#0000ff\"")
        .contains("text-anchor=\"end\" font-weight=\"bold\" transform=\"rotate(-90 50 38)\">")
        .contains(">&#60;5 &#181;s &#38; &#32;&#62;</text>")
        .endsWith("</svg>\n");
  }

  @Test
  void paintsAtTwiceTheSize() throws IOException {
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(DRAWING.toPng()));

    assertThat(image.getWidth()).isEqualTo(120);
    assertThat(image.getHeight()).isEqualTo(80);
    assertThat(image.getRGB(4, 4) & 0xffffff).isEqualTo(0x00ff00);
    assertThat(image.getRGB(60, 60) & 0xffffff).isEqualTo(0xff0000);
    assertThat(image.getRGB(27, 20) & 0xffffff).isEqualTo(0x0000ff);
    assertThat(image.getRGB(110, 4) & 0xffffff).isEqualTo(0xffffff);
  }
}
