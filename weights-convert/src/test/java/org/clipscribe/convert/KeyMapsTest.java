package org.clipscribe.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.assertj.core.api.Assertions;
import org.clipscribe.captioner.BundleConfig;
import org.clipscribe.clip.ClipConfig;
import org.clipscribe.clip.ClipModel;
import org.clipscribe.clip.PreprocessorConfig;
import org.clipscribe.clip.TextConfig;
import org.clipscribe.clip.VisionConfig;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.DType;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.ParameterLayout;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.Unary;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Captioners put together from the folders that Hugging Face and others publish.
final class KeyMapsTest {
  @TempDir Path directory;
  private final NamedTensors captioner = Models.captioner(Models.config());
  private Path clip;
  private Path gpt2;
  private Path mapping;

  @BeforeEach
  void publish() {
    clip = directory.resolve("clip");
    gpt2 = directory.resolve("gpt2");
    mapping = directory.resolve("mapping.safetensors");
    Models.tokenizer(gpt2);
    Models.write(mapping, only("mapping.", "mp."));
    Models.write(gpt2.resolve("model.safetensors"), only("gpt2.", ""));
    Models.write(clip.resolve("model.safetensors"), visionTower());
  }

  /// The tensors of a part, with another prefix.
  private CombinedTensors only(String prefix, String theirs) {
    return Models.renamed(
        captioner, name -> name.startsWith(prefix) ? theirs + name.substring(prefix.length()) : "");
  }

  private CombinedTensors visionTower() {
    return only("clip.", "");
  }

  private ConvertRequest request() {
    return ConvertRequest.of(mapping, directory.resolve("bundle"))
        .withClip(clip)
        .withGpt2(gpt2)
        .withForce(true);
  }

  private BundleConfig assertMakesTheCaptioner() {
    BundleConfig config = Converter.convert(request()).config();
    try (SafetensorsFile made =
        SafetensorsFile.open(directory.resolve("bundle/model.safetensors"))) {
      Models.assertSameWeights(made, captioner);
    }
    return config;
  }

  @Test
  void putsACaptionerTogetherFromThreeCheckpoints() {
    assertThat(assertMakesTheCaptioner()).isEqualTo(Models.config());
  }

  @Test
  void readsClipWithItsTextTowerAndWithItsConfiguration() {
    CombinedTensors whole = visionTower();
    Models.add(whole, "text_model.final_layer_norm.weight", 64);
    Models.add(whole, "text_projection.weight", 32, 64);
    Models.add(whole, "visual_projection.weight", 32, 64);
    Models.add(whole, "logit_scale");
    Models.addBuffer(whole, "vision_model.embeddings.position_ids", 1, 17);
    Models.write(clip.resolve("model.safetensors"), whole);
    Models.writeJson(
        clip.resolve("config.json"),
        Map.of(
            "model_type",
            "clip",
            "vision_config",
            Map.of("hidden_act", "gelu", "num_attention_heads", 4, "image_size", 64)));
    BundleConfig config = assertMakesTheCaptioner();
    assertThat(config.vision().encoder().heads()).isEqualTo(4);
    assertThat(config.vision().toMap()).containsEntry("hidden_act", "gelu");
  }

  @Test
  void takesAnAlmostEmptyVisionConfigurationForTheDefaults() {
    Models.writeJson(
        clip.resolve("config.json"), Map.of("model_type", "clip", "vision_config", Map.of()));
    assertThat(assertMakesTheCaptioner()).isEqualTo(Models.config());
  }

  @Test
  void allowsABorderNarrowerThanAPatch() {
    Models.writeJson(
        clip.resolve("config.json"), Map.of("model_type", "clip_vision_model", "image_size", 70));
    assertThat(assertMakesTheCaptioner().vision().imageSize()).isEqualTo(70);
  }

  @Test
  void takesThePreprocessingFromTheFolderOfClip() throws Exception {
    Map<String, Object> preprocessor = PreprocessorConfig.clip(64).toMap();
    preprocessor.put("image_mean", List.of(0.5, 0.5, 0.5));
    Models.writeJson(clip.resolve("preprocessor_config.json"), preprocessor);
    assertMakesTheCaptioner();
    assertThat(directory.resolve("bundle/preprocessor_config.json"))
        .hasSameBinaryContentAs(clip.resolve("preprocessor_config.json"));
    Models.writeJson(
        clip.resolve("preprocessor_config.json"), PreprocessorConfig.clip(224).toMap());
    assertThat(refusal(request())).contains("224 x 224", "64 x 64");
    Files.delete(clip.resolve("preprocessor_config.json"));
    assertMakesTheCaptioner();
    assertThat(PreprocessorConfig.read(directory.resolve("bundle/preprocessor_config.json")))
        .isEqualTo(PreprocessorConfig.clip(64));
  }

  @ParameterizedTest
  @ValueSource(strings = {"visual.", "module.visual."})
  void readsTheNamesOfOpenAi(String prefix) {
    CombinedTensors openAi = openAi();
    String wrapper = prefix.replace("visual.", "");
    Models.write(clip.resolve("model.safetensors"), Models.renamed(openAi, n -> wrapper + n));
    assertMakesTheCaptioner();
  }

  @Test
  void takesWhatNoShapeTellsFromTheConfigurationOfOpenClip() throws Exception {
    Models.write(clip.resolve("model.safetensors"), openAi());
    Files.deleteIfExists(clip.resolve("config.json"));
    assertThat(Converter.convert(request()).notes())
        .anyMatch(note -> note.contains("activation is taken for OpenAI's"));
    Files.writeString(
        clip.resolve("open_clip_config.json"),
        """
        {"model_cfg": {"embed_dim": 512, "vision_cfg": {"width": 64, "head_width": 16},
                       "text_cfg": {"heads": 8}}}
        """);
    ConvertReport report = Converter.convert(request());
    assertThat(report.config().vision().encoder().activation()).isEqualTo(Unary.GELU);
    assertThat(report.config().vision().encoder().heads()).isEqualTo(4);
    assertThat(report.notes()).noneMatch(note -> note.contains("activation"));
  }

  /// The vision tower as OpenAI stores it: queries, keys and values in one.
  private CombinedTensors openAi() {
    String layer = "clip.vision_model.encoder.layers.0.";
    CombinedTensors openAi =
        Models.renamed(
            captioner,
            name ->
                !name.startsWith("clip.") || name.matches(".*[qkv]_proj.*")
                    ? ""
                    : name.replace("clip.vision_model.", "visual.")
                        .replace("embeddings.class_embedding", "class_embedding")
                        .replace("embeddings.patch_embedding", "conv1")
                        .replace("embeddings.position_embedding.weight", "positional_embedding")
                        .replace("pre_layrnorm", "ln_pre")
                        .replace("post_layernorm", "ln_post")
                        .replace("encoder.layers", "transformer.resblocks")
                        .replace("layer_norm", "ln_")
                        .replace("self_attn", "attn")
                        .replace("fc1", "c_fc")
                        .replace("fc2", "c_proj"));
    for (String kind : List.of("weight", "bias")) {
      List<float[]> thirds = new ArrayList<>();
      for (String third : List.of("q", "k", "v")) {
        thirds.add(captioner.floats(layer + "self_attn." + third + "_proj." + kind));
      }
      TensorInfo info =
          kind.equals("weight") ? TensorInfo.of(DType.F32, 192, 64) : TensorInfo.of(DType.F32, 192);
      String name = "visual.transformer.resblocks.0.attn.in_proj_" + kind;
      openAi.put(name, new Values(name, info, concatenated(thirds)), name);
    }
    return openAi;
  }

  static float[] concatenated(List<float[]> parts) {
    float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  record Values(String name, TensorInfo info, float[] values) implements NamedTensors {
    @Override
    public String origin() {
      return "test";
    }

    @Override
    public Set<String> names() {
      return Set.of(name);
    }

    @Override
    public TensorInfo info(String asked) {
      return info;
    }

    @Override
    public void readFloats(String asked, long first, int count, float[] into) {
      System.arraycopy(values, (int) first, into, 0, count);
    }

    @Override
    public void readLongs(String asked, long first, int count, long[] into) {
      throw new IllegalStateException(name + " is floating");
    }
  }

  @Test
  void transposesTheProjectionsOfOpenAi() {
    float[] stored = {0, 1, 2, 3, 4, 5};
    NamedTensors file = new Values("visual.proj", TensorInfo.of(DType.F32, 2, 3), stored);
    MappedTensors mapped = new MappedTensors(file, "", KeyMaps.OPENAI_CLIP);
    assertThat(mapped.info("clip.visual_projection.weight"))
        .isEqualTo(TensorInfo.of(DType.F32, 3, 2));
    assertThat(mapped.floats("clip.visual_projection.weight")).containsExactly(0, 3, 1, 4, 2, 5);
    float[] part = new float[2];
    mapped.readFloats("clip.visual_projection.weight", 3, 2, part);
    assertThat(part).containsExactly(4, 2);
  }

  @Test
  void refusesPackedProjectionsThatCannotBeCutInThree() {
    String name = "visual.transformer.resblocks.0.attn.in_proj_bias";
    NamedTensors file = new Values(name, TensorInfo.of(DType.F32, 4), new float[4]);
    MappedTensors mapped = new MappedTensors(file, "", KeyMaps.OPENAI_CLIP);
    assertThatThrownBy(
            () -> mapped.info("clip.vision_model.encoder.layers.0.self_attn.q_proj.bias"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "transformer."})
  void readsGpt2WithAndWithoutThePrefixOfTheLanguageModel(String prefix) {
    CombinedTensors weights = only("gpt2.", prefix);
    Models.addBuffer(weights, prefix + "h.0.attn.bias", 1, 1, 48, 48);
    Models.addBuffer(weights, prefix + "h.0.attn.masked_bias");
    Models.write(gpt2.resolve("model.safetensors"), weights);
    assertMakesTheCaptioner();
  }

  @Test
  void readsGpt2WithTheHeadInPlaceOfTheEmbeddingOrBesideIt() {
    CombinedTensors both = only("gpt2.", "transformer.");
    both.put("lm_head.weight", captioner, "gpt2.wte.weight");
    Models.write(gpt2.resolve("model.safetensors"), both);
    assertMakesTheCaptioner();
    both.remove("transformer.wte.weight");
    Models.write(gpt2.resolve("model.safetensors"), both);
    assertMakesTheCaptioner();
  }

  @Test
  void keepsAHeadThatIsReallyAnotherMatrix() {
    CombinedTensors untied = only("gpt2.", "transformer.");
    Models.add(untied, "lm_head.weight", Models.VOCABULARY, 64);
    Models.write(gpt2.resolve("model.safetensors"), untied);
    BundleConfig config = Converter.convert(request()).config();
    assertThat(config.gpt2().tied()).isFalse();
    try (SafetensorsFile made =
        SafetensorsFile.open(directory.resolve("bundle/model.safetensors"))) {
      assertThat(made.floats("gpt2.lm_head.weight"))
          .containsExactly(untied.floats("lm_head.weight"));
    }
  }

  @Test
  void takesWhatMattersFromTheConfigurationOfGpt2AndRefusesWhatItCannotDo() {
    Models.writeJson(
        gpt2.resolve("config.json"),
        Map.of("model_type", "gpt2", "n_head", 2, "layer_norm_epsilon", 1e-6, "n_ctx", 48));
    BundleConfig config = assertMakesTheCaptioner();
    assertThat(config.gpt2().heads()).isEqualTo(2);
    assertThat(config.gpt2().epsilon()).isEqualTo(1e-6f);
    Models.writeJson(
        gpt2.resolve("config.json"),
        Map.of("model_type", "gpt2", "scale_attn_by_inverse_layer_idx", true));
    assertThat(refusal(request())).contains("scale_attn_by_inverse_layer_idx");
  }

  @Test
  void readsShards() throws Exception {
    Files.delete(gpt2.resolve("model.safetensors"));
    CombinedTensors first = only("gpt2.h.", "h.");
    CombinedTensors second = only("gpt2.", "");
    first.names().forEach(second::remove);
    Models.write(gpt2.resolve("model-00001-of-00002.safetensors"), first);
    Models.write(gpt2.resolve("model-00002-of-00002.safetensors"), second);
    Map<String, Object> places = new TreeMap<>();
    first.names().forEach(name -> places.put(name, "model-00001-of-00002.safetensors"));
    second.names().forEach(name -> places.put(name, "model-00002-of-00002.safetensors"));
    Models.writeJson(gpt2.resolve("model.safetensors.index.json"), Map.of("weight_map", places));
    assertMakesTheCaptioner();
    assertThat(Files.readString(directory.resolve("bundle/manifest.json")))
        .contains("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors");
  }

  @Test
  void noticesTheLicenceOfAModelCard() throws Exception {
    Files.writeString(clip.resolve("README.md"), "---\nlanguage: en\nlicense: mit\n---\n# CLIP\n");
    Files.writeString(gpt2.resolve("README.md"), "# GPT-2\nlicense: none of this counts\n");
    assertMakesTheCaptioner();
    String manifest = Files.readString(directory.resolve("bundle/manifest.json"));
    assertThat(manifest).containsOnlyOnce("licence").contains("\"licence\": \"mit\"");
  }

  @Test
  void replacesAPartOfACompleteCheckpoint() {
    Models.write(mapping, Models.original());
    CombinedTensors other = new CombinedTensors("test");
    for (String name : visionTower().names()) {
      Models.add(
          other,
          name,
          captioner.info("clip." + name).shape().stream().mapToInt(Math::toIntExact).toArray());
    }
    Models.write(clip.resolve("model.safetensors"), other);
    Converter.convert(request());
    String name = "vision_model.encoder.layers.0.mlp.fc1.weight";
    try (SafetensorsFile made =
        SafetensorsFile.open(directory.resolve("bundle/model.safetensors"))) {
      assertThat(made.floats("clip." + name)).containsExactly(other.floats(name));
      assertThat(made.floats("gpt2.wte.weight"))
          .containsExactly(captioner.floats("gpt2.wte.weight"));
    }
  }

  @Test
  void saysWhichPartIsMissingAndHowToNameIt() {
    ConvertRequest alone = ConvertRequest.of(mapping, directory.resolve("bundle"));
    assertThat(refusal(alone)).contains("CLIP's image encoder", "--clip DIR");
    assertThat(refusal(alone.withClip(clip))).contains("GPT-2", "--gpt2 DIR");
    assertThat(refusal(alone.withClip(gpt2))).contains("holds no CLIP's image encoder");
    assertThat(refusal(ConvertRequest.of(gpt2, directory.resolve("bundle")).withClip(clip)))
        .contains("mapping network");
    assertThat(refusal(request().withClip(directory.resolve("nowhere"))))
        .contains("nowhere: there is no such file");
    assertThat(refusal(request().withClip(directory)))
        .contains("is a folder that holds none of", "model.safetensors");
  }

  @Test
  void refusesTwoTensorsOfOneName() {
    CombinedTensors twice = only("gpt2.", "");
    twice.put("transformer.ln_f.bias", captioner, "gpt2.ln_f.bias");
    Models.write(gpt2.resolve("model.safetensors"), twice);
    assertThat(refusal(request())).contains("are both gpt2.ln_f.bias");
  }

  /// CK-05.
  @ParameterizedTest
  @CsvSource({
    "visual.layer1.0.conv1.weight, ResNet",
    "bert.embeddings.word_embeddings.weight, BERT",
    "embeddings.word_embeddings.weight, BERT",
    "clip_project.bert.encoder.layer.0.output.dense.weight, ClipCap-Chinese",
    "clip_project.model.0.weight, without its decoder",
    "clip_project.transformer.layers.0.norm1.weight, without its decoder",
    "decoder.transformer.h.0.crossattention.c_attn.weight, cross-attention",
    "encoder.embeddings.cls_token encoder.embeddings.distillation_token, DeiT",
    "module.vision_model.head.attention.in_proj_weight, SigLIP",
    "text_model.final_layer_norm.weight, text encoder",
    "vit.embeddings.cls_token, ViT",
    "model.embed_tokens.weight, LLaMA",
    "transformer.wpe.weight transformer.h.0.attn.attention.k_proj.weight, GPT-Neo",
    "some.other.weight, does not know"
  })
  void namesArchitecturesThatItDoesNotSupport(String names, String expected) {
    CombinedTensors foreign = new CombinedTensors("test");
    for (String name : names.split(" ")) {
      Models.add(foreign, name, 2, 2);
    }
    Models.write(mapping, foreign);
    assertThat(refusal(request())).contains("unsupported architecture", expected);
    assertThat(Doctor.examine(mapping).problems())
        .singleElement()
        .asString()
        .contains("unsupported architecture", expected);
  }

  @Test
  void tellsTheChineseClipCapFromItsModelToo() {
    assertThat(Family.of(Set.of("gpt2.transformer.wte.weight", "clip_project.a")).family().label())
        .contains("ClipCap-Chinese");
  }

  @Test
  void measuresThePublishedSizes() {
    BundleConfig small = Models.config(768, 224, 12, 32, 6, 12, 50257, 1024);
    BundleConfig large = Models.config(1024, 224, 24, 14, 5, 24, 50257, 1024);
    assertThat(small.size()).isEqualTo("S");
    assertThat(large.size()).isEqualTo("L");
    for (BundleConfig config : List.of(small, large)) {
      NamedTensors weights = Models.captioner(config);
      for (Part part : List.of(Part.CLIP, Part.MAPPING, Part.GPT2)) {
        assertMeasured(part, weights, config.toMap().get(part.section()));
      }
    }
  }

  @Test
  void measuresTheTextEncoderOfClip() {
    try (var backend = Backends.open("reference", 1).backend()) {
      NamedTensors weights =
          Models.seeded(
              ParameterLayout.of(
                  backend, _ -> false, source -> ClipModel.of(source.at("clip"), ClipConfig.BASE)));
      Map<String, Object> expected = new LinkedHashMap<>(TextConfig.BASE.toMap());
      expected.put("projection_dim", ClipConfig.BASE.embeddingWidth());
      expected.put("vision_width", VisionConfig.BASE.width()); // of the projection of pictures
      assertMeasured(Part.TEXT, weights, expected);
    }
  }

  private static void assertMeasured(Part part, NamedTensors weights, @Nullable Object section) {
    Map<?, ?> expected = (Map<?, ?>) Objects.requireNonNull(section);
    Sections.settle(part, weights, weights, Optional.empty())
        .forEach(
            (key, value) -> {
              if (!key.equals("num_channels")) {
                assertThat(((Number) Objects.requireNonNull(value)).longValue())
                    .as(key)
                    .isEqualTo(((Number) Objects.requireNonNull(expected.get(key))).longValue());
              }
            });
  }

  private static String refusal(ConvertRequest request) {
    BadInputException refused =
        Assertions.catchThrowableOfType(BadInputException.class, () -> Converter.convert(request));
    assertThat(refused).isNotNull();
    return Objects.requireNonNull(refused.getMessage());
  }
}
