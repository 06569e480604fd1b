package org.clipscribe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.clipscribe.cli.Session.Outcome;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// From a film on the command line to subtitles, with the example model.
class VideoCommandTest {
  private static final Path CLIPS = Path.of("../media/src/test/resources/video");

  @TempDir static Path shared;
  private static Path bundle;

  @TempDir Path folder;
  private final Session session = new Session();

  @BeforeAll
  static void convert() {
    bundle = shared.resolve("tiny");
    Session session = new Session();
    session.environment.put(Tokenizers.VARIABLE, "../examples/gpt2-tokenizer");
    assertThat(
            session.run("convert", "../examples/tiny-original/model.pt", "--to", bundle.toString()))
        .extracting(Outcome::status)
        .isEqualTo(0);
  }

  @BeforeEach
  void nameTheModel() {
    session.environment.put(ModelLocator.VARIABLE, bundle.toString());
  }

  private Outcome video(Object... arguments) {
    return session.run(
        Stream.concat(Stream.of("video"), Stream.of(arguments).map(Object::toString))
            .toArray(String[]::new));
  }

  private Path clip(String name) throws IOException {
    return Files.copy(CLIPS.resolve(name), folder.resolve(name));
  }

  private List<String> files() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private String read(String name) throws IOException {
    return Files.readString(folder.resolve(name));
  }

  @Test
  void writesSubtitlesBesideTheFilm() throws IOException {
    Outcome outcome = video(clip("h264-main.mp4"), "-n", "3");

    assertThat(outcome.status()).isZero();
    assertThat(outcome.out().lines()).hasSize(3).allMatch(l -> l.matches("[0-9:.]{12}  .+"));
    assertThat(files())
        .containsExactly("h264-main.mp4", "h264-main_caption.json", "h264-main_caption.srt");
    assertThat(read("h264-main_caption.srt").lines().filter(line -> line.contains("-->")))
        .containsExactly(
            "00:00:00,000 --> 00:00:00,707",
            "00:00:00,707 --> 00:00:01,413",
            "00:00:01,413 --> 00:00:02,120");
  }

  @Test
  void doesWhatTheOriginalDoesForItsOptions() throws IOException {
    Outcome outcome = video("-V", clip("h264-baseline.mp4"), "-N", "4");

    assertThat(outcome.status()).isZero();
    assertThat(files())
        .containsExactly(
            "h264-baseline.mp4",
            "h264-baseline_caption.json",
            "h264-baseline_caption.srt",
            "h264-baseline_captioning_frames");
    assertThat(read("h264-baseline_caption.srt").lines().filter(line -> line.contains("-->")))
        .containsExactly(
            "00:00:00,000 --> 00:00:00,265",
            "00:00:00,530 --> 00:00:00,795",
            "00:00:01,060 --> 00:00:01,325",
            "00:00:01,590 --> 00:00:01,855");
    try (Stream<Path> frames = Files.list(folder.resolve("h264-baseline_captioning_frames"))) {
      assertThat(frames.map(frame -> frame.getFileName().toString()).sorted())
          .containsExactly("frame_0000.jpg", "frame_0001.jpg", "frame_0002.jpg", "frame_0003.jpg");
    }
  }

  /// The same frame, captioned as a picture and within the film, says the same.
  @Test
  void saysWhatCaptionSaysOfTheSamePictures() throws IOException {
    Outcome film = video(clip("animated.gif"), "--scenes", "--json", "--formats", "html");
    JsonObject document = Json.parseObject(film.out().getBytes(StandardCharsets.UTF_8), "stdout");

    assertThat(film.status()).isZero();
    assertThat(document.objects("captions")).hasSize(2);
    assertThat(read("animated_caption.html"))
        .contains("data:image/jpeg;base64,")
        .contains(document.objects("captions").getFirst().string("caption"))
        .doesNotContain("http:", "https:");
    Outcome picture = session.run("caption", folder.resolve("animated.gif").toString());
    Outcome first = video(folder.resolve("animated.gif"), "-n", "1", "--json");
    assertThat(
            Json.parseObject(first.out().getBytes(StandardCharsets.UTF_8), "stdout")
                .objects("captions")
                .getFirst()
                .string("caption"))
        .isEqualTo(picture.out().strip());
  }

  @Test
  void joinsEqualNeighbours() throws IOException {
    Outcome outcome = video(clip("one-frame.mp4"), "-n", "5", "--merge");

    assertThat(outcome.status()).isZero();
    assertThat(read("one-frame_caption.srt").lines().filter(line -> line.contains("-->")))
        .containsExactly("00:00:00,000 --> 00:00:00,040");
  }

  @Test
  void captionsAFolderOfPictures() throws IOException {
    Path pictures = Files.createDirectory(folder.resolve("pictures"));
    for (String name : List.of("000000126107.jpg", "000000165518.jpg")) {
      Files.copy(Path.of("../examples/photos").resolve(name), pictures.resolve(name));
    }
    Outcome outcome = video(pictures, "--every", "1s");

    assertThat(outcome.status()).isZero();
    assertThat(outcome.out().lines()).hasSize(2);
    assertThat(folder.resolve("pictures_caption.srt")).exists();
  }

  @ParameterizedTest
  @CsvSource({"hevc.mp4, HEVC", "vp9.webm, VP9", "made-ten.mp4, 10 bits"})
  void namesWhatItCannotDecodeAndWritesNothing(String name, String codec) throws IOException {
    Outcome outcome = video(clip(name), "--no-ffmpeg", "--keep-frames");

    assertThat(outcome.status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.errorLines()).hasSize(1);
    assertThat(Objects.requireNonNull(outcome.errorLines().getFirst()))
        .contains(name)
        .contains(codec);
    assertThat(files()).containsExactly(name);
  }

  @ParameterizedTest
  @CsvSource({
    "-n 0, -n is 0",
    "--every 5 --scenes, exclude each other",
    "--every fast, a time like",
    "--fps 0, --fps is 0.0",
    "-V other.mp4, named twice"
  })
  void refusesOptionsThatMakeNoSense(String options, String words) {
    Outcome outcome =
        session.run(
            Stream.concat(Stream.of("video", "film.mp4"), Stream.of(options.split(" ")))
                .toArray(String[]::new));

    assertThat(outcome.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(outcome.errorLines().getFirst()).contains(words);
  }

  @Test
  void saysThatAFilmIsMissing() {
    Outcome outcome = video(folder.resolve("nothing.mp4"));

    assertThat(outcome.status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(outcome.errorLines()).hasSize(1);
  }
}
