package org.clipscribe.scenes.art;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.clipscribe.scenes.Art;
import org.clipscribe.scenes.Scene;
import org.clipscribe.scenes.SceneOptions;
import org.clipscribe.scenes.Scenes;

/// Scenes with their captions on one sheet, for people to look at.
/// ```
/// ContactSheet ART training|held-out|unseen SEED FILE.png
/// ```
public final class ContactSheet {
  private static final int ACROSS = 8;
  private static final int PICTURE = 144;
  private static final int TEXT = 44;

  private ContactSheet() {}

  public static void main(String[] args) throws IOException {
    Path art = Path.of(args[0]);
    long seed = Long.parseLong(args[2]);
    Scenes scenes =
        switch (args[1]) {
          case "training" -> new Scenes(Art.training(art), SceneOptions.training(96, 12, seed));
          case "held-out" -> new Scenes(Art.training(art), SceneOptions.heldOut(96, 12, seed));
          default -> new Scenes(Art.unseen(art), SceneOptions.heldOut(96, 12, seed));
        };
    List<Scene> shown = new ArrayList<>();
    for (int i = 0; i < ACROSS * ACROSS; i++) {
      shown.add(scenes.scene(i));
    }
    ImageIO.write(sheet(shown), "png", Path.of(args[3]).toFile());
  }

  /// Scenes side by side, eight to a row, each above its caption.
  static BufferedImage sheet(List<Scene> scenes) {
    int rows = (scenes.size() + ACROSS - 1) / ACROSS;
    BufferedImage sheet =
        new BufferedImage(
            ACROSS * (PICTURE + 4), rows * (PICTURE + TEXT), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = sheet.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
    graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11));
    graphics.setColor(Color.BLACK);
    for (int i = 0; i < scenes.size(); i++) {
      int x = i % ACROSS * (PICTURE + 4);
      int y = i / ACROSS * (PICTURE + TEXT);
      Scene scene = scenes.get(i);
      graphics.drawImage(Pictures.buffered(scene.image()), x, y, PICTURE, PICTURE, null);
      write(graphics, scene.caption() + " (" + scene.style() + ")", x, y + PICTURE);
    }
    graphics.dispose();
    return sheet;
  }

  private static void write(Graphics2D graphics, String text, int x, int y) {
    FontMetrics metrics = graphics.getFontMetrics();
    StringBuilder line = new StringBuilder();
    int baseline = y + 12;
    for (String word : text.split(" ")) {
      if (metrics.stringWidth(line + word) > PICTURE) {
        graphics.drawString(line.toString(), x, baseline);
        baseline += 11;
        line.setLength(0);
      }
      line.append(word).append(' ');
    }
    graphics.drawString(line.toString(), x, baseline);
  }
}
