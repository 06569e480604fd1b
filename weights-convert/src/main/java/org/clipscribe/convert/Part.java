package org.clipscribe.convert;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.clipscribe.captioner.MappingConfig;
import org.clipscribe.captioner.MappingNetwork;
import org.clipscribe.captioner.TextTower;
import org.clipscribe.clip.TextTransformer;
import org.clipscribe.clip.VisionConfig;
import org.clipscribe.clip.VisionTransformer;
import org.clipscribe.gpt2.Gpt2;
import org.clipscribe.gpt2.Gpt2Config;
import org.clipscribe.nn.Linear;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.ParameterSource;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.jspecify.annotations.Nullable;

/// The three networks of a captioner, and CLIP's other half, which it may do without: where their
/// weights are, what their shapes tell, and what must be known besides.
enum Part {
  CLIP("CLIP's image encoder", "clip", "clip.vision_model.") {
    @Override
    Map<String, Long> measure(Measured shapes) {
      long width = shapes.extent("embeddings.class_embedding", 1, 0);
      long patch = shapes.extent("embeddings.patch_embedding.weight", 4, 2);
      long positions = shapes.extent("embeddings.position_embedding.weight", 2, 0) - 1;
      long side = Math.round(Math.sqrt((double) positions));
      if (side * side != positions) {
        throw shapes.refuse("has " + positions + " image patches, which is no square");
      }
      Map<String, Long> sizes = new LinkedHashMap<>();
      sizes.put("hidden_size", width);
      sizes.put("intermediate_size", shapes.extent("encoder.layers.0.mlp.fc1.weight", 2, 0));
      sizes.put("num_hidden_layers", shapes.layers("encoder.layers"));
      sizes.put("image_size", side * patch);
      sizes.put("patch_size", patch);
      sizes.put("num_channels", shapes.extent("embeddings.patch_embedding.weight", 4, 1));
      return sizes;
    }

    @Override
    Model model(JsonObject section) {
      VisionConfig config = VisionConfig.of(section);
      return new Model(
          config.toString(),
          source -> VisionTransformer.of(source.at("clip").at("vision_model"), config));
    }

    @Override
    Heads heads(Map<String, Long> sizes) {
      return new Heads("num_attention_heads", size(sizes, "hidden_size"), HEAD_WIDTH);
    }

    @Override
    Optional<JsonObject> declared(JsonObject config) {
      String type = config.string("model_type", "");
      return switch (type) {
        case "clip" ->
            Optional.of(config)
                .filter(c -> c.has("vision_config"))
                .map(c -> c.object("vision_config"));
        case "clip_vision_model" -> Optional.of(config);
        default -> super.declared(config);
      };
    }
  },
  TEXT("CLIP's text encoder", "clip_text", "clip.text_model.") {
    @Override
    boolean isOptional() {
      return true;
    }

    @Override
    boolean owns(String name) {
      return TextTower.owns(name);
    }

    @Override
    Map<String, Long> measure(Measured shapes) {
      Map<String, Long> sizes = new LinkedHashMap<>();
      sizes.put("hidden_size", shapes.extent("embeddings.token_embedding.weight", 2, 1));
      sizes.put("intermediate_size", shapes.extent("encoder.layers.0.mlp.fc1.weight", 2, 0));
      sizes.put("num_hidden_layers", shapes.layers("encoder.layers"));
      sizes.put("vocab_size", shapes.extent("embeddings.token_embedding.weight", 2, 0));
      sizes.put(
          "max_position_embeddings", shapes.extent("embeddings.position_embedding.weight", 2, 0));
      Measured projections = new Measured(shapes.tensors(), "clip.");
      sizes.put("projection_dim", projections.extent("text_projection.weight", 2, 0));
      return sizes;
    }

    @Override
    Model model(JsonObject section) {
      TextTower tower = TextTower.of(section);
      int layers = tower.config().layers();
      return new Model(
          "transformer [%d x %d]".formatted(layers, tower.config().width()),
          source -> ask(source.at("clip"), tower));
    }

    // The projection of pictures belongs to this half, but its width to the other.
    private Object ask(ParameterSource clip, TextTower tower) {
      return List.of(
          TextTransformer.of(clip.at("text_model"), tower.config()),
          Linear.withoutBias(
              clip.at("text_projection"), tower.config().width(), tower.embeddingWidth()),
          clip.get("logit_scale"));
    }

    @Override
    Heads heads(Map<String, Long> sizes) {
      return new Heads("num_attention_heads", size(sizes, "hidden_size"), HEAD_WIDTH);
    }

    // The width of the common space stands beside the section; the one inside is what a tower alone
    // would have.
    @Override
    Optional<JsonObject> declared(JsonObject config) {
      if (!config.string("model_type", "").equals("clip")) {
        return super.declared(config);
      }
      String name = config.has("text_config_dict") ? "text_config_dict" : "text_config";
      if (!config.has(name)) {
        return Optional.empty();
      }
      Map<String, @Nullable Object> section = new LinkedHashMap<>(config.object(name).toMap());
      section.put("projection_dim", config.get("projection_dim"));
      byte[] json = Json.write(section).getBytes(StandardCharsets.UTF_8);
      return Optional.of(Json.parseObject(json, config.origin()));
    }
  },
  MAPPING("mapping network", "mapping", "mapping.") {
    @Override
    Map<String, Long> measure(Measured shapes) {
      long width = shapes.extent("mapper.weight", 2, 1);
      long inner = shapes.extent("transformer_encoder.layers.0.linear1.weight", 2, 0);
      Map<String, Long> sizes = new LinkedHashMap<>();
      sizes.put(
          "ep_len", shapes.ratio("mapper.weight", shapes.extent("mapper.weight", 2, 0), width));
      sizes.put("num_layers", shapes.layers("transformer_encoder.layers"));
      sizes.put("forward_expansion", shapes.ratio("linear1.weight", inner, width));
      sizes.put("embed_size", width);
      return sizes;
    }

    @Override
    Model model(JsonObject section) {
      MappingConfig config = MappingConfig.of(section);
      return new Model(
          "transformer [%d x %d], prefix of %d"
              .formatted(config.layers(), config.width(), config.prefixLength()),
          source -> MappingNetwork.of(source.at("mapping"), config));
    }

    @Override
    Heads heads(Map<String, Long> sizes) {
      long width = size(sizes, "embed_size");
      // 16 heads at both published sizes, so here it is their number that is fixed.
      return new Heads("n_heads", width, width % MAPPING_HEADS == 0 ? width / MAPPING_HEADS : 0);
    }
  },
  GPT2("GPT-2", "gpt2", "gpt2.") {
    @Override
    Map<String, Long> measure(Measured shapes) {
      Map<String, Long> sizes = new LinkedHashMap<>();
      sizes.put("vocab_size", shapes.extent("wte.weight", 2, 0));
      sizes.put("n_positions", shapes.extent("wpe.weight", 2, 0));
      sizes.put("n_embd", shapes.extent("wte.weight", 2, 1));
      sizes.put("n_layer", shapes.layers("h"));
      sizes.put("n_inner", shapes.extent("h.0.mlp.c_fc.weight", 2, 1));
      return sizes;
    }

    @Override
    Model model(JsonObject section) {
      Gpt2Config config = Gpt2Config.of(section);
      return new Model(config.toString(), source -> Gpt2.of(source.at("gpt2"), config));
    }

    @Override
    Heads heads(Map<String, Long> sizes) {
      return new Heads("n_head", size(sizes, "n_embd"), HEAD_WIDTH);
    }

    @Override
    Optional<JsonObject> declared(JsonObject config) {
      return config.string("model_type", "").equals("gpt2")
          ? Optional.of(config)
          : super.declared(config);
    }
  };

  /// Every published CLIP vision transformer and GPT-2 has heads of this width.
  private static final long HEAD_WIDTH = 64;

  private static final long MAPPING_HEADS = 16;

  /// What no shape tells.
  ///
  /// @param key in the configuration
  /// @param headWidth 0 when nothing can be supposed
  record Heads(String key, long width, long headWidth) {
    Optional<Long> supposed() {
      return headWidth > 0 && width % headWidth == 0
          ? Optional.of(width / headWidth)
          : Optional.empty();
    }
  }

  /// @param description for a person, like `GPT-2 [12 x 768]`
  /// @param builder asks for the weights, from the root of all names
  record Model(String description, Function<ParameterSource, ?> builder) {}

  private final String label;
  private final String section;
  private final String prefix;

  Part(String label, String section, String prefix) {
    this.label = label;
    this.section = section;
    this.prefix = prefix;
  }

  /// For a person.
  String label() {
    return label;
  }

  /// Its section in the configuration of a bundle.
  String section() {
    return section;
  }

  /// Whether captions can be written without it.
  boolean isOptional() {
    return false;
  }

  /// Whether a weight of this name belongs to it.
  boolean owns(String name) {
    return name.startsWith(prefix);
  }

  /// What a configuration file says about this part, whatever its form.
  Optional<JsonObject> declared(JsonObject config) {
    return config.has("format") && config.has(section)
        ? Optional.of(config.object(section))
        : Optional.empty();
  }

  /// Sizes by their names in the configuration.
  abstract Map<String, Long> measure(Measured shapes);

  abstract Heads heads(Map<String, Long> sizes);

  /// What a complete section of a configuration stands for.
  ///
  /// @throws org.clipscribe.nn.BadInputException when the section is not one of this part
  abstract Model model(JsonObject section);

  private static long size(Map<String, Long> sizes, String key) {
    return Objects.requireNonNull(sizes.get(key), key);
  }

  /// Sizes of this part of a checkpoint under our names.
  ///
  /// @throws org.clipscribe.nn.BadInputException when the weights that tell are missing or absurd
  Map<String, Long> measure(NamedTensors tensors) {
    return measure(new Measured(tensors, prefix));
  }
}
