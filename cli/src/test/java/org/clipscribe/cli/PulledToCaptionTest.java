package org.clipscribe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.clip.ClipConfig;
import org.clipscribe.clip.ClipInitialisation;
import org.clipscribe.clip.ClipModel;
import org.clipscribe.clip.EncoderConfig;
import org.clipscribe.clip.TextConfig;
import org.clipscribe.clip.VisionConfig;
import org.clipscribe.nn.SeededTensors;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.nn.safetensors.SafetensorsWriter;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.Unary;
import org.clipscribe.tensor.spi.Backend;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// From a repository of a hub to the reference's very tokens, through nothing but the command line.
class PulledToCaptionTest {
  private static final Path GOLDEN = Path.of("../weights-convert/src/test/resources");
  private static final Path PHOTOS = Path.of("../examples/photos");

  @TempDir Path home;
  private final Session session = new Session();

  @BeforeEach
  void moveIn() {
    session.environment.put("HOME", home.toString());
  }

  private Session.Outcome run(String... arguments) {
    Session.Outcome outcome = session.run(arguments);
    assertThat(outcome.status()).as(outcome.err()).isZero();
    return outcome;
  }

  private static JsonObject json(Session.Outcome outcome) {
    return Json.parseObject(outcome.out().getBytes(StandardCharsets.UTF_8), "stdout");
  }

  /// Pulls a repository with these files; the hub is gone afterwards.
  ///
  /// @return what `pull --json` says
  private JsonObject pull(String repository, List<Path> files, String... options)
      throws IOException {
    try (HubStub hub = new HubStub(repository)) {
      for (Path file : files) {
        hub.files.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
      session.environment.put("HF_ENDPOINT", hub.address());
      List<String> arguments = new ArrayList<>(List.of("pull", repository, "--json"));
      arguments.addAll(List.of(options));
      return json(run(arguments.toArray(String[]::new)));
    }
  }

  private static List<Path> files(Path... folders) throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path folder : folders) {
      try (var entries = Files.list(folder)) {
        entries
            .filter(file -> !file.getFileName().toString().matches("(expected|provenance)\\..*"))
            .forEach(files::add);
      }
    }
    return files;
  }

  @ParameterizedTest
  @ValueSource(strings = {"equal", "proj"})
  void captionsWithAViTAndGpt2OfTheHub(String model) throws IOException {
    Path folder = GOLDEN.resolve("vit-gpt2-tiny").resolve(model);
    JsonObject expected = Json.readObject(folder.resolve("expected.json"));
    int tokens =
        Json.readObject(folder.resolve(Bundle.CONFIG))
            .object("decoder")
            .integer("vocab_size", 1, 1 << 20);
    Path words = FirstWords.write(home.resolve("words"), tokens);
    JsonObject pulled = pull("org/vit-gpt2", files(folder, words));
    assertThat(Path.of(pulled.string("bundle"), Bundle.WEIGHTS)).isRegularFile();

    JsonObject found =
        json(
            run(
                "caption",
                PHOTOS.resolve(expected.string("file")).toString(),
                "--model",
                "org/vit-gpt2",
                "--max-tokens",
                "17",
                "--json"));
    List<?> golden = (List<?>) expected.objects("generate").getFirst().list("sequences").getFirst();
    // Behind the token that the decoder begins with.
    assertThat(found.list("tokens")).isEqualTo(golden.subList(1, golden.size()));
  }

  /// The golden data begin with CLIP's embedding, so the CLIP here sees that in every picture.
  @ParameterizedTest
  @ValueSource(strings = {"mlp", "transformer"})
  void captionsWithClipCapAndAClipOfTheHub(String kind) throws IOException {
    Path folder = GOLDEN.resolve("clipcap-%s-tiny".formatted(kind));
    JsonObject config = Json.readObject(folder.resolve(Bundle.CONFIG));
    int inputs = config.integer("prefix_size", 1, 1 << 10);
    Path words =
        FirstWords.write(
            home.resolve("words"), config.object("gpt2").integer("vocab_size", 1, 1 << 20));
    Path captioner =
        Path.of(pull("org/clipcap", files(folder), "--no-convert").string("path"), "model.pt");
    List<JsonObject> items = Json.readObject(folder.resolve("expected.json")).objects("items");
    for (int i = 0; i < items.size(); i++) {
      Path clip = clip(embedding(folder, i, inputs), i);
      String repository = "org/clip-" + i;
      String eyes = pull(repository, List.of(clip), "--no-convert").string("path");
      String bundle = home.resolve("bundle-" + i).toString();
      run(
          "convert",
          captioner.toString(),
          "--clip",
          eyes,
          "--tokenizer",
          words.toString(),
          "--to",
          bundle);

      String photo = PHOTOS.resolve("000000126107.jpg").toString();
      JsonObject found = json(run("caption", photo, "--model", bundle, "--json"));
      JsonObject expected = items.get(i).object("greedy");
      assertThat(found.list("tokens")).isEqualTo(expected.list("tokens"));
      assertThat(found.string("caption")).isEqualTo(expected.string("text").strip());
    }
  }

  private static float[] embedding(Path folder, int index, int inputs) {
    try (SafetensorsFile golden = SafetensorsFile.open(folder.resolve("expected.safetensors"))) {
      float[] all = golden.floats("clip_embedding");
      return Arrays.copyOfRange(all, index * inputs, (index + 1) * inputs);
    }
  }

  /// A CLIP whose last norm forgets the picture and gives ones, of which the projection makes the
  /// embedding.
  private Path clip(float[] embedding, int index) throws IOException {
    int width = 64; // a head of it is one of CLIP's, so no configuration has to say how many
    EncoderConfig encoder = new EncoderConfig(width, width, 1, 1, Unary.QUICK_GELU, 1e-5f);
    ClipConfig config =
        new ClipConfig(
            new VisionConfig(encoder, 32, 16), new TextConfig(encoder, 8, 4), embedding.length);
    Path folder = Files.createDirectories(home.resolve("clip-" + index));
    try (Backend backend = Backends.open("reference", 1).backend()) {
      SeededTensors seeded =
          SeededTensors.of(
              backend,
              1,
              new ClipInitialisation(config),
              _ -> true,
              source -> ClipModel.of(source, config));
      Map<String, TensorInfo> layout = new LinkedHashMap<>();
      seeded.names().stream()
          .filter(name -> name.startsWith("vis"))
          .forEach(name -> layout.put(name, seeded.info(name)));
      Path file = folder.resolve(Bundle.WEIGHTS);
      try (SafetensorsWriter writer = new SafetensorsWriter(file, layout, Map.of())) {
        for (String name : layout.keySet()) {
          float[] values = seeded.floats(name);
          switch (name) {
            case "vision_model.post_layernorm.weight" -> Arrays.fill(values, 0);
            case "vision_model.post_layernorm.bias" -> Arrays.fill(values, 1);
            case "visual_projection.weight" -> {
              for (int i = 0; i < values.length; i++) {
                values[i] = embedding[i / width] / width;
              }
            }
            default -> {}
          }
          writer.write(name, values);
        }
        writer.commit();
      }
      return file;
    }
  }
}
