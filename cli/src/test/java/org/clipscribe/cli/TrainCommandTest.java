package org.clipscribe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrainCommandTest {
  private static final Path PHOTOS = Path.of("../examples/photos");

  @TempDir Path folder;
  private final Session session = new Session();

  private Session.Outcome run(String... arguments) {
    Session.Outcome outcome = session.run(arguments);
    assertThat(outcome.status()).as(outcome.err()).isZero();
    return outcome;
  }

  private static Map<String, String> captions() throws IOException {
    Map<String, String> captions = new TreeMap<>();
    for (String line : Files.readAllLines(PHOTOS.resolve("metadata.jsonl"))) {
      JsonObject row = Json.parseObject(line.getBytes(StandardCharsets.UTF_8), "");
      captions.put(row.string("file_name"), row.string("text"));
    }
    return captions;
  }

  /// The chain from end to end: pictures, a data set, training, a bundle, the captions again.
  @Test
  void learnsTheCaptionsOfTenPhotos() throws IOException {
    String bundle = TinyCaptioner.write(folder.resolve("tiny")).toString();
    String data = folder.resolve("data").toString();
    Path out = folder.resolve("run");
    run(
        "dataset",
        "build",
        PHOTOS.toString(),
        "--model",
        bundle,
        "--out",
        data,
        "--split",
        "1,0,0");
    Session.Outcome trained =
        run(
            arguments(
                "train --epochs 120 --batch 10 --accumulate 1 --lr 0.006 --warmup 0.05 --dropout 0",
                "--fresh-mapping --seed 3 --threads 2",
                "--data",
                data,
                "--model",
                bundle,
                "--out",
                out.toString()));
    assertThat(trained.err())
        .contains("epoch 120 of 120: loss 0.0")
        .contains("(best)")
        .containsPattern("memory: .*MB are weights \\([0-9.]+\\), gradients .*activations");
    assertThat(lastLoss(out)).isLessThan(0.05);
    Map<String, String> expected = captions();
    assertThat(expected).hasSize(10);
    assertThat(captioned(out.resolve("bundle"), expected)).isEqualTo(expected);
  }

  @Test
  void thePresetOfTheEmbeddedModelBeginsWithNothing() {
    String out = folder.resolve("mini").toString();
    Session.Outcome withModel =
        session.run("train", "--preset", "mini", "--data", "art", "--model", "tiny", "--out", out);
    assertThat(withModel.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(withModel.err()).contains("--model").contains("begins with nothing");
    Session.Outcome noModel = session.run("train", "--data", "art", "--out", out);
    assertThat(noModel.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(noModel.err()).contains("--model is missing");
    String art = folder.resolve("art").toString();
    Session.Outcome noArt = session.run("train", "--preset", "mini", "--data", art, "--out", out);
    assertThat(noArt.status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(noArt.err()).contains("noto.safetensors").contains("scenes/fetch-art");
    assertThat(noArt.err().lines()).hasSize(1);
  }

  private static String[] arguments(String first, String second, String... others) {
    List<String> all = new ArrayList<>(List.of((first + " " + second).split(" ")));
    all.addAll(List.of(others));
    return all.toArray(String[]::new);
  }

  private static double lastLoss(Path out) throws IOException {
    return Files.readAllLines(out.resolve("log.csv")).stream()
        .filter(line -> line.contains(",train/loss,"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(',') + 1)))
        .reduce((_, last) -> last)
        .orElseThrow();
  }

  private Map<String, String> captioned(Path bundle, Map<String, String> photos) {
    Map<String, String> found = new TreeMap<>();
    for (String photo : photos.keySet()) {
      Session.Outcome outcome =
          run(
              "caption",
              PHOTOS.resolve(photo).toString(),
              "--model",
              bundle.toString(),
              "--no-cache",
              "--json");
      JsonObject json = Json.parseObject(outcome.out().getBytes(StandardCharsets.UTF_8), "caption");
      found.put(photo, json.string("caption"));
    }
    return found;
  }

  @Test
  void refusesNumbersThatMakeNoSense() {
    for (String wrong :
        List.of("--lr 0", "--epochs 0", "--batch 0", "--warmup 2", "--dropout 1", "--clip 0")) {
      Session.Outcome outcome = session.run(arguments("train --data d --model m --out o", wrong));
      assertThat(outcome.status()).as(wrong).isEqualTo(ExitStatus.USAGE);
      assertThat(outcome.err()).contains(wrong.split(" ")[0] + " is ").contains("must be");
    }
  }

  @Test
  void explainsItself() {
    Session.Outcome outcome = run("train", "--help");
    assertThat(outcome.out())
        .contains("--resume", "--preset", "--freeze", "--seed")
        .contains("clipscribe train --data data/holiday --model models/small --out runs/holiday");
  }
}
