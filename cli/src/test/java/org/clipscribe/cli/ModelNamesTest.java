package org.clipscribe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.clipscribe.cli.Session.Outcome;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `--model NAME` means the same to every command that has it.
class ModelNamesTest {
  private static final Path TINY = Path.of("../examples/tiny-original");
  private static final String PHOTO = "../examples/photos/000000126107.jpg";

  /// A call of each command that takes a model, with nothing wrong but the model.
  private static final Map<String, String> CALLS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("caption", PHOTO),
              Map.entry("video", "../media/src/test/resources/video/h264-main.mp4 -n 1"),
              Map.entry("generate", "once"),
              Map.entry("embed", PHOTO),
              Map.entry("classify", PHOTO + " --labels a,b"),
              Map.entry("search", "../examples/photos dog"),
              Map.entry("evaluate", "--data ../examples/photos"),
              Map.entry("dataset build", "../examples/photos --out OUT"),
              Map.entry("train", "--data OUT --out OUT"),
              Map.entry("bench", "")));

  @TempDir Path home;
  private final Session session = new Session();

  @BeforeEach
  void moveIn() {
    session.environment.put("HOME", home.toString());
    session.environment.put(Tokenizers.VARIABLE, "../examples/gpt2-tokenizer");
  }

  private List<String> words(String... parts) {
    List<String> words = new ArrayList<>();
    for (String part : parts) {
      if (!part.isEmpty()) {
        words.addAll(List.of(part.split(" ")));
      }
    }
    words.replaceAll(word -> word.equals("OUT") ? home.resolve("out").toString() : word);
    return words;
  }

  private Outcome run(String... parts) {
    return session.run(words(parts).toArray(String[]::new));
  }

  @Test
  void everyCommandNamesTheCommandThatFetchesAKnownModel() {
    assertThat(CALLS.keySet()).isEqualTo(commandsWithAModel());
    CALLS.forEach(
        (command, arguments) -> {
          Outcome outcome = run(command, arguments, "--model clip-gpt-captioning-s");
          assertThat(outcome.errorLines())
              .as(command)
              .last()
              .isEqualTo(
                  "error: clip-gpt-captioning-s: no such model (--model); fetch it: clipscribe pull"
                      + " clip-gpt-captioning-s");
          assertThat(outcome.status()).as(command).isEqualTo(ExitStatus.NO_MODEL);
        });
    assertThat(home).isEmptyDirectory();
  }

  /// By what they say of themselves.
  private Set<String> commandsWithAModel() {
    String all = session.run().err();
    List<String> commands =
        new ArrayList<>(
            List.of(all.lines().findFirst().orElseThrow().replaceFirst(".*: ", "").split(", ")));
    commands.addAll(List.of("dataset build", "dataset info"));
    Set<String> found = new TreeSet<>();
    for (String command : commands) {
      if (run(command, "--help").out().contains("--model=")) {
        found.add(command);
      }
    }
    return found;
  }

  @Test
  void trainsWhatWasPulledByItsName() throws IOException {
    try (HubStub hub = new HubStub("org/tiny")) {
      for (String file : List.of("model.pt", "config.json")) {
        hub.files.put(file, Files.readAllBytes(TINY.resolve(file)));
      }
      session.environment.put("HF_ENDPOINT", hub.address());
      assertThat(run("pull org/tiny").status()).isZero();
    }
    String data = home.resolve("data").toString();
    Path out = home.resolve("run");
    assertThat(
            run("dataset build ../examples/photos --model org/tiny --split 1,0,0 --out", data)
                .status())
        .isZero();
    String captions = "--epochs 1 --accumulate 1 --threads 1 --model org/tiny --out " + out;
    Outcome captioning = run("train --batch 5 --data", data, captions);
    assertThat(captioning.status()).as(captioning.err()).isZero();
    assertThat(run("caption", PHOTO, "--model", out + "/bundle").status()).isZero();

    String text = Files.writeString(home.resolve("text.txt"), "A gull on a pole. ").toString();
    String texts = "--epochs 1 --block 4 --threads 1 --model org/tiny --out " + out + "-text";
    Outcome language = run("train --task gpt2 --data", text, texts);
    assertThat(language.status()).as(language.err()).isZero();
    try (SafetensorsFile weights =
        SafetensorsFile.open(home.resolve("run-text/model/model.safetensors"))) {
      assertThat(weights.names()).contains("transformer.wte.weight");
    }
    // It is found, and it has no such encoder.
    assertThat(run("train --task clip --model org/tiny --data", data, "--out", out + "-clip").err())
        .contains("model.pt")
        .contains("holds no CLIP's text encoder");
  }
}
