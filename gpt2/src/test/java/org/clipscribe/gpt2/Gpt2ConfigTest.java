package org.clipscribe.gpt2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.Json;
import org.clipscribe.tensor.Unary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Gpt2ConfigTest {
  private static final String SMALL =
      "{'n_embd':768,'n_head':12,'n_layer':12,'n_positions':1024,'vocab_size':50257%s}";

  private static Gpt2Config parse(String json) {
    return Gpt2Config.of(
        Json.parseObject(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), "config.json"));
  }

  private static Gpt2Config with(String more) {
    return parse(SMALL.formatted("," + more));
  }

  @Test
  void takesTheDefaultsOfHuggingFaceForWhatMayBeAbsent() {
    Gpt2Config expected =
        new Gpt2Config(50257, 1024, 768, 12, 12, 3072, Unary.GELU_TANH, 1e-5f, true);
    assertThat(parse(SMALL.formatted(""))).isEqualTo(expected);
    assertThat(with("'n_inner':null,'activation_function':null,'layer_norm_epsilon':null"))
        .isEqualTo(expected);
    assertThat(expected).hasToString("GPT-2 [12 x 768]");
  }

  @Test
  void readsWhatIsThere() {
    assertThat(
            with(
                "'model_type':'gpt2','n_inner':5,'activation_function':'relu',"
                    + "'layer_norm_epsilon':0.001,'tie_word_embeddings':false,"
                    + "'scale_attn_weights':true,'scale_attn_by_inverse_layer_idx':false"))
        .isEqualTo(new Gpt2Config(50257, 1024, 768, 12, 12, 5, Unary.RELU, 0.001f, false));
    assertThat(with("'activation':'gelu'").activation()).isEqualTo(Unary.GELU);
    assertThat(with("'activation_function':'quick_gelu'").activation()).isEqualTo(Unary.QUICK_GELU);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "n_embd | 2147483648 | integer from 1 to 65536",
        "n_embd | 18446744073709551617 | out of range",
        "n_embd | '768' | integer from 1",
        "n_embd | 768.5 | integer from 1",
        "n_embd | 0 | integer from 1",
        "n_layer | 1000000000 | integer from 1 to 1000",
        "n_layer | -1 | integer from 1",
        "n_head | 7 | a divisor of n_embd, 768",
        "n_head | 0 | integer from 1",
        "n_positions | 4294967296 | integer from 1",
        "vocab_size | [50257] | integer from 1",
        "vocab_size | null | is missing",
      })
  void refusesDimensionsThatCannotBe(String key, String value, String reason) {
    String json = SMALL.formatted("").replaceAll("'" + key + "':\\d+", "'" + key + "':" + value);
    assertThat(json).contains(value);
    assertThatThrownBy(() -> parse(json))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("config.json: ")
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "'model_type':'bert' | model_type is \"bert\", expected \"gpt2\"",
        "'activation_function':'swish' | activation_function is \"swish\"",
        "'n_inner':-4 | n_inner is -4",
        "'layer_norm_epsilon':0 | layer_norm_epsilon is 0",
        "'layer_norm_epsilon':1e999 | layer_norm_epsilon is Infinity",
        "'tie_word_embeddings':'no' | tie_word_embeddings is \"no\"",
        "'scale_attn_weights':false | scale_attn_weights is false, expected true",
        "'scale_attn_by_inverse_layer_idx':true | scale_attn_by_inverse_layer_idx is true",
        "'add_cross_attention':1 | add_cross_attention is 1",
      })
  void refusesByNameWhatItDoesNotSupport(String more, String reason) {
    assertThatThrownBy(() -> with(more))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(reason);
  }
}
