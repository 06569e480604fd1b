package org.clipscribe.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.clipscribe.tensor.Unary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClipConfigTest {
  @Test
  void whatIsAbsentIsAsInBase() {
    assertThat(ClipConfig.of(json("{}"))).isEqualTo(ClipConfig.BASE);
    assertThat(ClipConfig.of(json("{\"vision_config\": {}, \"text_config\": null}")))
        .isEqualTo(ClipConfig.BASE);
  }

  @Test
  void baseIsClipVitB32() {
    VisionConfig vision = VisionConfig.BASE;

    assertThat(vision.patches()).isEqualTo(49);
    assertThat(vision).hasToString("ViT/32 [12 x 768]");
    assertThat(vision.encoder())
        .isEqualTo(new EncoderConfig(768, 3072, 12, 12, Unary.QUICK_GELU, 1e-5f));
    assertThat(TextConfig.BASE.encoder())
        .isEqualTo(new EncoderConfig(512, 2048, 12, 8, Unary.QUICK_GELU, 1e-5f));
  }

  @Test
  void readsEveryValue() {
    VisionConfig vision =
        VisionConfig.of(
            json(
                """
                {"hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 24,
                 "num_attention_heads": 16, "image_size": 336, "patch_size": 14,
                 "hidden_act": "gelu", "layer_norm_eps": 1e-6, "num_channels": 3}
                """));
    TextConfig text =
        TextConfig.of(
            json(
                """
                {"hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 6,
                 "num_attention_heads": 12, "vocab_size": 600, "max_position_embeddings": 32}
                """));

    assertThat(vision)
        .isEqualTo(
            new VisionConfig(new EncoderConfig(1024, 4096, 24, 16, Unary.GELU, 1e-6f), 336, 14));
    assertThat(vision.patches()).isEqualTo(24 * 24);
    assertThat(text)
        .isEqualTo(
            new TextConfig(new EncoderConfig(768, 3072, 6, 12, Unary.QUICK_GELU, 1e-5f), 600, 32));
  }

  @Test
  void goesByTheSecondNameOfAPartInOldFiles() {
    ClipConfig config =
        ClipConfig.of(
            json(
                """
                {"vision_config": {"patch_size": 32}, "vision_config_dict": {"patch_size": 14},
                 "text_config_dict": {"hidden_size": 768}, "projection_dim": 768}
                """));

    assertThat(config.vision().patch()).isEqualTo(14);
    assertThat(config.text().width()).isEqualTo(768);
    assertThat(config.embeddingWidth()).isEqualTo(768);
  }

  @Test
  void readsBackWhatItWrites() {
    ClipConfig config =
        new ClipConfig(
            new VisionConfig(new EncoderConfig(36, 88, 2, 3, Unary.GELU, 1e-6f), 96, 16),
            new TextConfig(new EncoderConfig(40, 100, 3, 5, Unary.QUICK_GELU, 1e-5f), 600, 32),
            20);

    assertThat(ClipConfig.of(json(Json.writePretty(config.toMap())))).isEqualTo(config);
  }

  /// CK-04: refused by the numbers alone, before anything of such a size is asked for.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          hidden_size          | 2147483648 | hidden_size is 2147483648, expected an integer from
          hidden_size          | 0          | hidden_size is 0
          hidden_size          | "768"      | hidden_size is "768"
          hidden_size          | 768.0      | hidden_size is 768.0
          intermediate_size    | -1         | intermediate_size is -1
          num_hidden_layers    | 1000000000 | num_hidden_layers is 1000000000
          num_hidden_layers    | 0          | num_hidden_layers is 0
          num_attention_heads  | 7          | num_attention_heads is 7, expected a divisor of hidden_size, 768
          num_attention_heads  | 0          | num_attention_heads is 0
          num_attention_heads  | 1536       | num_attention_heads is 1536
          image_size           | 16         | patch_size is 32, expected at most image_size, 16
          image_size           | 1000000    | image_size is 1000000
          patch_size           | 0          | patch_size is 0
          patch_size           | 225        | patch_size is 225
          patch_size           | 1          | image_size is 224, expected at most 16384 patches
          num_channels         | 4          | num_channels is 4
          hidden_act           | "relu"     | hidden_act is "relu", expected quick_gelu or gelu
          hidden_act           | 1          | hidden_act is 1
          layer_norm_eps       | 0          | layer_norm_eps is 0
          layer_norm_eps       | 1          | layer_norm_eps is 1
          layer_norm_eps       | "1e-5"     | layer_norm_eps is "1e-5"
          """)
  void refusesAVisionTower(String key, String value, String message) {
    assertThatThrownBy(
            () -> ClipConfig.of(json("{\"vision_config\": {\"" + key + "\": " + value + "}}")))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("config.json: vision_config." + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"model_type": "bert"}                             | model_type is "bert", expected "clip"
          {"vision_config": {"model_type": "vit"}}            | vision_config.model_type is "vit"
          {"text_config": {"model_type": "bert"}}             | text_config.model_type is "bert"
          {"vision_config": 1}                               | vision_config is 1, expected an object
          {"projection_dim": 0}                              | projection_dim is 0
          {"text_config": {"vocab_size": 2147483648}}        | text_config.vocab_size is 2147483648
          {"text_config": {"max_position_embeddings": 0}}    | text_config.max_position_embeddings is 0
          {"text_config": {"hidden_size": 20}}               | text_config.num_attention_heads is 8
          """)
  void refusesAModel(String config, String message) {
    assertThatThrownBy(() -> ClipConfig.of(json(config)))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("config.json: " + message);
  }

  @Test
  void refusesDimensionsThatDoNotFitInCode() {
    EncoderConfig encoder = VisionConfig.BASE.encoder();

    assertThatThrownBy(() -> new EncoderConfig(10, 40, 1, 3, Unary.GELU, 1e-5f))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("width 10 for 3 heads");
    assertThatThrownBy(() -> new VisionConfig(encoder, 16, 32))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("patches of 32 in pictures of 16");
  }

  private static JsonObject json(String text) {
    return Json.parseObject(text.getBytes(StandardCharsets.UTF_8), "config.json");
  }
}
