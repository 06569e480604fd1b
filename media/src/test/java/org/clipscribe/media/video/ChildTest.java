package org.clipscribe.media.video;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.clipscribe.clip.Image;
import org.clipscribe.media.video.Decoding.CodedFilm;
import org.junit.jupiter.api.Test;

/// Whoever decodes for us may loop for ever or fall silent: it is ended, and nothing of it stays.
class ChildTest {
  /// Burns a core until it is killed, whatever happens to its input.
  static final class Looping {
    private Looping() {}

    @SuppressWarnings("InfiniteLoopStatement")
    public static void main(String[] arguments) {
      long number = arguments.length;
      while (true) {
        number = number * 6364136223846793005L + 1442695040888963407L;
        if (number == 42) {
          System.err.println(number); // so that the loop is not optimised away
        }
      }
    }
  }

  private static Process start(String... command) throws IOException {
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  private static Process startJava(Class<?> main) throws IOException {
    return start(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-cp",
        System.getProperty("java.class.path"),
        main.getName());
  }

  private static CodedFilm film() {
    Samples.Data data =
        new Samples.Data() {
          @Override
          public ByteBuffer read(int sample) {
            return ByteBuffer.allocate(8);
          }

          @Override
          public ByteBuffer head(int sample) {
            return read(sample);
          }
        };
    Samples samples =
        new Samples(data, new long[] {0}, new long[] {40_000_000}, new boolean[] {true});
    H264Setup setup = new H264Setup(0, List.of(), List.of());
    return new CodedFilm(
        Path.of("film.mp4"), Wire.H264, setup, 16, 16, 1, new Colours(1, false), samples);
  }

  /// Fails for any answer: these processes have none.
  private static final class NoReceiver implements Decoding.Receiver {
    @Override
    public void frame(int sample, Image stored) {
      throw new AssertionError("frame " + sample);
    }

    @Override
    public void thumbnail(int sample, byte[] luma) {
      throw new AssertionError("thumbnail " + sample);
    }

    @Override
    public void lost(int sample, String why) {
      throw new AssertionError("lost " + sample);
    }
  }

  private static Optional<String> work(Process process, Run run) {
    try (Child child = new Child(process, film())) {
      return child.work(List.of(run), 1, new NoReceiver());
    }
  }

  @Test
  void endsADecoderThatLoops() throws IOException {
    Process looping = startJava(Looping.class);
    Run run = new Run(new int[] {0}, new byte[] {Wire.FRAME});

    Optional<String> why = work(looping, run);

    assertThat(why).hasValueSatisfying(w -> assertThat(w).contains("stopped after too long"));
    assertThat(run.missing()).containsExactly(0);
    assertThat(looping.isAlive()).isFalse();
    assertThat(ProcessHandle.of(looping.pid()).filter(ProcessHandle::isAlive)).isEmpty();
  }

  @Test
  void noticesADecoderThatBreaksDown() throws IOException {
    Process broken = start("false");
    Optional<String> why = work(broken, new Run(new int[] {0}, new byte[] {Wire.FRAME}));
    assertThat(why).hasValueSatisfying(w -> assertThat(w).contains("broke down"));
    assertThat(broken.isAlive()).isFalse();
  }

  /// When whoever asked is gone, killed for example, its decoder does not outlive it.
  @Test
  void theDecoderEndsWithItsInput() throws Exception {
    List<String> output = new ArrayList<>();
    Process decoder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                DecoderProcess.class.getName(),
                "1")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    decoder.getOutputStream().close();
    try (var reader = decoder.inputReader()) {
      reader.lines().forEach(output::add); // until it closes its side, which is when it ends
    }
    assertThat(decoder.waitFor()).isZero();
    assertThat(output).isEmpty();
  }
}
