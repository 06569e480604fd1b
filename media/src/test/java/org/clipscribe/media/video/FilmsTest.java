package org.clipscribe.media.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.clipscribe.captioner.video.FrameSource;
import org.clipscribe.captioner.video.Moment;
import org.clipscribe.captioner.video.Moments;
import org.clipscribe.captioner.video.Shots;
import org.clipscribe.clip.Image;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Times, sizes and pictures of the fixture clips, against FFmpeg's.
class FilmsTest {
  /// JCodec's pictures are FFmpeg's to the bit; what differs is the rounding of the conversion to
  /// RGB. The fixture's own tolerances.
  private static final double MEAN_TOLERANCE = 6;

  private static final double CELL_TOLERANCE = 16;

  static Stream<String> decodable() {
    return names("load");
  }

  static Stream<String> notDecodable() {
    return names("load or refuse");
  }

  private static Stream<String> names(String expect) {
    return Clips.items().stream()
        .filter(item -> item.string("expect").equals(expect))
        .map(item -> item.string("file"));
  }

  @ParameterizedTest
  @MethodSource("decodable")
  void showsTheFramesThatFfmpegShows(String name) {
    JsonObject item = Clips.item(name);
    try (FrameSource film = Clips.open(name)) {
      assertThat(film.notices()).allSatisfy(n -> assertThat(n).contains("temporal direct"));
      assertThat(film.frames()).isEqualTo(item.integer("frame_count", 1, 1000));
      assertThat(film.info().durationNanos() / 1e9)
          .isCloseTo(item.number("duration"), within(1e-6));
      List<JsonObject> samples = item.objects("samples");
      Map<Integer, Image> images = checkMoments(film, samples);
      for (JsonObject sample : samples) {
        Image image = Objects.requireNonNull(images.get(sample.integer("frame", 0, 1000)));
        assertThat(List.of(image.width(), image.height()))
            .isEqualTo(List.of(film.info().width(), film.info().height()));
        assertThat(item.list("display_size"))
            .map(n -> ((Number) n).intValue())
            .containsExactly(image.width(), image.height());
        checkColours(image, sample);
      }
    }
  }

  private static Map<Integer, Image> checkMoments(FrameSource film, List<JsonObject> samples) {
    List<Moment> moments = Moments.even(film, samples.size());
    for (int i = 0; i < samples.size(); i++) {
      int frame = moments.get(i).frame();
      assertThat(frame).isEqualTo(samples.get(i).integer("frame", 0, 1000));
      assertThat(film.time(frame) / 1e9)
          .isCloseTo(samples.get(i).number("frame_time"), within(1e-6));
    }
    return read(film, moments.stream().mapToInt(Moment::frame).distinct().toArray());
  }

  private static Map<Integer, Image> read(FrameSource film, int[] wanted) {
    Map<Integer, Image> images = new HashMap<>();
    List<Integer> order = new ArrayList<>();
    film.read(
        wanted,
        new FrameSource.Sink() {
          @Override
          public void frame(int frame, Image image) {
            images.put(frame, image);
            order.add(frame);
          }

          @Override
          public void lost(int frame, String why) {
            throw new AssertionError("frame " + frame + " is lost: " + why);
          }
        });
    assertThat(order).containsExactly(Arrays.stream(wanted).boxed().toArray(Integer[]::new));
    return images;
  }

  private static void checkColours(Image image, JsonObject sample) {
    List<?> rows = sample.list("grid_rgb");
    double sum = 0;
    for (int row = 0; row < 4; row++) {
      for (int column = 0; column < 4; column++) {
        for (int channel = 0; channel < 3; channel++) {
          List<?> cell = (List<?>) ((List<?>) rows.get(row)).get(column);
          double expected = ((Number) cell.get(channel)).doubleValue();
          double difference = Math.abs(Clips.mean(image, row, column, channel) - expected);
          assertThat(difference).isLessThan(CELL_TOLERANCE);
          sum += difference;
        }
      }
    }
    assertThat(sum / 48).isLessThan(MEAN_TOLERANCE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "h264-baseline.mp4",
        "animated.gif",
        "made-b.ts",
        "made-b.mkv",
        "made-frag.mp4",
        "made-opengop.mp4",
        "made-faststart.mp4",
        "made-prores.mov"
      })
  void showsEveryFrameOnceAndInOrder(String name) {
    try (FrameSource film = Clips.open(name)) {
      Map<Integer, Image> images = read(film, Clips.allFrames(film));
      for (int frame = 0; frame < film.frames(); frame++) {
        assertThat(Clips.barCode(Objects.requireNonNull(images.get(frame)))).isEqualTo(frame);
      }
    }
  }

  @Test
  void showsFramesOfUnevenLengthAtTheirTrueTimes() {
    JsonObject item = Clips.item("h264-vfr.mp4");
    try (FrameSource film = Clips.open("h264-vfr.mp4")) {
      Map<Integer, Image> images = read(film, Clips.allFrames(film));
      for (int frame = 0; frame < film.frames(); frame++) {
        double time = ((Number) item.list("frame_times").get(frame)).doubleValue();
        assertThat(film.time(frame) / 1e9).isCloseTo(time, within(1e-6));
        int code = ((Number) item.list("source_frame_of_each").get(frame)).intValue();
        assertThat(Clips.barCode(Objects.requireNonNull(images.get(frame)))).isEqualTo(code);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("decodable")
  void findsTheCuts(String name) {
    List<Double> expected =
        Clips.item(name).list("cut_times").stream()
            .map(cut -> ((Number) cut).doubleValue())
            .toList();
    try (FrameSource film = Clips.open(name)) {
      List<Double> found =
          Shots.of(film, 0).stream().skip(1).map(shot -> shot.startNanos() / 1e9).toList();
      assertThat(found).hasSameSizeAs(expected);
      for (int i = 0; i < found.size(); i++) {
        // A film of uneven frames shows the first of the new shot up to one frame later.
        assertThat(found.get(i)).isCloseTo(expected.get(i), within(0.081));
      }
    }
  }

  /// FFmpeg shows the made clips as the pictures of h264-baseline.mp4, turned by this many degrees
  /// clockwise; those of 90 degrees are among the fixtures.
  @ParameterizedTest
  @CsvSource({"made-rot180.mp4, 180", "made-rot270.mp4, 90"})
  void showsTurnedFilmsUpright(String name, int clockwise) {
    int[] frames = {0, 30, 52};
    Map<Integer, Image> stored;
    try (FrameSource film = Clips.open("h264-baseline.mp4")) {
      stored = read(film, frames);
    }
    try (FrameSource film = Clips.open(name)) {
      Map<Integer, Image> shown = read(film, frames);
      for (int frame : frames) {
        Image expected = turned(Objects.requireNonNull(stored.get(frame)), clockwise);
        Image image = Objects.requireNonNull(shown.get(frame));
        assertThat(List.of(film.info().width(), film.info().height()))
            .isEqualTo(List.of(expected.width(), expected.height()));
        assertThat(image.width()).isEqualTo(expected.width());
        assertThat(image.rgb()).isEqualTo(expected.rgb());
      }
    }
  }

  private static Image turned(Image image, int clockwise) {
    int width = image.width();
    int height = image.height();
    byte[] rgb = new byte[image.rgb().length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int to =
            clockwise == 180
                ? (height - 1 - y) * width + width - 1 - x
                : x * height + height - 1 - y;
        System.arraycopy(image.rgb(), 3 * (y * width + x), rgb, 3 * to, 3);
      }
    }
    return clockwise == 180 ? new Image(width, height, rgb) : new Image(height, width, rgb);
  }

  @Test
  void judgesLongFilmsByAFewFramesInARowAtManyPlaces() {
    assertThat(Films.judged(4096).toArray()).hasSize(4096);
    int[] judged = Films.judged(1_000_000).toArray();
    assertThat(judged).hasSize(4096).isSorted().doesNotHaveDuplicates().startsWith(0, 1, 2, 3);
    assertThat(judged[judged.length - 1]).isEqualTo(999_999);
    assertThat(Films.judged(4097).distinct().count()).isGreaterThan(4000);
  }

  @Test
  void showsAFilmThatStartsLateAtItsTimes() {
    try (FrameSource film = Clips.open("made-off.mp4")) {
      assertThat(film.time(0)).isEqualTo(1_500_000_000L);
      assertThat(film.info().durationNanos()).isEqualTo(3_620_000_000L);
      assertThat(film.shownAt(0)).isZero();
    }
  }

  /// One run from the key frame before, whatever is asked for, gives the pictures that decoding all
  /// of the film gives.
  @Test
  void decodesFromTheMiddleToTheSamePictures() {
    try (FrameSource film = Clips.open("made-opengop.mp4")) {
      Map<Integer, Image> all = read(film, Clips.allFrames(film));
      for (int frame : new int[] {11, 12, 13, 23, 25, 52}) {
        Image alone = Objects.requireNonNull(read(film, new int[] {frame}).get(frame));
        assertThat(alone.rgb()).isEqualTo(Objects.requireNonNull(all.get(frame)).rgb());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "made-ten.mp4, H.264 of 10 bits",
    "made-f444.mp4, H.264 4:4:4",
    "made-inter.mp4, interlaced H.264",
    "made-audio.m4a, there is no video"
  })
  void saysWhatItIsThatItCannotDecode(String name, String words) {
    assertThatThrownBy(() -> Clips.open(name))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(name)
        .hasMessageContaining(words);
  }

  @ParameterizedTest
  @MethodSource("notDecodable")
  void namesWhatItCannotDecode(String name) {
    assertThatThrownBy(() -> Clips.open(name))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(name)
        .hasMessageContaining(Clips.item(name).string("codec").toUpperCase(Locale.ROOT))
        .hasMessageContaining("install ffmpeg");
  }
}
