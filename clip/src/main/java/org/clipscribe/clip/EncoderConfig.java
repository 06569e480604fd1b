package org.clipscribe.clip;

import java.util.LinkedHashMap;
import java.util.Map;
import org.clipscribe.nn.json.JsonObject;
import org.clipscribe.tensor.Unary;

/// The dimensions of a transformer encoder, which both towers of CLIP have.
///
/// @param width of the residual stream; a multiple of `heads`
/// @param inner width inside the feed-forward layers
/// @param layers number of them
/// @param heads of the attention
/// @param activation inside the feed-forward layers
/// @param epsilon of the layer norms
public record EncoderConfig(
    int width, int inner, int layers, int heads, Unary activation, float epsilon) {
  public EncoderConfig {
    if (width % heads != 0) {
      throw new IllegalArgumentException("CLIP: width " + width + " for " + heads + " heads");
    }
  }

  /// Reads Hugging Face's names. Limits are far above any published model, and keep every matrix
  /// within what can be addressed.
  ///
  /// @param absent what a missing value stands for
  static EncoderConfig of(JsonObject json, EncoderConfig absent) {
    int width = json.integer("hidden_size", 1, 1 << 14, absent.width);
    int heads = json.integer("num_attention_heads", 1, width, absent.heads);
    if (width % heads != 0) {
      throw json.refuse("num_attention_heads", heads, "a divisor of hidden_size, " + width);
    }
    double epsilon = json.number("layer_norm_eps", absent.epsilon);
    if (epsilon <= 0 || epsilon >= 1) {
      throw json.refuse("layer_norm_eps", epsilon, "a number between 0 and 1");
    }
    return new EncoderConfig(
        width,
        json.integer("intermediate_size", 1, 1 << 16, absent.inner),
        json.integer("num_hidden_layers", 1, 1000, absent.layers),
        heads,
        activation(json, absent.activation),
        (float) epsilon);
  }

  /// Refuses the configuration of another architecture, whose values may have the same names. Small
  /// files leave the type out.
  static void requireType(JsonObject json, String expected) {
    String type = json.string("model_type", expected);
    if (!type.equals(expected)) {
      throw json.refuse(
          "model_type", type, "\"" + expected + "\"; no other architecture is supported here");
    }
  }

  private static Unary activation(JsonObject json, Unary absent) {
    return switch (json.string("hidden_act", name(absent))) {
      case "quick_gelu" -> Unary.QUICK_GELU;
      case "gelu" -> Unary.GELU;
      case String other -> throw json.refuse("hidden_act", other, "quick_gelu or gelu");
    };
  }

  private static String name(Unary activation) {
    return switch (activation) {
      case QUICK_GELU -> "quick_gelu";
      case GELU -> "gelu";
      default -> throw new IllegalArgumentException("CLIP: activation " + activation);
    };
  }

  /// What [#of] reads.
  Map<String, Object> toMap() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("hidden_size", width);
    json.put("intermediate_size", inner);
    json.put("num_hidden_layers", layers);
    json.put("num_attention_heads", heads);
    json.put("hidden_act", name(activation));
    json.put("layer_norm_eps", epsilon);
    return json;
  }
}
