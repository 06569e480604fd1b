package org.clipscribe.media.video;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.clipscribe.clip.Image;
import org.clipscribe.nn.BadInputException;
import org.jcodec.codecs.h264.H264Decoder;

/// Has runs of samples decoded by a process that may hang, crash or eat memory, and always comes to
/// an end: a process that says nothing for too long is killed, what it was at is tried once more
/// alone, and then given up.
final class Decoding {
  /// A process that dies that often is not started again.
  private static final int MOST_DEATHS = 4;

  /// What a JVM of ours needs besides pictures.
  private static final long BASE_HEAP = 64 << 20;

  /// For each pixel of a picture that may be kept: brightness, colour, motion, and the same again
  /// while the collector has not been by.
  private static final int BYTES_PER_PIXEL = 4;

  /// Pictures besides the references: the one in work, its RGB form, and one on its way.
  private static final int PICTURES_IN_WORK = 6;

  private final CodedFilm film;

  Decoding(CodedFilm film) {
    this.film = film;
  }

  /// What is decoded.
  ///
  /// @param codec as in [Wire]
  /// @param width of decoded pictures before cropping
  /// @param references how many pictures a decoder keeps
  record CodedFilm(
      Path file,
      byte codec,
      H264Setup setup,
      int width,
      int height,
      int references,
      Colours colours,
      Samples samples) {}

  /// Takes what comes back, one call at a time.
  interface Receiver {
    void frame(int sample, Image stored);

    void thumbnail(int sample, byte[] luma);

    void lost(int sample, String why);
  }

  /// Decodes everything that is wanted, or tells that it is lost.
  ///
  /// @param slots how many runs may be in work at a time
  void decode(List<Run> runs, int slots, Receiver receiver) {
    List<Run> left = new ArrayList<>(runs);
    int deaths = 0;
    int side = Math.min(slots, runs.size());
    while (!left.isEmpty()) {
      Optional<String> death = attempt(left, side, receiver);
      left.removeIf(Run::isDone);
      if (death.isPresent() && !left.isEmpty()) {
        deaths++;
        boolean alone = side == 1;
        side = 1;
        if (alone) {
          giveUp(left.removeFirst(), death.get(), receiver);
        }
        if (deaths > MOST_DEATHS) {
          left.forEach(run -> giveUp(run, death.get(), receiver));
          return;
        }
      }
    }
  }

  private static void giveUp(Run run, String why, Receiver receiver) {
    for (int sample : run.missing()) {
      receiver.lost(sample, why);
    }
  }

  /// @return why the process ended before its time, if it did
  private Optional<String> attempt(List<Run> runs, int slots, Receiver receiver) {
    try (Child child = new Child(start(slots), film)) {
      return child.work(runs, slots, receiver);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process start(int slots) throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    if (!Files.exists(java) && !Files.exists(java.resolveSibling("java.exe"))) {
      throw new BadInputException(
          film.file(),
          "cannot be decoded: films are decoded in a process of their own, and this Java has no"
              + " bin/java to start one");
    }
    long pictures = (long) slots * (film.references() + PICTURES_IN_WORK);
    long heap = BASE_HEAP + pictures * film.width() * film.height() * BYTES_PER_PIXEL;
    List<String> command =
        List.of(
            java.toString(),
            "-Xmx" + (heap >> 20) + "m",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-Xshare:auto",
            "-cp",
            String.join(System.getProperty("path.separator"), classPath()),
            DecoderProcess.class.getName(),
            Integer.toString(slots));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeAll(Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    return builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  /// Where our classes and JCodec's lie; nothing else is needed.
  private static Set<String> classPath() {
    Set<String> places = new LinkedHashSet<>();
    Stream.of(DecoderProcess.class, H264Decoder.class)
        .map(type -> type.getProtectionDomain().getCodeSource().getLocation())
        .forEach(
            place -> {
              try {
                places.add(Path.of(place.toURI()).toString());
              } catch (URISyntaxException e) {
                throw new IllegalStateException(e);
              }
            });
    return places;
  }
}
