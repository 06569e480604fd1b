package org.clipscribe.captioner;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.clipscribe.nn.json.JsonObject;

/// The dimensions of a mapping network.
public sealed interface MappingConfig {
  /// Rows of the prefix that it makes for the decoder.
  int prefixLength();

  /// Width of the image embedding that it reads.
  int inputs();

  /// Width of the decoder.
  int width();

  /// Which image embedding it reads.
  ImageEmbedding embedding();

  /// The section as [#of] reads it.
  Map<String, Object> toMap();

  /// Reads the `mapping` section of a configuration. `type` is `mlp` or `transformer`, both
  /// ClipCap's, or absent for that of clip-gpt-captioning.
  ///
  /// @throws org.clipscribe.nn.BadInputException for values out of range and for variants that
  ///     were never published
  static MappingConfig of(JsonObject json) {
    return switch (json.string("type", Encoder.TYPE)) {
      case Encoder.TYPE -> Encoder.of(json);
      case Mlp.TYPE -> Mlp.of(json);
      case Transformer.TYPE -> Transformer.of(json);
      case String other -> throw json.refuse("type", other, "mlp or transformer");
    };
  }

  /// That of clip-gpt-captioning.
  ///
  /// @param prefixLength `ep_len`
  /// @param layers transformer layers (`num_layers`)
  /// @param heads attention heads (`n_heads`)
  /// @param expansion width of the feed-forward layers in multiples of `width`
  ///     (`forward_expansion`)
  /// @param width of the image embedding and of the decoder (`embed_size`)
  /// @param layerNormEpsilon `layer_norm_eps`
  record Encoder(
      int prefixLength, int layers, int heads, int expansion, int width, float layerNormEpsilon)
      implements MappingConfig {
    static final String TYPE = "encoder";

    private static Encoder of(JsonObject json) {
      Encoder config =
          new Encoder(
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

    @Override
    public int inputs() {
      return width;
    }

    @Override
    public ImageEmbedding embedding() {
      return ImageEmbedding.POOLED;
    }

    @Override
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

    /// Like `transformer [6 x 768]`, layers and width.
    @Override
    public String toString() {
      return "transformer [" + layers + " x " + width + "]";
    }
  }

  /// ClipCap's `MLP`.
  ///
  /// @param prefixLength `prefix_length`
  /// @param inner widths between the layers (`hidden_sizes`); none for a single layer
  /// @param inputs `prefix_size`
  /// @param width of the decoder (`embed_size`)
  /// @param embedding [ImageEmbedding#UNIT] where `normalize_prefix` is true
  record Mlp(int prefixLength, List<Integer> inner, int inputs, int width, ImageEmbedding embedding)
      implements MappingConfig {
    static final String TYPE = "mlp";

    public Mlp {
      inner = List.copyOf(inner);
    }

    private static Mlp of(JsonObject json) {
      List<Integer> inner = new ArrayList<>();
      for (Object size : json.list("hidden_sizes")) {
        if (!(size instanceof Long value) || value < 1 || value > 1 << 20 || inner.size() == 8) {
          throw json.refuse("hidden_sizes", json.get("hidden_sizes"), "up to 8 sizes to 1048576");
        }
        inner.add(value.intValue());
      }
      return new Mlp(
          json.integer("prefix_length", 1, 1024),
          inner,
          json.integer("prefix_size", 1, 1 << 16),
          json.integer("embed_size", 1, 1 << 16),
          projected(json));
    }

    /// Widths from the embedding to the prefix.
    List<Integer> sizes() {
      List<Integer> sizes = new ArrayList<>(inner);
      sizes.addFirst(inputs);
      sizes.add(prefixLength * width);
      return sizes;
    }

    @Override
    public Map<String, Object> toMap() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("type", TYPE);
      json.put("prefix_length", prefixLength);
      json.put("hidden_sizes", inner);
      json.put("prefix_size", inputs);
      json.put("embed_size", width);
      json.put("normalize_prefix", embedding == ImageEmbedding.UNIT);
      return json;
    }

    /// Like `MLP [512, 3840, 7680]`.
    @Override
    public String toString() {
      return "MLP " + sizes();
    }
  }

  /// ClipCap's `TransformerMapper`.
  ///
  /// @param prefixLength `prefix_length`
  /// @param clipLength tokens that the embedding becomes (`clip_length`)
  /// @param layers `num_layers`
  /// @param heads `mapper_heads`
  /// @param inner width of the feed-forward layers, `mlp_ratio` times `width`
  /// @param inputs `prefix_size`
  /// @param width of the decoder (`embed_size`)
  /// @param embedding [ImageEmbedding#UNIT] where `normalize_prefix` is true
  record Transformer(
      int prefixLength,
      int clipLength,
      int layers,
      int heads,
      int inner,
      int inputs,
      int width,
      ImageEmbedding embedding)
      implements MappingConfig {
    static final String TYPE = "transformer";

    private static Transformer of(JsonObject json) {
      int width = json.integer("embed_size", 1, 1 << 16);
      Transformer config =
          new Transformer(
              json.integer("prefix_length", 1, 1024),
              json.integer("clip_length", 1, 1024),
              json.integer("num_layers", 1, 256),
              json.integer("mapper_heads", 1, 1024),
              json.integer("mlp_ratio", 1, 64) * width,
              json.integer("prefix_size", 1, 1 << 16),
              width,
              projected(json));
      if (width % config.heads != 0) {
        throw json.refuse("mapper_heads", config.heads, "a divisor of embed_size " + width);
      }
      return config;
    }

    /// PyTorch's default, which ClipCap does not change.
    float layerNormEpsilon() {
      return 1e-5f;
    }

    @Override
    public Map<String, Object> toMap() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("type", TYPE);
      json.put("prefix_length", prefixLength);
      json.put("clip_length", clipLength);
      json.put("num_layers", layers);
      json.put("mapper_heads", heads);
      json.put("mlp_ratio", inner / width);
      json.put("prefix_size", inputs);
      json.put("embed_size", width);
      json.put("normalize_prefix", embedding == ImageEmbedding.UNIT);
      return json;
    }

    /// Like `transformer [8 x 768]`, layers and width.
    @Override
    public String toString() {
      return "transformer [" + layers + " x " + width + "]";
    }
  }

  private static ImageEmbedding projected(JsonObject json) {
    boolean unit = json.bool("normalize_prefix", false);
    return unit ? ImageEmbedding.UNIT : ImageEmbedding.PROJECTED;
  }
}
