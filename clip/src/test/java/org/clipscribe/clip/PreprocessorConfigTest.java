package org.clipscribe.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.clipscribe.clip.PreprocessorConfig.Resize;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreprocessorConfigTest {
  private static PreprocessorConfig parse(String json) {
    return PreprocessorConfig.from(
        Json.parseObject(
            json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), "preprocessor_config.json"));
  }

  @Test
  void absentValuesAreThoseOfClipAt224() {
    assertThat(parse("{}")).isEqualTo(PreprocessorConfig.clip(224));
  }

  @Test
  void readsTheFormOfToday() {
    PreprocessorConfig config =
        parse(
            """
            {'crop_size': {'height': 96, 'width': 80}, 'do_center_crop': true,
             'do_convert_rgb': true, 'image_processor_type': 'CLIPImageProcessor',
             'image_mean': [0.1, 0.2, 0], 'image_std': [1, 0.5, 0.25], 'resample': 3,
             'rescale_factor': 0.5, 'size': {'shortest_edge': 100}}
            """);
    assertThat(config)
        .isEqualTo(
            new PreprocessorConfig(
                new Resize.ShortestEdge(100),
                80,
                96,
                0.5,
                List.of(0.1, 0.2, 0.0),
                List.of(1.0, 0.5, 0.25)));
  }

  @Test
  void readsWhatItWrites() {
    for (Resize resize :
        List.of(new Resize.ShortestEdge(100), new Resize.Exact(20, 30), new Resize.None())) {
      PreprocessorConfig config =
          new PreprocessorConfig(
              resize, 80, 96, 0.5, List.of(0.1, 0.2, 0.0), List.of(1.0, 0.5, 0.25));
      assertThat(parse(Json.write(config.toMap()))).isEqualTo(config);
    }
  }

  @Test
  void readsTheFormOf2021() {
    assertThat(
            parse(
                "{'crop_size': 336, 'feature_extractor_type': 'CLIPFeatureExtractor',"
                    + " 'resample': 3, 'size': 336}"))
        .isEqualTo(PreprocessorConfig.clip(336));
  }

  @Test
  void takesASizeOfHeightAndWidthWithoutACrop() {
    PreprocessorConfig config =
        parse("{'size': {'height': 30, 'width': 20}, 'do_center_crop': false}");
    assertThat(config.resize()).isEqualTo(new Resize.Exact(20, 30));
    assertThat(config.width()).isEqualTo(20);
    assertThat(config.height()).isEqualTo(30);
  }

  @Test
  void ofViTASizeIsASquareAndThereIsNoCrop() {
    assertThat(parse("{'feature_extractor_type': 'ViTFeatureExtractor', 'size': 96}"))
        .isEqualTo(PreprocessorConfig.vit(96));
    assertThat(
            parse(
                "{'image_processor_type': 'ViTImageProcessor', 'size': {'height': 96, 'width': 96},"
                    + " 'resample': 2, 'image_mean': [0.5, 0.5, 0.5], 'image_std': [0.5, 0.5, 0.5]}"))
        .isEqualTo(PreprocessorConfig.vit(96));
    assertThat(parse(Json.write(PreprocessorConfig.vit(96).toMap())))
        .isEqualTo(PreprocessorConfig.vit(96));
  }

  @Test
  void aStepThatIsOffIsTheIdentity() {
    PreprocessorConfig config =
        parse("{'do_resize': false, 'do_rescale': false, 'do_normalize': false, 'crop_size': 2}");
    assertThat(config.resize()).isEqualTo(new Resize.None());
    byte[] rgb = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, (byte) 255};
    assertThat(new ImagePreprocessor(config).pixels(new Image(2, 2, rgb)))
        .containsExactly(0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 255);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'resample': 1} | resample | lanczos",
        "{'resample': 7} | resample | 7",
        "{'size': 0} | size | 0",
        "{'size': 2147483648} | size | 2147483648",
        "{'size': '224'} | size | 224",
        "{'size': {'shortest_edge': -1}} | size.shortest_edge | -1",
        "{'size': {'shortest_edge': 224, 'longest_edge': 500}} | size.longest_edge | 500",
        "{'size': {'height': 224}} | size.width | missing",
        "{'crop_size': 100000} | crop_size | 100000",
        "{'crop_size': {'height': 0, 'width': 1}} | crop_size.height | 0",
        "{'do_center_crop': false} | do_center_crop | false",
        "{'do_resize': 'yes'} | do_resize | yes",
        "{'rescale_factor': 0} | rescale_factor | 0",
        "{'image_mean': [1, 2]} | image_mean | 3",
        "{'image_mean': [1, 2, 'x']} | image_mean | 3",
        "{'image_std': [1, 0, 1]} | image_std | 0",
        "{'image_processor_type': 'DeiTImageProcessor'} | image_processor_type | DeiT",
      })
  void refusesByName(String json, String key, String word) {
    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> parse(json))
        .withMessageStartingWith("preprocessor_config.json: ")
        .withMessageContaining(key)
        .withMessageContaining(word);
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, 0, 4097, Integer.MAX_VALUE})
  void noSideIsAbsurd(int side) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PreprocessorConfig.clip(side))
        .withMessageContaining(Integer.toString(side));
  }
}
