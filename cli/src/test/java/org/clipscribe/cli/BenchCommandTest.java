package org.clipscribe.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.clipscribe.captioner.Work;
import org.clipscribe.cli.Roofline.Part;
import org.clipscribe.cli.Session.Outcome;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What it says and draws; how fast anything is no test can know.
class BenchCommandTest {
  @TempDir private Path folder;

  private final Session session = new Session();

  @Test
  void measuresEachPartOfACaptionAgainstTheMachine() {
    Outcome outcome = session.run("bench", "--size", "tiny", "--quick", "--json", "--threads", "1");

    assertThat(outcome.status()).as(outcome.err()).isZero();
    JsonObject json = Json.parseObject(outcome.out().getBytes(StandardCharsets.UTF_8), "stdout");
    assertThat(json.string("machine")).contains("1 thread", "f32", "tiny");
    assertThat(json.number("peakGflops")).isPositive();
    assertThat(json.number("readGbPerSecond")).isPositive();
    List<JsonObject> parts = json.objects("parts");
    assertThat(parts.stream().map(part -> part.string("name")))
        .containsExactly("image", "each word", "caption of 20 words");
    for (JsonObject part : parts) {
      assertThat(part.number("milliseconds")).isPositive();
      assertThat(part.number("shareOfRoofline")).isPositive();
    }
  }

  @Test
  void doesWithoutLimitsOnDevicesThatTellNone() {
    Outcome outcome = session.run("bench", "--size=tiny", "--quick", "--device=reference", "-q");

    assertThat(outcome.status()).as(outcome.err()).isZero();
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out()).doesNotContain("at most").contains("each word");
  }

  @Test
  void drawsIntoTheFileThatIsNamed() throws IOException {
    Path svg = folder.resolve("roof.svg");
    Path png = folder.resolve("roof.PNG");
    for (Path file : List.of(svg, png)) {
      Outcome outcome =
          session.run("bench", "--size=tiny", "--quick", "--threads=1", "--plot=" + file);
      assertThat(outcome.status()).as(outcome.err()).isZero();
    }
    assertThat(svg).content().startsWith("<svg ").contains("each word", "GB/s");
    assertThat(Files.readAllBytes(png)).startsWith(0x89, 'P', 'N', 'G');
  }

  @Test
  void refusesWhatItCannotDoBeforeItMeasures() {
    assertThat(session.run("bench", "--plot", "roof.pdf").status()).isEqualTo(ExitStatus.USAGE);
    assertThat(session.run("bench", "--size", "XXL").status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(session.run("bench", "--threads", "0").status()).isEqualTo(ExitStatus.USAGE);
  }

  @Test
  void sharesAreOfTheNearerLimit() {
    Part reading = new Part("reading", new Work(20, 10), 1, 0);
    Part computing = new Part("computing", new Work(8000, 10), 100, 0.1);
    Roofline roofline = new Roofline("a machine", 100, 50, 4, List.of(reading, computing));

    assertThat(roofline.bound(reading)).isEqualTo("memory");
    assertThat(roofline.share(reading)).isCloseTo(0.8, within(1e-9));
    assertThat(roofline.bound(computing)).isEqualTo("arithmetic");
    assertThat(roofline.share(computing)).isCloseTo(0.8, within(1e-9));
    assertThat(roofline.table())
        .contains("reading                          1000    0 %")
        .contains("80 %\n");
  }
}
