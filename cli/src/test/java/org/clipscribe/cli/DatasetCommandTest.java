package org.clipscribe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.clipscribe.captioner.dataset.EmbeddingDataset;
import org.clipscribe.cli.Session.Outcome;
import org.clipscribe.clip.ImagePreprocessor;
import org.clipscribe.clip.PreprocessorConfig;
import org.clipscribe.media.ImageFileReader;
import org.clipscribe.media.ReadOptions;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetCommandTest {
  private static final Path PHOTOS = Path.of("../examples/photos");
  private static final Path PICKLES =
      Path.of("../weights-convert/src/test/resources/dataset-pickles");

  @TempDir static Path shared;
  @TempDir Path temp;
  private Path source;
  private Path out;
  private Session session;

  @BeforeAll
  static void convert() {
    Outcome outcome =
        new Session()
            .run(
                "convert",
                "../examples/tiny-original/model.pt",
                "--tokenizer",
                "../examples/gpt2-tokenizer",
                "--to",
                shared.resolve("tiny").toString());
    assertThat(outcome.status()).as(outcome.err()).isZero();
  }

  @BeforeEach
  void writeSource() throws IOException {
    source = temp.resolve("results.csv");
    Files.writeString(
        source,
        """
        image_name| comment_number| comment
        000000126107.jpg| 0| A gull on a roof .
        000000126107.jpg| 1| A bird by the sea .
        000000165518.jpg| 0   A row that lacks a separator .
        000000165518.jpg| 1| A street .
        gone.jpg| 0| Nobody knows .
        """);
    out = temp.resolve("out");
    session = new Session();
    session.environment.put("CLIPSCRIBE_MODEL", shared.resolve("tiny").toString());
  }

  private Outcome build(Object... more) {
    List<String> arguments = new ArrayList<>(List.of("dataset", "build", source.toString()));
    arguments.addAll(List.of("--out", out.toString()));
    if (!List.of(more).contains("--images")) {
      arguments.addAll(List.of("--images", PHOTOS.toString()));
    }
    for (Object argument : more) {
      arguments.add(argument.toString());
    }
    return session.run(arguments.toArray(String[]::new));
  }

  @Test
  void buildsADataSetAndSaysWhatItLeftOut() {
    Outcome outcome = build();
    // A third of the images: too much to pass for a slip.
    assertThat(outcome.status()).as(outcome.err()).isEqualTo(ExitStatus.SOME_FAILED);
    assertThat(outcome.out())
        .startsWith(out + ": 2 images with 3 captions (train 2, val 0, test 0)");
    assertThat(outcome.errorLines())
        .contains(
            "warning: "
                + source
                + " line 4: has 2 of the 3 fields image_name| comment_number| comment",
            "warning: "
                + source
                + " line 6: there is no gone.jpg in ../examples/photos (1 caption)",
            "warning: left out: 1 rows that cannot be read, 1 images that are not there",
            "warning: that is more than a tenth; the data set is there all the same",
            "next: clipscribe dataset info " + out);
  }

  @Test
  void saysWhatIsInADataSet() {
    assertThat(build("--quiet").err()).isEmpty();
    Outcome text = session.run("dataset", "info", out.toString());
    assertThat(text.status()).isZero();
    assertThat(text.out())
        .contains("source      flickr30k\n")
        .contains("images      2, each with 1 to 2 captions, 1.5 on average, median 1\n")
        .contains("captions    3, each of 2 to 5 words, 4.0 on average, median 5\n")
        .contains("vocabulary  9 words\n")
        .contains("train       2 images, 3 captions\n")
        .contains("embeddings  10 numbers each (f32, upright)\n");
    Outcome json = session.run("dataset", "info", "--json", "--verify", out.toString());
    JsonObject info =
        Json.parseObject(json.out().getBytes(StandardCharsets.UTF_8), "standard output");
    assertThat(info.integer("captions", 0, 99)).isEqualTo(3);
    assertThat(info.object("splits").object("val").integer("images", 0, 99)).isZero();
    assertThat(info.string("sha256")).hasSize(64);
  }

  @Test
  void printsOneJsonDocument() {
    Outcome outcome = build("--json", "--split", "0,0,1");
    JsonObject json =
        Json.parseObject(outcome.out().getBytes(StandardCharsets.UTF_8), "standard output");
    assertThat(json.object("left_out").integer("bad_row", 0, 99)).isEqualTo(1);
    assertThat(json.object("splits").object("test").integer("captions", 0, 99)).isEqualTo(3);
  }

  @Test
  void readsTheOriginalsPickle() throws IOException {
    // Of ten numbers like the tiny model's embeddings; the fixtures have four.
    source = PICKLES.resolve("valid-4.pkl");
    Outcome outcome = build();
    assertThat(outcome.status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(outcome.err())
        .contains("row 0: its embedding has 4 numbers, the model's have 10; name the model");
    assertThat(out).doesNotExist();
    source = PICKLES.resolve("eval.pkl");
    outcome = build();
    assertThat(outcome.status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(outcome.errorLines()).singleElement().asString().contains("builtins.eval");
  }

  @Test
  void endsWithTheStatusOfWhatIsWrong() throws IOException {
    assertFails(ExitStatus.USAGE, "expected three shares", "--split", "0.5,0.6,0.1");
    assertFails(ExitStatus.USAGE, "three numbers", "--split", "1");
    assertFails(ExitStatus.USAGE, "at least 1", "--batch", 0);
    assertFails(ExitStatus.BAD_INPUT, "line 4: has 2 of the 3 fields", "--strict");
    assertFails(ExitStatus.NO_MODEL, "no such model", "--model", "nowhere");
    assertFails(ExitStatus.BAD_INPUT, "images are looked for in", "--images", temp);
    assertThat(out).doesNotExist();
    assertThat(build().status()).isEqualTo(ExitStatus.SOME_FAILED);
    assertFails(ExitStatus.BAD_INPUT, "is a data set already");
    assertThat(build("--force").status()).isEqualTo(ExitStatus.SOME_FAILED);
    Files.delete(out.resolve("dataset.json"));
    assertThat(session.run("dataset", "info", out.toString()).status())
        .isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(session.run("dataset").status()).isEqualTo(ExitStatus.USAGE);
  }

  private void assertFails(int status, String message, Object... arguments) {
    Outcome outcome = build(arguments);
    assertThat(outcome.err()).contains(message);
    assertThat(outcome.status()).isEqualTo(status);
  }

  /// As Flickr30k has one.
  @Test
  void takesABadRowAmongManyForNoFailure() throws IOException {
    StringBuilder rows = new StringBuilder("image_name| comment_number| comment\n");
    for (int i = 0; i < 12; i++) {
      rows.append("000000165518.jpg| %d| A street of number %d .\n".formatted(i, i));
    }
    Files.writeString(source, rows + "000000165518.jpg| 12   no separator\n");
    Outcome outcome = build();
    assertThat(outcome.status()).as(outcome.err()).isZero();
    assertThat(outcome.errorLines())
        .contains("warning: left out: 1 rows that cannot be read")
        .noneMatch(line -> line.contains("more than a tenth"));
  }

  @Test
  void knowsNoOptionThatHasNoEffect() {
    assertFails(ExitStatus.USAGE, "--no-cache", "--no-cache");
  }

  @Test
  void keepsPicturesInsteadOfEmbeddings() {
    Outcome outcome = build("--pictures");
    assertThat(outcome.out()).startsWith(out + ": 2 images with 3 captions");
    Outcome text = session.run("dataset", "info", "--verify", out.toString());
    assertThat(text.out()).contains("pictures    150528 bytes each (upright)\n");
    try (EmbeddingDataset dataset = EmbeddingDataset.open(out)) {
      byte[] expected =
          new ImagePreprocessor(PreprocessorConfig.clip(224))
              .crop(
                  new ImageFileReader(ReadOptions.DEFAULT)
                      .read(PHOTOS.resolve(dataset.image(0).file()))
                      .image());
      assertThat(dataset.picture(0)).isEqualTo(expected);
    }
  }

  @Test
  void showsAFewProblemsOfEachKindAndCountsTheRest() throws IOException {
    Files.writeString(source, "gone.jpg  no separator\n".repeat(100), StandardOpenOption.APPEND);
    Outcome outcome = build();
    assertThat(outcome.errorLines())
        .filteredOn(line -> line.contains("of the 3 fields"))
        .hasSize(5);
    assertThat(outcome.err()).contains("left out: 101 rows that cannot be read");
  }
}
