package org.clipscribe.captioner;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.clipscribe.clip.Image;

/// The program that [RestrictedJvmTest] starts: captions raw pixels and then tells what its process
/// has open.
///
/// Arguments: bundle, device, width, height, file of RGB bytes. Prints `caption`, `notice`, then on
/// Linux a `library` line for each shared object mapped and a `descriptor` line for each open file.
final class PixelsToCaption {
  private PixelsToCaption() {}

  public static void main(String[] arguments) throws IOException {
    Image image =
        new Image(
            Integer.parseInt(arguments[2]),
            Integer.parseInt(arguments[3]),
            Files.readAllBytes(Path.of(arguments[4])));
    CaptionerOptions options = CaptionerOptions.defaults().withDevice(arguments[1]);
    StringBuilder report = new StringBuilder();
    try (Captioner captioner = Captioner.open(Path.of(arguments[0]), options)) {
      report.append("caption ").append(captioner.caption(image).text()).append('\n');
      captioner.notice().ifPresent(notice -> report.append("notice ").append(notice).append('\n'));
      Path maps = Path.of("/proc/self/maps");
      if (Files.isReadable(maps)) {
        Files.readAllLines(maps).stream()
            .filter(line -> line.contains(".so"))
            .map(line -> line.substring(line.indexOf('/')))
            .distinct()
            .forEach(library -> report.append("library ").append(library).append('\n'));
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
          open.forEach(descriptor -> report.append(describe(descriptor)));
        }
      }
    }
    System.out.write(report.toString().getBytes(StandardCharsets.UTF_8));
    System.out.flush();
  }

  private static String describe(Path descriptor) {
    try {
      return "descriptor " + Files.readSymbolicLink(descriptor) + "\n";
    } catch (IOException e) {
      return ""; // the listing's own descriptor is closed by now
    }
  }
}
