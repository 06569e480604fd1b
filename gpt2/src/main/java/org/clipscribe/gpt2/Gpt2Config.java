package org.clipscribe.gpt2;

import java.util.LinkedHashMap;
import java.util.Map;
import org.clipscribe.nn.json.JsonObject;
import org.clipscribe.tensor.Unary;

/// The dimensions of a GPT-2.
///
/// @param vocabulary number of tokens
/// @param positions the longest sequence
/// @param width of the residual stream; a multiple of `heads`
/// @param layers number of blocks
/// @param heads of the attention
/// @param inner width inside the feed-forward layers
/// @param activation inside the feed-forward layers
/// @param epsilon of the layer norms
/// @param tied whether the output head is the token embedding
/// @param crossAttention whether each block also looks at the states of an encoder
public record Gpt2Config(
    int vocabulary,
    int positions,
    int width,
    int layers,
    int heads,
    int inner,
    Unary activation,
    float epsilon,
    boolean tied,
    boolean crossAttention) {

  public Gpt2Config {
    if (width % heads != 0) {
      throw new IllegalArgumentException("GPT-2: width " + width + " for " + heads + " heads");
    }
  }

  /// A decoder that looks at nothing but its text.
  public Gpt2Config(
      int vocabulary,
      int positions,
      int width,
      int layers,
      int heads,
      int inner,
      Unary activation,
      float epsilon,
      boolean tied) {
    this(vocabulary, positions, width, layers, heads, inner, activation, epsilon, tied, false);
  }

  /// Reads the configuration as Hugging Face writes it (`GPT2Config`). What would change the
  /// arithmetic in a way that we do not follow is refused by name; what concerns training is
  /// ignored. Limits are far above any published model and far below what would exhaust memory
  /// before a file is looked at.
  ///
  /// @throws org.clipscribe.nn.BadInputException naming the key that is missing, out of range or
  ///     not supported
  public static Gpt2Config of(JsonObject json) {
    require(json, "model_type", json.string("model_type", "gpt2").equals("gpt2"), "\"gpt2\"");
    refuseIf(json, "scale_attn_weights", !json.bool("scale_attn_weights", true));
    refuseIf(
        json,
        "scale_attn_by_inverse_layer_idx",
        json.bool("scale_attn_by_inverse_layer_idx", false));
    int width = json.integer("n_embd", 1, 1 << 16);
    int heads = json.integer("n_head", 1, 1 << 10);
    require(json, "n_head", width % heads == 0, "a divisor of n_embd, " + width);
    double epsilon = json.number("layer_norm_epsilon", 1e-5);
    require(json, "layer_norm_epsilon", epsilon > 0 && epsilon < 1, "a number between 0 and 1");
    return new Gpt2Config(
        json.integer("vocab_size", 1, 1 << 22),
        json.integer("n_positions", 1, 1 << 20),
        width,
        json.integer("n_layer", 1, 1000),
        heads,
        json.integer("n_inner", 1, 1 << 18, 4 * width),
        activation(json),
        (float) epsilon,
        json.bool("tie_word_embeddings", true),
        json.bool("add_cross_attention", false));
  }

  private static Unary activation(JsonObject json) {
    String key = json.has("activation") ? "activation" : "activation_function";
    return switch (json.string(key, "gelu_new")) {
      case "gelu_new", "gelu_pytorch_tanh", "gelu_fast" -> Unary.GELU_TANH;
      case "gelu" -> Unary.GELU;
      case "quick_gelu" -> Unary.QUICK_GELU;
      case "relu" -> Unary.RELU;
      case String other ->
          throw json.refuse(key, other, "gelu_new, gelu, gelu_pytorch_tanh, quick_gelu or relu");
    };
  }

  private static void refuseIf(JsonObject json, String key, boolean unsupported) {
    if (unsupported) {
      Object value = json.get(key);
      throw json.refuse(key, value, !Boolean.TRUE.equals(value) + ", the only one supported");
    }
  }

  private static void require(JsonObject json, String key, boolean holds, String expected) {
    if (!holds) {
      throw json.refuse(key, json.get(key), expected);
    }
  }

  /// The document that [#of] reads.
  public Map<String, Object> toMap() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("model_type", "gpt2");
    json.put("n_embd", width);
    json.put("n_layer", layers);
    json.put("n_head", heads);
    json.put("n_inner", inner);
    json.put("n_positions", positions);
    json.put("vocab_size", vocabulary);
    json.put(
        "activation_function",
        switch (activation) {
          case GELU_TANH -> "gelu_new";
          case GELU -> "gelu";
          case QUICK_GELU -> "quick_gelu";
          case RELU -> "relu";
          default -> throw new IllegalStateException("GPT-2: activation " + activation);
        });
    json.put("layer_norm_epsilon", Double.parseDouble(Float.toString(epsilon)));
    json.put("tie_word_embeddings", tied);
    if (crossAttention) {
      json.put("add_cross_attention", true);
    }
    return json;
  }

  /// Like `GPT-2 [12 x 768]`, layers and width.
  @Override
  public String toString() {
    return "GPT-2 [" + layers + " x " + width + "]";
  }
}
