package org.clipscribe.captioner;

import java.util.LinkedHashMap;
import java.util.Map;
import org.clipscribe.nn.json.JsonObject;

/// The dimensions of the mapping network.
///
/// @param prefixLength rows of the prefix that it makes for the decoder (`ep_len`)
/// @param layers transformer layers (`num_layers`)
/// @param heads attention heads (`n_heads`)
/// @param expansion width of the feed-forward layers in multiples of `width` (`forward_expansion`)
/// @param width of the image embedding and of the decoder (`embed_size`)
/// @param layerNormEpsilon `layer_norm_eps`
public record MappingConfig(
    int prefixLength, int layers, int heads, int expansion, int width, float layerNormEpsilon) {

  /// Reads the `mapping` section of a configuration.
  ///
  /// @throws org.clipscribe.nn.BadInputException for values out of range and for variants that the
  ///     original never had
  public static MappingConfig of(JsonObject json) {
    MappingConfig config =
        new MappingConfig(
            json.integer("ep_len", 1, 1024),
            json.integer("num_layers", 1, 256),
            json.integer("n_heads", 1, 1024),
            json.integer("forward_expansion", 1, 64, 4),
            json.integer("embed_size", 1, 1 << 16),
            (float) json.number("layer_norm_eps", 1e-5));
    if (config.width % config.heads != 0) {
      throw json.refuse("n_heads", config.heads, "a divisor of embed_size " + config.width);
    }
    if (!json.string("activation", "relu").equals("relu")) {
      throw json.refuse("activation", json.get("activation"), "\"relu\"");
    }
    if (json.bool("norm_first", false)) {
      throw json.refuse("norm_first", true, "false");
    }
    return config;
  }

  /// The section as [#of] reads it.
  public Map<String, Object> toMap() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("ep_len", prefixLength);
    json.put("num_layers", layers);
    json.put("n_heads", heads);
    json.put("forward_expansion", expansion);
    json.put("embed_size", width);
    json.put("activation", "relu");
    json.put("norm_first", false);
    json.put("layer_norm_eps", Double.parseDouble(Float.toString(layerNormEpsilon)));
    return json;
  }
}
