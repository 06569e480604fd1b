package org.clipscribe.media;

import java.awt.AWTError;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.util.List;
import org.clipscribe.clip.Image;
import org.clipscribe.clip.ImagePreprocessor;
import org.clipscribe.clip.PreprocessorConfig;
import org.clipscribe.clip.PreprocessorConfig.Resize;
import org.clipscribe.nn.BadInputException;

/// Draws a caption under or over a picture, like the title of a print.
///
/// The type grows with the picture. Pictures larger than a screen are reduced, tiny ones are
/// enlarged and narrow ones get a margin, so that the caption stays legible. Works headless; uses
/// whatever sans-serif fonts the system has, for any script they cover.
public final class CaptionOverlay {
  /// Where the caption goes.
  public enum Placement {
    /// Dark on a white band below the picture.
    UNDER,
    /// White over the darkened lower part of the picture; [#UNDER] where it would hide too much.
    OVER
  }

  private static final int MAX_SIDE = 1920;

  /// Narrower than this there is no room for words.
  private static final int MIN_WIDTH = 320;

  /// Tiny pictures are enlarged to about this, in whole steps so that pixels stay square.
  private static final int COMFORTABLE_SIDE = 256;

  /// Where a narrow picture has margins at its sides, it gets one above, too.
  private static final int MAX_MARGIN_ABOVE = 24;

  private static final Color INK = new Color(0x24292f);
  private static final Color PAPER = Color.WHITE;
  private static final Color SHADE = new Color(0, 0, 0, 190);
  private static final Color CLEAR = new Color(0, 0, 0, 0);

  private CaptionOverlay() {}

  /// @param caption any text; line breaks become spaces, very long text is cut
  /// @return a new picture with the caption drawn
  /// @throws BadInputException when this Java finds no fonts
  public static Image draw(Image image, String caption, Placement placement) {
    requireFonts();
    BufferedImage picture = fit(image);
    int width = Math.max(picture.getWidth(), MIN_WIDTH);
    CaptionText text = CaptionText.layOut(caption, width);
    boolean over =
        placement == Placement.OVER
            && picture.getWidth() == width
            && text.height() <= picture.getHeight() / 2;
    return pixels(over ? over(picture, text) : under(picture, width, text));
  }

  /// Some Java installations come without fonts, or without the libraries below its font code, and
  /// say so in many ways.
  static void requireFonts() {
    try {
      new BufferedImage(1, 1, BufferedImage.TYPE_3BYTE_BGR).createGraphics().dispose();
      CaptionText.layOut("x", MIN_WIDTH);
    } catch (AWTError e) { // DISPLAY names a screen that is not there
      throw new BadInputException(
          "caption", "cannot be drawn (" + e.getMessage() + "); add -Djava.awt.headless=true", e);
    } catch (RuntimeException | InternalError | LinkageError e) {
      throw new BadInputException(
          "caption",
          "cannot be drawn, this Java finds no fonts; install some, on Debian:"
              + " apt-get install fontconfig fonts-dejavu-core libharfbuzz0b",
          e);
    }
  }

  private static BufferedImage under(BufferedImage picture, int width, CaptionText text) {
    int margin = (width - picture.getWidth()) / 2;
    int above = Math.min(margin, MAX_MARGIN_ABOVE);
    int height = above + picture.getHeight() + text.height();
    BufferedImage sheet = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D g = sheet.createGraphics();
    g.setColor(PAPER);
    g.fillRect(0, 0, width, height);
    g.drawImage(picture, margin, above, null);
    g.setColor(INK);
    text.draw(g, above + picture.getHeight());
    g.dispose();
    return sheet;
  }

  private static BufferedImage over(BufferedImage picture, CaptionText text) {
    int top = picture.getHeight() - text.height();
    Graphics2D g = picture.createGraphics();
    // The shade comes gently, and is nearly whole where the words are.
    int fade = Math.min(text.height(), top);
    g.setPaint(new GradientPaint(0, top - fade, CLEAR, 0, top + text.height() / 3f, SHADE));
    g.fillRect(0, top - fade, picture.getWidth(), text.height() + fade);
    g.setColor(Color.WHITE);
    text.draw(g, top);
    g.dispose();
    return picture;
  }

  /// A copy of a size to look at.
  private static BufferedImage fit(Image image) {
    int longer = Math.max(image.width(), image.height());
    if (longer > MAX_SIDE) {
      int width = Math.max((int) ((long) image.width() * MAX_SIDE / longer), 1);
      int height = Math.max((int) ((long) image.height() * MAX_SIDE / longer), 1);
      // The preprocessor's filter is a better one than Java2D's.
      PreprocessorConfig config =
          new PreprocessorConfig(
              new Resize.Exact(width, height),
              width,
              height,
              1,
              List.of(0.0, 0.0, 0.0),
              List.of(1.0, 1.0, 1.0));
      return buffered(new Image(width, height, new ImagePreprocessor(config).crop(image)));
    }
    int zoom = Math.max(COMFORTABLE_SIDE / longer, 1);
    BufferedImage picture = buffered(image);
    if (zoom == 1) {
      return picture;
    }
    BufferedImage enlarged =
        new BufferedImage(
            zoom * image.width(), zoom * image.height(), BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D g = enlarged.createGraphics();
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
    g.drawImage(picture, 0, 0, enlarged.getWidth(), enlarged.getHeight(), null);
    g.dispose();
    return enlarged;
  }

  /// RGB -> the BGR that Java2D and the JPEG writer like best.
  static BufferedImage buffered(Image image) {
    BufferedImage buffered =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_3BYTE_BGR);
    swap(image.rgb(), data(buffered));
    return buffered;
  }

  private static Image pixels(BufferedImage buffered) {
    byte[] bgr = data(buffered);
    byte[] rgb = new byte[bgr.length];
    swap(bgr, rgb);
    return new Image(buffered.getWidth(), buffered.getHeight(), rgb);
  }

  private static byte[] data(BufferedImage image) {
    return ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
  }

  private static void swap(byte[] from, byte[] to) {
    for (int i = 0; i < from.length; i += 3) {
      to[i] = from[i + 2];
      to[i + 1] = from[i + 1];
      to[i + 2] = from[i];
    }
  }
}
