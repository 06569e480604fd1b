package org.clipscribe.media;

import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.FontRenderContext;
import java.awt.font.LineBreakMeasurer;
import java.awt.font.TextAttribute;
import java.awt.font.TextLayout;
import java.text.AttributedCharacterIterator;
import java.text.AttributedString;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A caption broken into centred lines.
///
/// @param lines top first, may be empty
/// @param width of the sheet in pixels
/// @param height of the block in pixels, padding included; 0 without lines
/// @param padding above and below the lines
/// @param leading from baseline to baseline
record CaptionText(List<TextLayout> lines, int width, int height, float padding, float leading) {
  /// A caption has about ten words; this is for a bug upstream.
  private static final int MAX_CHARACTERS = 600;

  private static final FontRenderContext CONTEXT = new FontRenderContext(null, true, true);

  /// @param width of the sheet in pixels
  static CaptionText layOut(String caption, int width) {
    String text = clean(caption);
    if (text.isEmpty()) {
      return new CaptionText(List.of(), width, 0, 0, 0);
    }
    float size = Math.clamp(width * 0.04f, 16f, 56f);
    AttributedString styled = new AttributedString(text);
    styled.addAttribute(
        TextAttribute.FONT, new Font(Font.SANS_SERIF, Font.PLAIN, 1).deriveFont(size));
    List<TextLayout> lines = balanced(styled.getIterator(), width - 3 * size);
    float leading = 1.35f * size;
    float padding = 0.85f * size;
    int height = Math.round(2 * padding + lines.size() * leading - 0.25f * size);
    return new CaptionText(lines, width, height, padding, leading);
  }

  /// @param top of the block in the drawing
  void draw(Graphics2D g, int top) {
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setRenderingHint(
        RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
    // The first line's capitals begin below the padding: their height is about 0.73 of the size.
    float baseline = top + padding + 0.8f * leading / 1.35f;
    for (TextLayout line : lines) {
      line.draw(g, (width - line.getVisibleAdvance()) / 2, baseline);
      baseline += leading;
    }
  }

  /// As few lines as fit, and these about equally long: no single word is left for the last one.
  private static List<TextLayout> balanced(AttributedCharacterIterator text, float width) {
    List<TextLayout> widest = wrap(text, width);
    float tooNarrow = width / widest.size() / 2;
    float enough = width;
    List<TextLayout> best = widest;
    while (enough - tooNarrow > 1) {
      float middle = (tooNarrow + enough) / 2;
      List<TextLayout> lines = wrap(text, middle);
      if (lines.size() > widest.size()) {
        tooNarrow = middle;
      } else {
        enough = middle;
        best = lines;
      }
    }
    return best;
  }

  private static List<TextLayout> wrap(AttributedCharacterIterator text, float width) {
    LineBreakMeasurer measurer =
        new LineBreakMeasurer(text, BreakIterator.getLineInstance(Locale.ROOT), CONTEXT);
    List<TextLayout> lines = new ArrayList<>();
    while (measurer.getPosition() < text.getEndIndex()) {
      lines.add(measurer.nextLayout(width));
    }
    return lines;
  }

  private static String clean(String caption) {
    StringBuilder text = new StringBuilder();
    caption
        .codePoints()
        .map(c -> Character.isWhitespace(c) || Character.isISOControl(c) ? ' ' : c)
        .limit(MAX_CHARACTERS)
        .forEach(text::appendCodePoint);
    String line = text.toString().strip().replaceAll(" {2,}", " ");
    return caption.codePointCount(0, caption.length()) > MAX_CHARACTERS ? line + "\u2026" : line;
  }
}
