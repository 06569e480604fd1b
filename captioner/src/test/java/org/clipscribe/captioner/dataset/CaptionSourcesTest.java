package org.clipscribe.captioner.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.clipscribe.captioner.dataset.Problem.Reason;
import org.clipscribe.nn.BadInputException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of sources, good and bad rows alike. DS-.. are rows of the project's list of bad
/// inputs.
class CaptionSourcesTest {
  @TempDir Path temp;
  private Workshop shop;

  @BeforeEach
  void open() {
    shop = new Workshop(temp);
  }

  /// DS-01: the row that Flickr30k is distributed with, CR LF, byte order mark, empty caption, `|`
  /// in a caption, missing image, and a line that is not UTF-8.
  @Test
  void readsFlickr30kAndReportsBadRowsWithTheirLine() throws IOException {
    shop.images("1.jpg", "2199200615.jpg", "3.jpg");
    List<String> rows =
        List.of(
            "image_name| comment_number| comment",
            "2199200615.jpg| 3| A dog runs on the grass .",
            "2199200615.jpg| 4   A dog runs across the grass .",
            "1.jpg| 0| A sign says \"a | b\" .",
            "1.jpg| 1| ",
            "",
            "gone.jpg| 0| Nobody has seen this .",
            "gone.jpg| 1| Nor this .",
            "../1.jpg| 0| Above the folder .",
            "1.jpg| one| Which ?",
            "1.jpg| 2|  Naïve    cafés .  ",
            "3.jpg| 0| The last line has no end .");
    String csv = "\ufeff" + String.join("\r\n", rows);
    Path source = shop.file("results.csv", csv);
    BuildReport report = shop.build(source);
    assertThat(shop.captions())
        .containsExactly(
            "1.jpg: A sign says \"a | b\" .; Naïve    cafés .",
            "2199200615.jpg: A dog runs on the grass .",
            "3.jpg: The last line has no end .");
    assertThat(shop.messages())
        .containsExactly(
            "results.csv line 3: has 2 of the 3 fields image_name| comment_number| comment",
            "results.csv line 5: the caption is empty",
            "results.csv line 9: the image \"../1.jpg\" is not below the folder of images",
            "results.csv line 10: comment_number is \"one\", no number",
            "results.csv line 7: there is no gone.jpg in " + temp + " (2 captions)");
    assertThat(report)
        .isEqualTo(
            new BuildReport(
                3, 4, Map.of(Reason.BAD_ROW, 3, Reason.EMPTY_CAPTION, 1, Reason.MISSING_IMAGE, 1)));
  }

  @Test
  void goesOnBehindALineThatIsNotUtf8() throws IOException {
    shop.images("1.jpg");
    byte[] csv = "1.jpg| 0| caf\u00e9\n1.jpg| 1| tea\n".getBytes(StandardCharsets.ISO_8859_1);
    shop.build(shop.file("results.csv", csv));
    assertThat(shop.captions()).containsExactly("1.jpg: tea");
    assertThat(shop.messages()).containsExactly("results.csv line 1: is not UTF-8");
  }

  @Test
  void stopsAtTheFirstBadRowWhenStrictAndLeavesNothingBehind() {
    shop.images("1.jpg");
    shop.strict = true;
    Path source = shop.file("results.csv", "1.jpg| 0| good\n1.jpg| 1  bad\n");
    assertThatThrownBy(() -> shop.build(source))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("results.csv line 2: has 2 of the 3 fields");
    assertThat(temp.resolve("out")).doesNotExist();
  }

  /// DS-02: unknown image_id, repeated ids, null caption; images behind annotations.
  @Test
  void readsCocoInAnyOrderAndReportsWhatDoesNotFit() throws IOException {
    shop.images("a.jpg", "b.jpg", "c.jpg", "z.jpg");
    Path source =
        shop.file(
            "captions.json",
            """
            {"info": {"images": [1, {"x": []}]},
             "annotations": [
              {"id": 10, "image_id": 2, "caption": "ten"},
              {"id": 9, "image_id": 2, "caption": "nine\\n and more "},
              {"id": 10, "image_id": 1, "caption": "ten again"},
              {"id": 11, "image_id": 7, "caption": "whose?"},
              {"id": 12, "image_id": 1, "caption": null},
              {"id": 13, "image_id": 1},
              {"id": 14, "caption": "nobody's"},
              {"id": 15, "image_id": 1, "caption": " "},
              "no object",
              {"image_id": 1, "caption": "without a number"}],
             "images": [
              {"id": 1, "file_name": "a.jpg"},
              {"id": 2, "file_name": "b.jpg"},
              {"id": 2, "file_name": "c.jpg"},
              {"id": 3, "file_name": "c.jpg"},
              {"id": 4, "file_name": "/etc/passwd"},
              {"id": 5}]}
            """);
    shop.build(source);
    assertThat(SourceKind.detect(source).kind()).isEqualTo(SourceKind.COCO);
    assertThat(shop.captions())
        .containsExactly("a.jpg: without a number", "b.jpg: nine and more; ten");
    assertThat(shop.content("out").get(1).id()).isEqualTo("2");
    assertThat(shop.messages())
        .containsExactly(
            "captions.json line 7, annotations[4]: caption is missing",
            "captions.json line 8, annotations[5]: caption is missing",
            "captions.json line 9, annotations[6]: image_id is null, expected a number",
            "captions.json line 11, annotations[8]: is not an object",
            "captions.json line 19, images[5]: file_name is missing",
            "captions.json line 5, annotations[2]: its id is that of an earlier annotation",
            "captions.json line 10, annotations[7]: the caption is empty",
            "captions.json line 16, images[2]: the id 2 is that of an earlier image",
            "captions.json line 18, images[4]: the image \"/etc/passwd\" is not below the folder of"
                + " images",
            "captions.json line 6, annotations[3]: no image has the id 7",
            "captions.json line 17, images[3]: c.jpg has no caption");
  }

  @Test
  void refusesJsonThatIsCutAndSaysWhere() {
    Path source =
        shop.file(
            "captions.json",
            "{\"images\": [{\"id\": 1, \"file_name\": \"a.jpg\"},\n{\"id\": 2, \"file_name\": \"b.j");
    assertThatThrownBy(() -> shop.build(source))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("captions.json: bad JSON in line 2");
    assertThat(temp.resolve("out")).doesNotExist();
  }

  @Test
  void keepsTheSplitsOfKarpathy() throws IOException {
    shop.images("val2014/1.jpg", "2.jpg", "3.jpg", "4.jpg", "5.jpg");
    shop.splitting = new Splitting(1, 0, 0, 1, true);
    Path source =
        shop.file(
            "dataset_coco.json",
            """
            {"images": [
              {"filepath": "val2014", "filename": "1.jpg", "cocoid": 522418, "imgid": 0,
               "split": "restval", "sentids": [1, 2],
               "sentences": [{"tokens": ["a"], "raw": "One.", "sentid": 1}, {"raw": "Uno."}]},
              {"filename": "2.jpg", "split": "train", "imgid": 7, "sentences": [{"raw": "Two."}]},
              {"filename": "3.jpg", "split": "val", "sentences": [{"raw": "Three."}]},
              {"filename": "4.jpg", "split": "test", "sentences": [{"raw": "Four."}]},
              {"filename": "5.jpg", "split": "test", "sentences": []}],
             "dataset": "coco"}
            """);
    shop.build(source);
    assertThat(shop.content("out"))
        .containsExactly(
            new CaptionedImage("7", "2.jpg", Split.TRAIN, List.of("Two.")),
            new CaptionedImage("3.jpg", "3.jpg", Split.VAL, List.of("Three.")),
            new CaptionedImage("4.jpg", "4.jpg", Split.TEST, List.of("Four.")),
            new CaptionedImage("522418", "val2014/1.jpg", Split.TRAIN, List.of("One.", "Uno.")));
    assertThat(shop.messages())
        .containsExactly("dataset_coco.json line 8, images[4]: 5.jpg has no caption");
  }

  @Test
  void drawsNewSplitsWhenAsked() throws IOException {
    shop.images("2.jpg");
    shop.splitting = new Splitting(1, 0, 0, 1, false);
    shop.build(
        shop.file("list.json", "[{\"file\": \"2.jpg\", \"split\": \"train\", \"text\": \"Two\"}]"));
    assertThat(shop.content("out").getFirst().split()).isEqualTo(Split.TEST);
  }

  @Test
  void findsThePicturesOfClipCapUnderTheNamesOfCoco() throws IOException {
    shop.images("COCO_val2014_000000000042.jpg", "train2014/COCO_train2014_000000000043.jpg");
    shop.build(
        shop.file(
            "train_caption.json",
            """
            [{"image_id": "43", "id": 1, "caption": "Another."},
             {"image_id": 42, "id": 2, "caption": "The answer."},
             {"image_id": "43", "id": 3, "caption": "And more."},
             {"image_id": 44, "id": 4, "caption": "Not there."}]
            """));
    assertThat(shop.captions())
        .containsExactly(
            "COCO_val2014_000000000042.jpg: The answer.",
            "train2014/COCO_train2014_000000000043.jpg: Another.; And more.");
    assertThat(shop.messages())
        .singleElement()
        .asString()
        .startsWith("train_caption.json line 4, [3]: there is no COCO_train2014_000000000044.jpg");
  }

  @Test
  void readsAFolderOfImagesWithTextsBesideThem() throws IOException {
    shop.images("set/a.jpg", "set/below/b.PNG", "set/c.jpg", "set/.hidden/d.jpg");
    shop.file("set/a.txt", "\ufeffOne line.\n\n  And another.\r\n");
    shop.file("set/below/b.txt", "B");
    shop.file("set/.hidden/d.txt", "hidden");
    shop.file("set/alone.txt", "no image");
    shop.build(temp.resolve("set"));
    assertThat(shop.captions()).containsExactly("a.jpg: One line.; And another.", "below/b.PNG: B");
    assertThat(shop.messages())
        .containsExactlyInAnyOrder(
            "set/c.jpg: c.jpg has no caption", "set/alone.txt: has no image of its name beside it");
  }

  @Test
  void readsTheMetadataOfAnImageFolder() throws IOException {
    shop.images("set/a.jpg", "set/b.jpg");
    shop.file(
        "set/metadata.jsonl",
        """
        {"file_name": "a.jpg", "text": "A"}

        {"file_name": "b.jpg", "captions": ["B", "and B"]}
        {"file_name": "b.jpg", "caption": 5}
        {"file_name": 5}
        {broken
        """);
    shop.build(temp.resolve("set"));
    assertThat(shop.captions()).containsExactly("a.jpg: A", "b.jpg: B; and B");
    assertThat(shop.messages())
        .hasSize(3)
        .anyMatch(m -> m.equals("set/metadata.jsonl line 4: caption is 5, expected a string"))
        .anyMatch(m -> m.equals("set/metadata.jsonl line 5: file_name is 5, expected a string"))
        .anyMatch(m -> m.startsWith("set/metadata.jsonl line 6: bad JSON"));
  }

  @Test
  void readsATableWithQuotesAndLineBreaks() throws IOException {
    shop.images("a.jpg", "b.jpg", "c.jpg");
    shop.build(
        shop.file(
            "metadata.csv",
            """
            split,file_name,text
            test,a.jpg,"A ""quoted"", comma
            and break"
            train,b.jpg,plain
            train,b.jpg
            ,c.jpg,"never closed
            val,c.jpg,"closed"
            """));
    assertThat(shop.content("out"))
        .containsExactly(
            new CaptionedImage(
                "a.jpg", "a.jpg", Split.TEST, List.of("A \"quoted\", comma and break")),
            new CaptionedImage("b.jpg", "b.jpg", Split.TRAIN, List.of("plain")),
            new CaptionedImage("c.jpg", "c.jpg", Split.VAL, List.of("closed")));
    assertThat(shop.messages())
        .containsExactly(
            "metadata.csv line 5: has 2 fields, the header has 3",
            "metadata.csv line 6: has a quote that is not closed, or more behind one that is");
  }

  @Test
  void namesWhatItCannotUse() throws IOException {
    assertRefused(shop.file("empty.json", ""), "is empty");
    assertRefused(shop.file("notes.md", "# Notes\n"), "is no source of captions that is known");
    assertRefused(
        shop.file("x.json", "{\"licenses\":\n []}"), "has neither images nor annotations");
    assertRefused(shop.file("x.tar.gz", new byte[] {0x1f, (byte) 0x8b, 8}), "is compressed");
    assertRefused(temp.resolve("gone.csv"), "there is no such file");
    Files.createDirectory(temp.resolve("empty folder"));
    assertRefused(temp.resolve("empty folder"), "no image with a caption can be used");
    assertRefused(shop.file("results.csv", "gone.jpg| 0| x\n"), "images are looked for in " + temp);
  }

  private void assertRefused(Path source, String cause) {
    assertThatThrownBy(() -> shop.build(source))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(source.toString())
        .hasMessageContaining(cause);
    assertThat(temp.resolve("out")).doesNotExist();
  }
}
