package org.clipscribe.media.video;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.clipscribe.captioner.video.FrameSource;
import org.clipscribe.clip.Image;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;

/// The fixture clips and what is expected of them.
final class Clips {
  /// Where no `ffmpeg` is found.
  static final Map<String, String> NO_FFMPEG = Map.of("PATH", "");

  private Clips() {}

  static Path path(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(Clips.class.getResource("/video/" + name), name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static List<JsonObject> items() {
    return Json.readObject(path("expected.json")).objects("items");
  }

  static JsonObject item(String name) {
    return items().stream()
        .filter(item -> item.string("file").equals(name))
        .findFirst()
        .orElseThrow();
  }

  static FrameSource open(Path file) {
    return Films.open(file, FilmOptions.DEFAULT, NO_FFMPEG);
  }

  static FrameSource open(String name) {
    return open(path(name));
  }

  static byte[] bytes(String name) {
    try {
      return Files.readAllBytes(path(name));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static int[] allFrames(FrameSource film) {
    return IntStream.range(0, film.frames()).toArray();
  }

  /// The source index that a frame shows: eight blocks in the bottom strip, white for 1.
  static int barCode(Image image) {
    int strip = Math.max(8, image.height() / 9);
    int y = image.height() - strip / 2;
    int code = 0;
    for (int block = 0; block < 8; block++) {
      int x = (2 * block + 1) * image.width() / 16;
      code = 2 * code + ((image.rgb()[3 * (y * image.width() + x) + 1] & 0xff) > 127 ? 1 : 0);
    }
    return code;
  }

  /// Mean of a cell of the 4 x 4 grid.
  static double mean(Image image, int row, int column, int channel) {
    long top = Math.round(row * image.height() / 4.0);
    long bottom = Math.round((row + 1) * image.height() / 4.0);
    long left = Math.round(column * image.width() / 4.0);
    long right = Math.round((column + 1) * image.width() / 4.0);
    double sum = 0;
    for (long y = top; y < bottom; y++) {
      for (long x = left; x < right; x++) {
        sum += image.rgb()[(int) (3 * (y * image.width() + x) + channel)] & 0xff;
      }
    }
    return sum / ((bottom - top) * (right - left));
  }
}
