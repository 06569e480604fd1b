package org.clipscribe.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.clipscribe.captioner.Captioner;
import org.clipscribe.captioner.CaptionerOptions;
import org.clipscribe.clip.Image;
import org.clipscribe.nn.json.Json;
import org.clipscribe.tensor.WeightFormat;
import org.jspecify.annotations.Nullable;

/// A process that captions one photo through the library and says how much memory that took:
/// `BUNDLE PHOTO DEVICE THREADS PRECISION`.
final class CaptionOnce {
  private CaptionOnce() {}

  public static void main(String[] arguments) throws IOException {
    CaptionerOptions options =
        CaptionerOptions.defaults()
            .withDevice(arguments[2])
            .withThreads(Integer.parseInt(arguments[3]))
            .withPrecision(WeightFormat.valueOf(arguments[4]));
    try (Captioner captioner = Captioner.open(Path.of(arguments[0]), options)) {
      Map<String, @Nullable Object> answer = new LinkedHashMap<>();
      answer.put("values", captioner.caption(Image.read(Path.of(arguments[1]))).tokens());
      answer.put("peakKilobytes", peakKilobytes());
      System.out.println(Json.write(answer));
    }
  }

  /// The most memory that this process ever held, mapped files included; -1 where the system does
  /// not tell.
  static long peakKilobytes() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(-1);
    } catch (IOException _) {
      return -1;
    }
  }
}
