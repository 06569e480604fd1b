package org.clipscribe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.clip.ClipConfig;
import org.clipscribe.clip.ClipInitialisation;
import org.clipscribe.clip.ClipModel;
import org.clipscribe.clip.EncoderConfig;
import org.clipscribe.clip.PreprocessorConfig;
import org.clipscribe.clip.TextConfig;
import org.clipscribe.clip.VisionConfig;
import org.clipscribe.gpt2.Gpt2;
import org.clipscribe.gpt2.Gpt2Config;
import org.clipscribe.nn.Initialisation;
import org.clipscribe.nn.SeededTensors;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.nn.safetensors.SafetensorsWriter;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.Unary;
import org.clipscribe.tensor.spi.Backend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `train --task clip` and `--task gpt2`, from files to a model that other commands use.
final class TrainNetworksCommandTest {
  private static final Path PHOTOS = Path.of("../examples/photos");
  private static final Path CLIP_WORDS = Path.of("../clip/src/test/resources/tokenizer");
  private static final Path GPT2_WORDS = Path.of("../examples/gpt2-tokenizer");

  @TempDir Path folder;
  private final Session session = new Session();

  private Session.Outcome run(Object... arguments) {
    Session.Outcome outcome =
        session.run(List.of(arguments).stream().map(Object::toString).toArray(String[]::new));
    assertThat(outcome.status()).as(outcome.err()).isZero();
    return outcome;
  }

  /// A model as Hugging Face has it, with random weights.
  private Path write(String name, Map<String, Object> config, SeededTensors weights, Path words)
      throws IOException {
    Path target = Files.createDirectories(folder.resolve(name));
    Files.writeString(target.resolve(Bundle.CONFIG), Json.write(config));
    Files.copy(words.resolve("vocab.json"), target.resolve(Bundle.VOCABULARY));
    Files.copy(words.resolve("merges.txt"), target.resolve(Bundle.MERGES));
    Map<String, TensorInfo> layout = new LinkedHashMap<>();
    weights.names().forEach(tensor -> layout.put(tensor, weights.info(tensor)));
    try (SafetensorsWriter writer =
        new SafetensorsWriter(target.resolve(Bundle.WEIGHTS), layout, Map.of())) {
      for (String tensor : layout.keySet()) {
        writer.copy(tensor, weights, tensor);
      }
      writer.commit();
    }
    return target;
  }

  private Path clip() throws IOException {
    EncoderConfig small = new EncoderConfig(32, 64, 2, 2, Unary.QUICK_GELU, 1e-5f);
    ClipConfig config =
        new ClipConfig(new VisionConfig(small, 64, 16), new TextConfig(small, 49408, 77), 16);
    try (Backend backend = Backends.open("reference", 1).backend()) {
      SeededTensors weights =
          SeededTensors.of(
              backend,
              5,
              new ClipInitialisation(config),
              _ -> true,
              source -> ClipModel.of(source, config));
      Path written = write("clip", config.toMap(), weights, CLIP_WORDS);
      Files.writeString(
          written.resolve(Bundle.PREPROCESSOR), Json.write(PreprocessorConfig.clip(64).toMap()));
      return written;
    }
  }

  private Path gpt2() throws IOException {
    Gpt2Config config = new Gpt2Config(50257, 32, 32, 2, 2, 64, Unary.GELU_TANH, 1e-5f, true);
    try (Backend backend = Backends.open("reference", 1).backend()) {
      SeededTensors weights =
          SeededTensors.of(
              backend,
              5,
              Initialisation.normal(0.05f),
              _ -> false,
              source -> Gpt2.of(source.at("transformer"), config));
      return write("gpt2", config.toMap(), weights, GPT2_WORDS);
    }
  }

  private static double last(Path out, String name) throws IOException {
    return Files.readAllLines(out.resolve("log.csv")).stream()
        .filter(line -> line.contains("," + name + ","))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(',') + 1)))
        .reduce((_, last) -> last)
        .orElseThrow();
  }

  @Test
  void teachesClipWhichCaptionBelongsToWhichPhoto() throws IOException {
    Path clip = clip();
    Path data = folder.resolve("data");
    run(
        "dataset",
        "build",
        PHOTOS,
        "--model",
        clip,
        "--pictures",
        "--split",
        "1,0,0",
        "--out",
        data);
    Path out = folder.resolve("run");
    Session.Outcome trained =
        run(
            "train",
            "--task",
            "clip",
            "--data",
            data,
            "--model",
            clip,
            "--out",
            out,
            "--epochs",
            60,
            "--batch",
            10,
            "--lr",
            0.002,
            "--threads",
            2);
    assertThat(trained.err()).contains("epoch 60 of 60: loss 0.0");
    assertThat(trained.out()).contains("run/model: trained clip");
    assertThat(last(out, "train/image-to-text-accuracy")).isEqualTo(1);
    assertThat(last(out, "train/text-to-image-accuracy")).isEqualTo(1);
    Path model = out.resolve("model");
    // The names of CLIPModel, and everything that its users need.
    try (SafetensorsFile weights = SafetensorsFile.open(model.resolve(Bundle.WEIGHTS))) {
      assertThat(weights.names())
          .contains("logit_scale", "text_model.final_layer_norm.weight")
          .noneMatch(name -> name.startsWith("clip."));
    }
    String pizza = "Pizza on a plate next to a wine glass and a book.";
    String cat = "A cat next to a reflection of itself in a mirror.";
    for (Map.Entry<String, String> own :
        Map.of("000000121647.jpg", pizza, "000000358083.jpg", cat).entrySet()) {
      Session.Outcome found =
          run(
              "classify",
              PHOTOS.resolve(own.getKey()),
              "--labels",
              pizza + "," + cat,
              "--template",
              "{}",
              "--model",
              model,
              "--json");
      assertThat(found.out()).contains("\"label\":\"" + own.getValue() + "\"");
    }
    // A second run into the same folder is refused; with other settings, too.
    assertThat(
            session
                .run(
                    "train",
                    "--task",
                    "clip",
                    "--data",
                    data.toString(),
                    "--model",
                    clip.toString(),
                    "--out",
                    out.toString())
                .err())
        .contains("is there already; go on with --resume");
  }

  @Test
  void teachesGpt2ATextAndWritesWhatGenerateReads() throws IOException {
    Path gpt2 = gpt2();
    Path text = folder.resolve("rhyme.txt");
    Files.writeString(
        text, "Hickory dickory dock\nThe mouse ran up the clock\n", StandardCharsets.UTF_8);
    Path out = folder.resolve("run");
    Session.Outcome trained =
        run(
            "train",
            "--task",
            "gpt2",
            "--data",
            text,
            "--lines",
            "--holdout",
            0,
            "--model",
            gpt2,
            "--out",
            out,
            "--epochs",
            60,
            "--lr",
            0.01,
            "--dropout",
            0,
            "--decay",
            0,
            "--threads",
            2);
    assertThat(trained.err()).contains("epoch 60 of 60: loss 0.0");
    assertThat(last(out, "train/loss")).isLessThan(0.05);
    Session.Outcome found =
        run(
            "generate",
            "Hickory dickory",
            "--model",
            out.resolve("model"),
            "--max-tokens",
            12,
            "--json");
    JsonObject json = Json.parseObject(found.out().getBytes(StandardCharsets.UTF_8), "generate");
    assertThat(json.string("text")).startsWith(" dock");
  }

  /// A bundle whose decoder learned stays a bundle.
  @Test
  void trainsTheDecoderOfABundleInItsPlace() throws IOException {
    Path bundle = TinyCaptioner.write(folder.resolve("tiny"));
    Path text = folder.resolve("text.txt");
    Files.writeString(text, "A gull on a pole.");
    Path out = folder.resolve("run");
    run(
        "train",
        "--task",
        "gpt2",
        "--data",
        text,
        "--model",
        bundle,
        "--out",
        out,
        "--epochs",
        2,
        "--train",
        "gpt2.ln_f.*",
        "--threads",
        2);
    try (SafetensorsFile before = SafetensorsFile.open(bundle.resolve(Bundle.WEIGHTS));
        SafetensorsFile after = SafetensorsFile.open(out.resolve("model/model.safetensors"))) {
      assertThat(after.names()).containsExactlyInAnyOrderElementsOf(before.names());
      for (String name : before.names()) {
        if (name.startsWith("gpt2.ln_f.")) {
          assertThat(after.floats(name)).as(name).isNotEqualTo(before.floats(name));
        } else {
          assertThat(after.floats(name)).as(name).isEqualTo(before.floats(name));
        }
      }
    }
    Bundle.open(out.resolve("model"));
  }

  @Test
  void refusesOptionsOfAnotherTask() {
    for (String wrong :
        List.of(
            "--task clip --preset s",
            "--task clip --lines",
            "--task clip --dropout 0.1",
            "--task gpt2 --fresh-mapping",
            "--task gpt2 --holdout 1",
            "--task captioning --fresh",
            "--task captioning --block 8")) {
      Session.Outcome outcome =
          session.run(("train --data d --model m --out o " + wrong).split(" "));
      assertThat(outcome.status()).as(wrong).isEqualTo(ExitStatus.USAGE);
      assertThat(outcome.err()).as(wrong).contains(wrong.split(" ")[2]);
    }
    assertThat(folder.resolve("o")).doesNotExist();
  }

  @Test
  void saysWhatAModelLacks() throws IOException {
    Path bundle = TinyCaptioner.write(folder.resolve("tiny"));
    Session.Outcome outcome =
        session.run(
            "train",
            "--task",
            "clip",
            "--data",
            "d",
            "--model",
            bundle.toString(),
            "--out",
            folder.resolve("run").toString());
    assertThat(outcome.status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(outcome.err()).contains("holds no CLIP's text encoder");
  }
}
