package org.clipscribe.scenes.art;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.clipscribe.nn.DType;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.safetensors.SafetensorsWriter;
import org.clipscribe.scenes.ArtStyle;

/// Writes the drawings of one style: for each concept a tensor of bytes `[drawings, S, S, 4]`, and
/// who is to be credited in the metadata.
final class ArtFile {
  /// As `Drawing` of the scenes wants it.
  private static final int SIZE = 96;

  private static final int MARGIN = 4;

  private ArtFile() {}

  /// @return how many drawings were written
  static int write(Path file, ArtStyle style, IconPackage icons) throws IOException {
    Map<String, TensorInfo> layout = new LinkedHashMap<>();
    int drawings = 0;
    for (Map.Entry<String, List<String>> entry : style.drawings().entrySet()) {
      int count = entry.getValue().size();
      layout.put(entry.getKey(), TensorInfo.of(DType.U8, count, SIZE, SIZE, 4));
      drawings += count;
    }
    Rasteriser rasteriser = new Rasteriser(SIZE, MARGIN);
    try (SafetensorsWriter writer = new SafetensorsWriter(file, layout, credits(style))) {
      for (Map.Entry<String, List<String>> entry : style.drawings().entrySet()) {
        for (String icon : entry.getValue()) {
          byte[] rgba = rasteriser.draw(icons.svg(icon), icons.file() + ":" + icon);
          long[] values = new long[rgba.length];
          for (int i = 0; i < rgba.length; i++) {
            values[i] = rgba[i] & 255;
          }
          writer.write(entry.getKey(), values, 0, values.length);
        }
      }
      writer.commit();
    }
    return drawings;
  }

  private static Map<String, String> credits(ArtStyle style) {
    Map<String, String> credits = new LinkedHashMap<>();
    credits.put("style", style.name());
    credits.put("title", style.title());
    credits.put("author", style.author());
    credits.put("licence", style.licence());
    credits.put("source", style.source());
    credits.put("package", style.npmPackage() + "@" + style.version());
    return credits;
  }
}
