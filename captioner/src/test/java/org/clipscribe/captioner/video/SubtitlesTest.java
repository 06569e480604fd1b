package org.clipscribe.captioner.video;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.clipscribe.captioner.Caption;
import org.clipscribe.captioner.ModelInfo;
import org.clipscribe.nn.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Files of subtitles, read again by parsers that were written from the formats' descriptions and
/// not from the writer.
class SubtitlesTest {
  private static final long HOUR = 3_600_000;

  private static TimedCaption caption(long start, long end, String text) {
    return new TimedCaption(start, end, 7, start, new Caption(text, List.of(1, 2), -0.5));
  }

  private static final List<TimedCaption> CAPTIONS =
      List.of(
          caption(0, 4240, "A dog on a beach"),
          caption(4240, 4240, "Two\n\n lines --> and an arrow"),
          caption(4240, 9_999, "<b>bold</b> & \"quoted\""),
          caption(10_000, 100 * HOUR + 1, "a hundred hours"));

  private record Cue(long start, long end, String text) {}

  @Test
  void writesSubRipThatParses() {
    List<Cue> cues = parseSrt(Subtitles.srt(CAPTIONS));
    assertThat(cues)
        .containsExactly(
            new Cue(0, 4240, "A dog on a beach"),
            new Cue(4240, 4240, "Two lines -> and an arrow"),
            new Cue(4240, 9999, "<b>bold</b> & \"quoted\""),
            new Cue(10_000, 100 * HOUR + 1, "a hundred hours"));
  }

  @Test
  void writesWebVttThatParses() {
    String text = Subtitles.webVtt(CAPTIONS);
    assertThat(text).startsWith("WEBVTT\n\n");
    List<Cue> cues = new ArrayList<>();
    for (String block : text.substring("WEBVTT\n\n".length()).strip().split("\n\n")) {
      String[] lines = block.split("\n");
      assertThat(lines).hasSize(2);
      assertThat(lines[1]).doesNotContain("-->").doesNotContain("<");
      cues.add(cue(lines[0], '.', unescaped(lines[1])));
    }
    assertThat(cues).hasSize(4);
    assertThat(cues.get(2).text()).isEqualTo("<b>bold</b> & \"quoted\"");
    assertThat(cues.get(3).end()).isEqualTo(100 * HOUR + 1);
  }

  @Test
  void leavesEmptyCaptionsOutAndNumbersTheOthersInARow() {
    String srt =
        Subtitles.srt(List.of(caption(0, 1, "a"), caption(1, 2, " \n"), caption(2, 3, "b")));
    assertThat(parseSrt(srt)).containsExactly(new Cue(0, 1, "a"), new Cue(2, 3, "b"));
  }

  @ParameterizedTest
  @CsvSource({
    "0, '00:00:00,000'",
    "3599999, '00:59:59,999'",
    "36000000, '10:00:00,000'",
    "360000000, '100:00:00,000'",
    "360061001, '100:01:01,001'"
  })
  void writesTimesOfAnyLength(long millis, String expected) {
    assertThat(Subtitles.srtTime(millis)).isEqualTo(expected);
  }

  @Test
  void writesTheArrayOfTheOriginal() {
    List<?> entries = (List<?>) parse(Subtitles.originalJson(CAPTIONS));
    assertThat(entries).hasSize(4);
    assertThat((Map<?, ?>) entries.get(0))
        .isEqualTo(
            Map.of(
                "start", "00:00:00,000",
                "end", "00:00:04,240",
                "lang", "en",
                "text", "A dog on a beach"));
  }

  @Test
  void writesAllThatIsKnownAsOneObject() {
    VideoInfo film = new VideoInfo("mp4", "h264", 640, 360, 0, 12_345_678_901L);
    Map<?, ?> document =
        (Map<?, ?>) parse(Subtitles.json("a.mp4", film, new ModelInfo("m", "S", "00ff"), CAPTIONS));
    assertThat(document.get("duration")).isEqualTo(12.346);
    assertThat((Map<?, ?>) document.get("model")).isEqualTo(Map.of("name", "m", "digest", "00ff"));
    Map<?, ?> second =
        (Map<?, ?>) ((List<?>) Objects.requireNonNull(document.get("captions"))).get(1);
    assertThat(second.get("start")).isEqualTo(4.24);
    assertThat(second.get("caption")).isEqualTo("Two lines --> and an arrow");
    assertThat(second.get("tokens")).isEqualTo(List.of(1L, 2L));
  }

  @Test
  void joinsNeighboursThatSayTheSame() {
    List<TimedCaption> merged =
        VideoCaptioner.merged(
            List.of(
                caption(0, 1, "a"), caption(1, 2, "a"), caption(2, 3, "b"), caption(3, 4, "a")));
    assertThat(merged).map(TimedCaption::startMillis).containsExactly(0L, 2L, 3L);
    assertThat(merged).map(TimedCaption::endMillis).containsExactly(2L, 3L, 4L);
  }

  private static Object parse(String json) {
    return Objects.requireNonNull(Json.parse(json.getBytes(StandardCharsets.UTF_8), "test"));
  }

  private static List<Cue> parseSrt(String text) {
    assertThat(text).doesNotContain("\r").doesNotStartWith("\ufeff").endsWith("\n\n");
    List<Cue> cues = new ArrayList<>();
    for (String block : text.strip().split("\n\n")) {
      String[] lines = block.split("\n");
      assertThat(lines).hasSize(3);
      assertThat(lines[0]).isEqualTo(Integer.toString(cues.size() + 1));
      cues.add(cue(lines[1], ',', lines[2]));
    }
    return cues;
  }

  private static Cue cue(String times, char point, String text) {
    Pattern pattern =
        Pattern.compile(
            "(\\d{2,}):([0-5]\\d):([0-5]\\d)P(\\d{3}) --> (\\d{2,}):([0-5]\\d):([0-5]\\d)P(\\d{3})"
                .replace("P", Pattern.quote(String.valueOf(point))));
    Matcher matcher = pattern.matcher(times);
    assertThat(matcher.matches()).as(times).isTrue();
    long start = millis(matcher, 1);
    long end = millis(matcher, 5);
    assertThat(end).isGreaterThanOrEqualTo(start);
    return new Cue(start, end, text);
  }

  private static long millis(Matcher matcher, int group) {
    return ((Long.parseLong(matcher.group(group)) * 60 + Long.parseLong(matcher.group(group + 1)))
                    * 60
                + Long.parseLong(matcher.group(group + 2)))
            * 1000
        + Long.parseLong(matcher.group(group + 3));
  }

  private static String unescaped(String text) {
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
  }
}
