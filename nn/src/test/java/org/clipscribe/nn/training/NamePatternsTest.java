package org.clipscribe.nn.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class NamePatternsTest {
  @Test
  void takesAStarForAnythingAndAllElseForItself() {
    NamePatterns patterns = NamePatterns.of("gpt2.h.0.*", "*.wte.weight");
    assertThat(patterns.test("gpt2.h.0.attn.c_attn.weight")).isTrue();
    assertThat(patterns.test("gpt2.h.0.")).isTrue();
    assertThat(patterns.test("gpt2.wte.weight")).isTrue();
    assertThat(patterns.test("gpt2.h.01.attn")).isFalse();
    assertThat(patterns.test("gpt2xh.0.attn")).isFalse();
    assertThat(patterns.test("gpt2.wte.weight.more")).isFalse();
    assertThat(NamePatterns.of("exact").test("exact")).isTrue();
    assertThat(NamePatterns.of("*").test("")).isTrue();
    assertThat(NamePatterns.of().test("")).isFalse();
  }

  @Test
  void saysWhichPatternsMatchNothing() {
    assertThat(NamePatterns.of("a*", "b*").without(List.of("apple", "avocado")))
        .containsExactly("b*");
  }

  @Test
  void sparesBiasesAndNormsOfAllFamilies() {
    assertThat(
            List.of(
                "gpt2.h.0.ln_1.weight",
                "ln_f.weight",
                "gpt2.h.0.mlp.c_fc.bias",
                "mapping.transformer_encoder.layers.0.self_attn.in_proj_bias",
                "mapping.transformer_encoder.layers.0.norm1.weight",
                "clip.vision_model.pre_layrnorm.weight",
                "clip.vision_model.post_layernorm.weight",
                "clip.vision_model.encoder.layers.3.layer_norm2.weight",
                "clip.logit_scale"))
        .allMatch(NamePatterns.BIASES_AND_NORMS);
    assertThat(
            List.of(
                "gpt2.wte.weight",
                "gpt2.h.0.mlp.c_fc.weight",
                "mapping.mapper.weight",
                "mapping.transformer_encoder.layers.0.self_attn.in_proj_weight"))
        .noneMatch(NamePatterns.BIASES_AND_NORMS);
  }
}
