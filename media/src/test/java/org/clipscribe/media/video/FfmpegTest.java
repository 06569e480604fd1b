package org.clipscribe.media.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.clipscribe.captioner.video.FrameSource;
import org.clipscribe.clip.Image;
import org.clipscribe.nn.BadInputException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What goes to `ffmpeg`: with a stand-in that writes down how it was called, and with the real one
/// where there is one (CI installs it).
class FfmpegTest {
  @TempDir private Path folder;

  /// A program called `ffmpeg` that notes its arguments, one a line, and then runs a script.
  private Map<String, String> standIn(String script) throws IOException {
    Path program = folder.resolve("ffmpeg");
    Files.writeString(
        program,
        "#!/bin/sh\nprintf '%%s\\n' \"$@\" > '%s'\n%s\n".formatted(folder.resolve("log"), script));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return Map.of("PATH", "relative:" + folder);
  }

  private static List<Integer> play(FrameSource film, List<String> lost) {
    List<Integer> seen = new ArrayList<>();
    film.read(
        new int[] {3, 20},
        new FrameSource.Sink() {
          @Override
          public void frame(int frame, Image image) {
            seen.add(frame);
          }

          @Override
          public void lost(int frame, String why) {
            lost.add(why);
          }
        });
    return seen;
  }

  @Test
  void asksForTheWantedFramesOfALocalFileOnly() throws IOException {
    Map<String, String> environment = standIn("head -c 165888 /dev/zero"); // two of 192 x 144
    Path odd = Files.copy(Clips.path("hevc.mp4"), folder.resolve("-i; touch x $(touch y).mp4"));
    try (FrameSource film = Films.open(odd, FilmOptions.DEFAULT, environment)) {
      assertThat(play(film, new ArrayList<>())).containsExactly(3, 20);
    }
    List<String> arguments = Files.readAllLines(folder.resolve("log"));
    assertThat(arguments)
        .contains("file:" + odd.toAbsolutePath())
        .contains("-nostdin")
        .containsSequence("-protocol_whitelist", "file,pipe")
        .anyMatch(argument -> argument.startsWith("select='eq(n\\,3)+eq(n\\,20)'"));
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).hasSize(3); // nothing of the name was executed
    }
  }

  @Test
  void tellsWhichFramesItDidNotGet() throws IOException {
    Map<String, String> environment = standIn("head -c 82944 /dev/zero; echo 'bad data' >&2");
    List<String> lost = new ArrayList<>();
    try (FrameSource film = Films.open(Clips.path("hevc.mp4"), FilmOptions.DEFAULT, environment)) {
      assertThat(play(film, lost)).containsExactly(3);
    }
    assertThat(lost).singleElement().asString().contains("bad data");
  }

  @Test
  void saysWhatItComplainedOf() throws IOException {
    Map<String, String> environment = standIn("echo 'no decoder' >&2; exit 1");
    try (FrameSource film = Films.open(Clips.path("vp9.webm"), FilmOptions.DEFAULT, environment)) {
      assertThatThrownBy(() -> play(film, new ArrayList<>()))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("no decoder");
    }
  }

  @Test
  void isNotStartedWhenForbidden() throws IOException {
    Map<String, String> environment = standIn("head -c 165888 /dev/zero");
    FilmOptions options = FilmOptions.DEFAULT.withFfmpeg(false);
    assertThatThrownBy(() -> Films.open(Clips.path("hevc.mp4"), options, environment))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("HEVC");
    assertThat(folder.resolve("log")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"hevc.mp4", "vp9.webm", "h264-high-bframes.mp4", "made-ten.mp4"})
  void showsEveryFrameThroughTheRealOne(String name) {
    Assumptions.assumeTrue(
        Ffmpeg.find(System.getenv()).isPresent(), "there is no ffmpeg on the PATH");
    try (FrameSource film = Films.open(Clips.path(name), FilmOptions.DEFAULT, System.getenv())) {
      List<Integer> codes = new ArrayList<>();
      film.read(
          Clips.allFrames(film),
          new FrameSource.Sink() {
            @Override
            public void frame(int frame, Image image) {
              codes.add(Clips.barCode(image));
            }

            @Override
            public void lost(int frame, String why) {
              throw new AssertionError(why);
            }
          });
      assertThat(codes).hasSize(film.frames());
      for (int frame = 0; frame < codes.size(); frame++) {
        assertThat(codes.get(frame)).isEqualTo(frame);
      }
    }
  }
}
