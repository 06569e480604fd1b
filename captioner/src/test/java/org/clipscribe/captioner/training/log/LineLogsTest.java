package org.clipscribe.captioner.training.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.clipscribe.nn.BadInputException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineLogsTest {
  private static final byte[] PICTURE = {1, 2, 3};

  @TempDir Path folder;
  private Path csv;
  private Path jsonl;

  @BeforeEach
  void nameTheFiles() {
    csv = folder.resolve("log.csv");
    jsonl = folder.resolve("log.jsonl");
  }

  private TrainingLog open(long lastStep) {
    return TrainingLog.all(List.of(CsvLog.open(csv, lastStep), JsonLinesLog.open(jsonl, lastStep)));
  }

  private static void step(TrainingLog log, long step) {
    log.scalar(step, "train/loss", 1.0 / step);
    log.text(step, "samples/dog", "a dog\n\"number\" " + step + " <b>");
    log.picture(step, "samples/dog", PICTURE);
  }

  @Test
  void writesALineForEachEntry() throws IOException {
    try (TrainingLog log = open(-1)) {
      log.scalar(0, "a,\"b\"\nc", Double.NaN);
      step(log, 3);
    }
    assertThat(csv).hasContent("step,name,value\n0,\"a,\"\"b\"\" c\",NaN\n3,train/loss," + 1.0 / 3);
    String picture =
        "pictures/039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81.png";
    assertThat(Files.readString(jsonl))
        .isEqualTo(
            """
            {"step":0,"name":"a,\\"b\\"\\nc","value":"NaN"}
            {"step":3,"name":"train/loss","value":0.3333333333333333}
            {"step":3,"name":"samples/dog","text":"a dog\\n\\"number\\" 3 <b>"}
            {"step":3,"name":"samples/dog","picture":"%s"}
            """
                .formatted(picture));
    assertThat(folder.resolve(picture)).hasBinaryContent(PICTURE);
  }

  @Test
  void readsBackWhatItWrote() throws IOException {
    try (TrainingLog log = open(-1)) {
      log.scalar(1, "x", Double.NEGATIVE_INFINITY);
      step(log, 2);
    }
    assertThat(Files.readAllLines(jsonl).stream().map(LogEntry::parse).map(e -> e.orElseThrow()))
        .contains(
            new LogEntry.Scalar(1, "x", Double.NEGATIVE_INFINITY),
            new LogEntry.Scalar(2, "train/loss", 0.5),
            new LogEntry.Text(2, "samples/dog", "a dog\n\"number\" 2 <b>"));
  }

  @Test
  void aResumedRunWritesTheBytesOfOneNeverInterrupted() throws IOException {
    try (TrainingLog log = open(-1)) {
      for (int i = 1; i <= 6; i++) {
        step(log, i);
      }
    }
    byte[] wholeCsv = Files.readAllBytes(csv);
    byte[] wholeJsonl = Files.readAllBytes(jsonl);
    // Killed at any byte after step 3, of which there is a checkpoint.
    int fromCsv = lengthOfLines(wholeCsv, 1 + 3);
    int fromJsonl = lengthOfLines(wholeJsonl, 3 * 3);
    for (int more = 0; more < 120; more++) {
      Files.write(csv, Arrays.copyOf(wholeCsv, Math.min(wholeCsv.length, fromCsv + more)));
      Files.write(jsonl, Arrays.copyOf(wholeJsonl, fromJsonl + more));
      try (TrainingLog log = open(3)) {
        for (int i = 4; i <= 6; i++) {
          step(log, i);
        }
      }
      assertThat(csv).hasBinaryContent(wholeCsv);
      assertThat(jsonl).hasBinaryContent(wholeJsonl);
    }
  }

  private static int lengthOfLines(byte[] text, int lines) {
    int at = 0;
    for (int i = 0; i < lines; i++) {
      while (text[at++] != '\n') {}
    }
    return at;
  }

  @Test
  void cutsTheZerosThatAPowerFailureLeaves() throws IOException {
    try (TrainingLog log = open(-1)) {
      step(log, 1);
    }
    byte[] written = Files.readAllBytes(csv);
    Files.write(csv, new byte[100], StandardOpenOption.APPEND);
    Files.write(csv, new byte[] {'\n'}, StandardOpenOption.APPEND);
    CsvLog.open(csv, 10).close();
    assertThat(csv).hasBinaryContent(written);
  }

  @Test
  void aNewRunStartsEmptyFiles() throws IOException {
    try (TrainingLog log = open(-1)) {
      step(log, 1);
    }
    open(-1).close();
    assertThat(csv).hasContent("step,name,value");
    assertThat(jsonl).isEmptyFile();
  }

  @Test
  void leavesAForeignFileAlone() throws IOException {
    Files.writeString(csv, "name,phone\nAda,1\n");
    Files.writeString(jsonl, "{\"my\": \"notes\"}\n");
    assertThatThrownBy(() -> CsvLog.open(csv, -1))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("log.csv: is not a log of a training run");
    assertThatThrownBy(() -> JsonLinesLog.open(jsonl, -1)).isInstanceOf(BadInputException.class);
    assertThat(csv).hasContent("name,phone\nAda,1");
    assertThat(jsonl).hasContent("{\"my\": \"notes\"}");
  }

  @Test
  void refusesAStepBeforeTheLastOne() {
    try (TrainingLog log = open(-1)) {
      log.scalar(5, "x", 0);
      assertThatThrownBy(() -> log.scalar(4, "x", 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("log: step 4 after step 5: steps never go back");
    }
  }

  @Test
  void whatWasFlushedIsInTheFileBeforeClosing() throws IOException {
    try (TrainingLog log = open(-1)) {
      log.scalar(1, "x", 0.5);
      log.flush();
      assertThat(Files.readString(csv)).endsWith("1,x,0.5\n");
      assertThat(Files.readString(jsonl)).endsWith("0.5}\n");
    }
  }
}
