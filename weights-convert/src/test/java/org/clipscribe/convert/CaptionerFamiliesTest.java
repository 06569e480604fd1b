package org.clipscribe.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Random;
import org.assertj.core.api.Assertions;
import org.clipscribe.captioner.Architecture;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.BundleConfig;
import org.clipscribe.captioner.Caption;
import org.clipscribe.captioner.CaptionRequest;
import org.clipscribe.captioner.Captioner;
import org.clipscribe.captioner.CaptionerOptions;
import org.clipscribe.captioner.ImageEmbedding;
import org.clipscribe.captioner.MappingConfig;
import org.clipscribe.captioner.PositionRule;
import org.clipscribe.clip.Image;
import org.clipscribe.clip.PreprocessorConfig;
import org.clipscribe.clip.VisionConfig;
import org.clipscribe.gpt2.decoding.Decoding;
import org.clipscribe.gpt2.decoding.SearchStrategy;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Captioners other than the original's, from their files to a caption; and what is said of those
/// that lack something.
class CaptionerFamiliesTest {
  @TempDir private Path directory;
  private Path clip;
  private Path bundle;

  @BeforeEach
  void makeClip() {
    clip = directory.resolve("clip");
    bundle = directory.resolve("bundle");
    Models.write(clip.resolve("model.safetensors"), clip(16));
  }

  /// CLIP's image encoder of width 64 with a projection, as Hugging Face has it.
  private static CombinedTensors clip(int projection) {
    CombinedTensors clip =
        Models.renamed(
            Models.captioner(Models.config()),
            name -> name.startsWith("clip.") ? name.substring("clip.".length()) : "");
    Models.add(clip, "visual_projection.weight", projection, 64);
    return clip;
  }

  private static Path clipCap(String kind) {
    return Models.resource("clipcap-" + kind + "-tiny/model.pt");
  }

  private ConvertRequest mlp() {
    return ConvertRequest.of(clipCap("mlp"), bundle)
        .withClip(clip)
        .withTokenizer(Models.firstWords(directory.resolve("words"), 600));
  }

  private static String refusal(ConvertRequest request) {
    BadInputException refused =
        Assertions.catchThrowableOfType(BadInputException.class, () -> Converter.convert(request));
    assertThat(refused).isNotNull();
    return Objects.requireNonNull(refused.getMessage());
  }

  private static Image noise() {
    byte[] rgb = new byte[3 * 90 * 70];
    new Random(5).nextBytes(rgb);
    return new Image(90, 70, rgb);
  }

  @Test
  void makesABundleOfClipCapAndItsClip() {
    ConvertReport report = Converter.convert(mlp());
    BundleConfig config = Bundle.open(bundle).config();
    assertThat(config).isEqualTo(report.config());
    assertThat(config.architecture()).isEqualTo(Architecture.CLIPCAP);
    assertThat(config.mapping())
        .contains(new MappingConfig.Mlp(5, List.of(60), 16, 24, ImageEmbedding.PROJECTED));
    assertThat(config.positionRule()).isEqualTo(PositionRule.CLEAN);
    assertThat(config.maxLength()).isEqualTo(67);
    assertThat(config.form().end()).isEqualTo(OptionalInt.of(13));
    assertThat(report.description()).startsWith("ClipCap, size custom");
    assertThat(report.notes()).anyMatch(note -> note.startsWith("4 tensors in "));
  }

  @Test
  void captionsWithClipCap() {
    Converter.convert(mlp());
    try (Captioner captioner =
        Captioner.open(bundle, CaptionerOptions.defaults().withDevice("cpu"))) {
      Caption caption = captioner.caption(noise());
      assertThat(caption.tokens()).isNotEmpty().hasSizeLessThanOrEqualTo(67);
      CaptionRequest beams =
          CaptionRequest.of(Decoding.of(new SearchStrategy.MeanBeam(5), 67).withCandidates(5));
      assertThat(captioner.candidates(noise(), beams))
          .hasSize(5)
          .isSortedAccordingTo((one, other) -> Double.compare(other.score(), one.score()));
      assertThat(captioner.textModel().tokenizer().vocabularySize()).isEqualTo(600);
    }
  }

  @Test
  void readsWithoutAConfigurationWhatPublishedFilesNeverHaveBesideThem() throws Exception {
    Path alone = Files.copy(clipCap("transformer"), directory.resolve("coco.pt"));
    Models.write(clip.resolve("model.safetensors"), clip(20));
    Path words = Models.firstWords(directory.resolve("words"), 500);
    Path said = directory.resolve("said.json");
    Files.copy(Models.resource("clipcap-transformer-tiny/config.json"), said);
    ConvertRequest request = ConvertRequest.of(alone, bundle).withClip(clip).withTokenizer(words);
    // GPT-2's heads of 64 do not go into a width of 32, and no shape tells them.
    assertThat(refusal(request)).contains("number of attention heads", "--config FILE");
    BundleConfig config = Converter.convert(request.withConfig(said)).config();
    assertThat(config.mapping())
        .contains(new MappingConfig.Transformer(6, 4, 3, 8, 64, 20, 32, ImageEmbedding.UNIT));
    assertThat(config.gpt2().heads()).isEqualTo(4);
  }

  @Test
  void asksForTheClipThatClipCapWasTrainedWith() {
    ConvertRequest alone = ConvertRequest.of(clipCap("mlp"), bundle);
    assertThat(refusal(alone))
        .contains("CLIP's image encoder", "--clip DIR", "image embeddings have 16 numbers");
    Models.write(clip.resolve("model.safetensors"), clip(20));
    assertThat(refusal(mlp()))
        .contains("reads image embeddings of 16 numbers", "those of " + clip + " have 20");
    CombinedTensors without = clip(16);
    without.remove("visual_projection.weight");
    Models.write(clip.resolve("model.safetensors"), without);
    assertThat(refusal(mlp())).contains("without its projection");
    assertThat(Files.exists(bundle)).isFalse();
  }

  @Test
  void namesTheResNetThatClipCapsPublishedTransformerNeeds() {
    CombinedTensors published = new CombinedTensors("test");
    Models.add(published, "clip_project.prefix_const", 2, 64);
    Models.add(published, "clip_project.linear.weight", 128, 640);
    Models.add(published, "clip_project.linear.bias", 128);
    Models.add(published, "clip_project.transformer.layers.0.mlp.fc1.weight", 128, 64);
    Models.add(published, "gpt.transformer.ln_f.weight", 64);
    Path file = Models.write(directory.resolve("coco.safetensors"), published);
    String wanted = "CLIP RN50x4, a ResNet, gives them: unsupported architecture";
    assertThat(refusal(ConvertRequest.of(file, bundle))).contains(wanted);
    assertThat(refusal(ConvertRequest.of(file, bundle).withClip(clip))).contains(wanted);
    assertThat(Doctor.examine(file).problems())
        .anyMatch(
            problem ->
                problem.startsWith("unsupported architecture") && problem.contains("RN50x4"));
  }

  @Test
  void refusesAResNetByNameWhereClipIsAskedFor() {
    CombinedTensors resNet = new CombinedTensors("test");
    Models.add(resNet, "visual.layer1.0.conv1.weight", 2, 2);
    Models.write(clip.resolve("model.safetensors"), resNet);
    assertThat(refusal(mlp())).contains("unsupported architecture", "ResNet");
  }

  @Test
  void hasNoUseForTheOriginalsPositions() {
    assertThat(refusal(mlp().withRule(PositionRule.ORIGINAL)))
        .contains("clipcap", "leave --rule out");
  }

  @Test
  void tellsWhatClipCapIsAndWhatMakesItUsable() {
    Path file = clipCap("mlp");
    Diagnosis found = Doctor.examine(file);
    assertThat(found.problems()).isEmpty();
    assertThat(found.model()).isEqualTo("ClipCap");
    assertThat(found.container()).isEqualTo("torch.save (zip)");
    assertThat(found.buffers()).hasSize(4).allMatch(name -> name.contains(".attn."));
    assertThat(found.parts())
        .extracting(Diagnosis.Network::description)
        .containsExactly("MLP [16, 60, 120], prefix of 5", "GPT-2 [2 x 24]");
    assertThat(found.next())
        .isEqualTo(
            "clipscribe convert %s --clip clip-folder --tokenizer tokenizer-folder --to bundle"
                .formatted(file));
    Diagnosis transformer = Doctor.examine(clipCap("transformer"));
    assertThat(transformer.problems()).isEmpty();
    assertThat(transformer.parts().getFirst().description())
        .isEqualTo("transformer [3 x 32], prefix of 6");
  }

  @Test
  void tellsWhatAViTWithGpt2IsAndWhatMakesItUsable() {
    Path folder =
        Objects.requireNonNull(Models.resource("vit-gpt2-tiny/proj/config.json").getParent());
    Diagnosis found = Doctor.examine(folder);
    assertThat(found.problems()).isEmpty();
    assertThat(found.model()).isEqualTo("vision-encoder-decoder (ViT and GPT-2)");
    assertThat(found.buffers())
        .containsExactlyInAnyOrder("encoder.pooler.dense.bias", "encoder.pooler.dense.weight");
    assertThat(found.parts())
        .extracting(Diagnosis.Network::description)
        .containsExactly("ViT/16 [2 x 24]", "GPT-2 [3 x 36]");
    assertThat(found.next())
        .isEqualTo(
            "clipscribe convert %s --tokenizer tokenizer-folder --to bundle".formatted(folder));
  }

  /// CK-04 for the other families: refused by the numbers alone.
  @ParameterizedTest
  @CsvSource({
    "vit, hidden_size, 2147483648",
    "vit, num_hidden_layers, 1000000000",
    "vit, num_attention_heads, 5",
    "vit, image_size, '\"64\"'",
    "vit, patch_size, 0",
    "vit, qkv_bias, false",
    "gpt2, n_layer, 1000000000",
    "gpt2, n_head, 7",
    "gpt2, add_cross_attention, 1",
  })
  void refusesAViTConfigurationThatCannotBe(String section, String key, String value)
      throws Exception {
    Path folder = damagedProj("");
    Path file = folder.resolve("config.json");
    String json = Files.readString(file);
    String part = section.equals("vit") ? "encoder" : "decoder";
    int from = json.indexOf("\"" + part + "\": {");
    String changed =
        json.substring(from).replaceFirst("\"" + key + "\": [^,\n]+", "\"" + key + "\": " + value);
    Files.writeString(file, json.substring(0, from) + changed);
    assertThat(changed).contains("\"" + key + "\": " + value);
    Path words = Models.firstWords(directory.resolve("words"), 400);
    assertThat(refusal(ConvertRequest.of(folder, bundle).withTokenizer(words))).contains(key);
    assertThat(Files.exists(bundle)).isFalse();
  }

  /// CK-04.
  @ParameterizedTest
  @CsvSource({
    "transformer, mapper_heads, 5",
    "transformer, mapper_heads, '\"8\"'",
    "transformer, num_layers, 1000000000",
    "transformer, clip_length, 2147483648",
    "transformer, prefix_size, 21",
    "transformer, mlp_ratio, 0",
    "mlp, prefix_length, 6",
    "mlp, prefix_size, 2147483648",
    "mlp, hidden_sizes, '[1]'",
    "mlp, stop_token, 600",
    "mlp, max_tokens, 0",
  })
  void refusesAClipCapConfigurationThatCannotBe(String kind, String key, String value)
      throws Exception {
    Path config = clipCap(kind).resolveSibling("config.json");
    Models.write(clip.resolve("model.safetensors"), clip(kind.equals("mlp") ? 16 : 20));
    Path said = directory.resolve("said.json");
    String json = Files.readString(config).replaceFirst("\\{", "{\"" + key + "\": " + value + ",");
    String rest = json.substring(json.indexOf(','));
    Files.writeString(
        said,
        json.substring(0, json.indexOf(',')) + rest.replaceFirst("\"" + key + "\": [^,\n]+,", ""));
    Path words = Models.firstWords(directory.resolve("words"), kind.equals("mlp") ? 600 : 500);
    ConvertRequest request =
        ConvertRequest.of(clipCap(kind), bundle)
            .withClip(clip)
            .withTokenizer(words)
            .withConfig(said);
    String shown =
        switch (key) {
          case "stop_token" -> "end_token";
          case "max_tokens" -> "max_len";
          default -> key;
        };
    assertThat(refusal(request)).contains(shown);
  }

  @ParameterizedTest
  @CsvSource({
    "decoder.transformer.h.1.crossattention.q_attn.weight, GPT-2: 1 weights are missing",
    "encoder.encoder.layer.1.layernorm_after.bias, ViT image encoder: 1 weights are missing",
    "encoder.layernorm.weight, ViT image encoder: 1 weights are missing",
  })
  void listsWhatAViTWithGpt2Lacks(String name, String problem) throws Exception {
    Path folder = damagedProj(name);
    assertThat(Doctor.examine(folder).problems()).anyMatch(found -> found.startsWith(problem));
    ConvertRequest request =
        ConvertRequest.of(folder, bundle)
            .withTokenizer(Models.firstWords(directory.resolve("words"), 400));
    assertThat(refusal(request)).contains("1 missing");
  }

  private Path damagedProj(String without) throws Exception {
    Path from = Models.resource("vit-gpt2-tiny/proj/model.safetensors");
    Path folder = Files.createDirectories(directory.resolve("proj"));
    Files.copy(from.resolveSibling("config.json"), folder.resolve("config.json"));
    try (SafetensorsFile file = SafetensorsFile.open(from)) {
      NamedTensors rest = Models.renamed(file, name -> name.equals(without) ? "" : name);
      Models.write(folder.resolve("model.safetensors"), rest);
    }
    return folder;
  }

  @Test
  void refusesABundleWhoseDecoderLooksAtNothing() throws Exception {
    Path folder =
        Objects.requireNonNull(Models.resource("vit-gpt2-tiny/proj/config.json").getParent());
    Converter.convert(
        ConvertRequest.of(folder, bundle)
            .withTokenizer(Models.firstWords(directory.resolve("words"), 400)));
    Path file = bundle.resolve(Bundle.CONFIG);
    String config = Files.readString(file);
    assertThat(Bundle.open(bundle).preprocessor()).isEqualTo(PreprocessorConfig.vit(64));
    assertThat(Bundle.open(bundle).config().vision().kind()).isEqualTo(VisionConfig.Kind.VIT);
    Files.writeString(file, config.replace("\"add_cross_attention\": true", "\"x\": 1"));
    assertThatThrownBy(() -> Bundle.open(bundle))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("gpt2.add_cross_attention is false, expected true");
    Files.writeString(file, config.replace("vision-encoder-decoder", "vision-decoder"));
    assertThatThrownBy(() -> Bundle.open(bundle))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("architecture is \"vision-decoder\"");
    Files.writeString(file, config.replace("\"version\": 2", "\"version\": 3"));
    assertThatThrownBy(() -> Bundle.open(bundle))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("version is 3");
  }

  @Test
  void saysWhatADecoderWithCrossAttentionCannotDo() {
    Path folder =
        Objects.requireNonNull(Models.resource("vit-gpt2-tiny/proj/config.json").getParent());
    Converter.convert(
        ConvertRequest.of(folder, bundle)
            .withTokenizer(Models.firstWords(directory.resolve("words"), 400)));
    try (Captioner captioner =
        Captioner.open(bundle, CaptionerOptions.defaults().withDevice("cpu"))) {
      assertThatThrownBy(captioner::textModel)
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("writes about pictures only");
    }
  }

  @Test
  void writesTheSameConfigurationAgain() {
    for (String kind : List.of("mlp", "transformer")) {
      Models.write(clip.resolve("model.safetensors"), clip(kind.equals("mlp") ? 16 : 20));
      int words = kind.equals("mlp") ? 600 : 500;
      Path target = directory.resolve("bundle-" + kind);
      BundleConfig config =
          Converter.convert(
                  ConvertRequest.of(clipCap(kind), target)
                      .withClip(clip)
                      .withTokenizer(Models.firstWords(directory.resolve("w" + words), words)))
              .config();
      byte[] json = Json.write(config.toMap()).getBytes(StandardCharsets.UTF_8);
      assertThat(BundleConfig.of(Json.parseObject(json, "again"))).isEqualTo(config);
      Path again = directory.resolve("again-" + kind);
      assertThat(Converter.convert(ConvertRequest.of(target, again)).config()).isEqualTo(config);
    }
  }
}
