package org.clipscribe.convert;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.clipscribe.captioner.Architecture;
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

/// The networks of captioners, and CLIP's other half, which they may do without: where their
/// weights are, what their shapes tell, and what must be known besides.
enum Part {
  CLIP("CLIP's image encoder", "clip", "clip.vision_model.") {
    @Override
    Map<String, Object> measure(Measured shapes) {
      return tower(shapes);
    }

    @Override
    Model model(JsonObject section) {
      VisionConfig config = VisionConfig.of(section);
      return new Model(
          config.toString(),
          source -> VisionTransformer.of(source.at("clip").at("vision_model"), config));
    }

    @Override
    Optional<Heads> heads(Map<String, Object> sizes) {
      return Optional.of(new Heads("num_attention_heads", size(sizes, "hidden_size"), HEAD_WIDTH));
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
    boolean owns(String name) {
      return TextTower.owns(name);
    }

    @Override
    Map<String, Object> measure(Measured shapes) {
      Map<String, Object> sizes = new LinkedHashMap<>();
      sizes.put("hidden_size", shapes.extent("embeddings.token_embedding.weight", 2, 1));
      sizes.put("intermediate_size", shapes.extent("encoder.layers.0.mlp.fc1.weight", 2, 0));
      sizes.put("num_hidden_layers", shapes.layers("encoder.layers"));
      sizes.put("vocab_size", shapes.extent("embeddings.token_embedding.weight", 2, 0));
      sizes.put(
          "max_position_embeddings", shapes.extent("embeddings.position_embedding.weight", 2, 0));
      Measured projections = new Measured(shapes.tensors(), "clip.", shapes.all());
      sizes.put("projection_dim", projections.extent("text_projection.weight", 2, 0));
      if (projections.has("visual_projection.weight")) {
        sizes.put(VISION_WIDTH, projections.extent("visual_projection.weight", 2, 1));
      }
      return sizes;
    }

    @Override
    Model model(JsonObject section) {
      TextTower tower = TextTower.of(section);
      int layers = tower.config().layers();
      return new Model(
          "transformer [%d x %d]".formatted(layers, tower.config().width()),
          source -> ask(source.at("clip"), tower, section));
    }

    // The projection of pictures belongs to this half, but its width to the other.
    private Object ask(ParameterSource clip, TextTower tower, JsonObject section) {
      int seen = section.integer(VISION_WIDTH, 1, 1 << 16, tower.embeddingWidth());
      return List.of(
          Linear.withoutBias(clip.at("visual_projection"), seen, tower.embeddingWidth()),
          TextTransformer.of(clip.at("text_model"), tower.config()),
          Linear.withoutBias(
              clip.at("text_projection"), tower.config().width(), tower.embeddingWidth()),
          clip.get("logit_scale"));
    }

    @Override
    Optional<Heads> heads(Map<String, Object> sizes) {
      return Optional.of(new Heads("num_attention_heads", size(sizes, "hidden_size"), HEAD_WIDTH));
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
  VIT("ViT image encoder", "vit", "vit.") {
    @Override
    boolean owns(String name) {
      return super.owns(name) || name.startsWith(BRIDGE + ".");
    }

    @Override
    Map<String, Object> measure(Measured shapes) {
      Map<String, Object> sizes = tower(shapes);
      if (shapes.tensors().names().contains(BRIDGE + ".weight")) {
        Measured root = new Measured(shapes.tensors(), "", shapes.all());
        sizes.put(DECODER_WIDTH, root.extent(BRIDGE + ".weight", 2, 0));
      }
      return sizes;
    }

    @Override
    Map<String, Object> usual(Map<String, Object> sizes) {
      return Map.of("model_type", "vit");
    }

    @Override
    Model model(JsonObject section) {
      VisionConfig config = VisionConfig.of(section);
      int decoder = section.integer(DECODER_WIDTH, 1, 1 << 16, config.width());
      return new Model(
          config.toString(),
          source ->
              List.of(
                  VisionTransformer.of(source.at("vit"), config),
                  source.has(BRIDGE + ".weight")
                      ? Linear.of(source.at(BRIDGE), config.width(), decoder)
                      : config));
    }

    @Override
    Optional<Heads> heads(Map<String, Object> sizes) {
      return Optional.of(new Heads("num_attention_heads", size(sizes, "hidden_size"), HEAD_WIDTH));
    }

    @Override
    Optional<JsonObject> declared(JsonObject config) {
      return config.string("model_type", "").equals(ENCODER_DECODER)
          ? Optional.of(config.object("encoder"))
          : super.declared(config);
    }
  },
  MAPPING("mapping network", "mapping", "mapping.") {
    @Override
    Map<String, Object> measure(Measured shapes) {
      return MappingShapes.of(shapes).measure(shapes);
    }

    @Override
    Map<String, Object> usual(Map<String, Object> sizes) {
      return MappingShapes.of(sizes).usual();
    }

    @Override
    Model model(JsonObject section) {
      MappingConfig config = MappingConfig.of(section);
      return new Model(
          "%s, prefix of %d".formatted(config, config.prefixLength()),
          source -> MappingNetwork.of(source.at("mapping"), config));
    }

    @Override
    Optional<Heads> heads(Map<String, Object> sizes) {
      return MappingShapes.of(sizes).heads(size(sizes, "embed_size"));
    }

    @Override
    Optional<JsonObject> declared(JsonObject config) {
      return config.get("mapping") instanceof String
          ? Optional.of(MappingShapes.clipCap(config))
          : super.declared(config);
    }
  },
  GPT2("GPT-2", "gpt2", "gpt2.") {
    @Override
    Map<String, Object> measure(Measured shapes) {
      Map<String, Object> sizes = new LinkedHashMap<>();
      sizes.put("vocab_size", shapes.extent("wte.weight", 2, 0));
      sizes.put("n_positions", shapes.extent("wpe.weight", 2, 0));
      sizes.put("n_embd", shapes.extent("wte.weight", 2, 1));
      sizes.put("n_layer", shapes.layers("h"));
      sizes.put("n_inner", shapes.extent("h.0.mlp.c_fc.weight", 2, 1));
      if (shapes.has("h.0.crossattention.q_attn.weight")) {
        sizes.put("add_cross_attention", true);
      }
      return sizes;
    }

    @Override
    Model model(JsonObject section) {
      Gpt2Config config = Gpt2Config.of(section);
      return new Model(config.toString(), source -> Gpt2.of(source.at("gpt2"), config));
    }

    @Override
    Optional<Heads> heads(Map<String, Object> sizes) {
      return Optional.of(new Heads("n_head", size(sizes, "n_embd"), HEAD_WIDTH));
    }

    @Override
    Optional<JsonObject> declared(JsonObject config) {
      return switch (config.string("model_type", "")) {
        case "gpt2" -> Optional.of(config);
        case ENCODER_DECODER -> Optional.of(config.object("decoder"));
        default -> super.declared(config);
      };
    }
  };

  private static final String ENCODER_DECODER = "vision-encoder-decoder";

  /// Between an encoder and a decoder of different width, and the decoder's width beside the
  /// encoder's sizes.
  private static final String BRIDGE = "enc_to_dec_proj";

  /// The image encoder's width beside the sizes of the text encoder.
  private static final String VISION_WIDTH = "vision_width";

  private static final String DECODER_WIDTH = "decoder_width";

  /// Every published vision transformer and GPT-2 has heads of this width.
  private static final long HEAD_WIDTH = 64;

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

  /// What a captioner of a family cannot do without.
  static List<Part> needed(Architecture architecture) {
    return switch (architecture) {
      case CLIP_GPT, CLIPCAP -> List.of(CLIP, MAPPING, GPT2);
      case ENCODER_DECODER -> List.of(VIT, GPT2);
    };
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
  abstract Map<String, Object> measure(Measured shapes);

  /// What no shape tells and every published model has.
  Map<String, Object> usual(Map<String, Object> sizes) {
    return Map.of();
  }

  abstract Optional<Heads> heads(Map<String, Object> sizes);

  /// What a complete section of a configuration stands for.
  ///
  /// @throws org.clipscribe.nn.BadInputException when the section is not one of this part
  abstract Model model(JsonObject section);

  private static long size(Map<String, Object> sizes, String key) {
    return (Long) Objects.requireNonNull(sizes.get(key), key);
  }

  /// The sizes of a vision transformer.
  private static Map<String, Object> tower(Measured shapes) {
    long width = shapes.extent("embeddings.class_embedding", 1, 0);
    long patch = shapes.extent("embeddings.patch_embedding.weight", 4, 2);
    long positions = shapes.extent("embeddings.position_embedding.weight", 2, 0) - 1;
    long side = Math.round(Math.sqrt((double) positions));
    if (side * side != positions) {
      throw shapes.refuse("has " + positions + " image patches, which is no square");
    }
    Map<String, Object> sizes = new LinkedHashMap<>();
    sizes.put("hidden_size", width);
    sizes.put("intermediate_size", shapes.extent("encoder.layers.0.mlp.fc1.weight", 2, 0));
    sizes.put("num_hidden_layers", shapes.layers("encoder.layers"));
    sizes.put("image_size", side * patch);
    sizes.put("patch_size", patch);
    sizes.put("num_channels", shapes.extent("embeddings.patch_embedding.weight", 4, 1));
    return sizes;
  }

  /// Sizes of this part of a checkpoint under our names.
  ///
  /// @param own the weights of this part
  /// @param all those of the whole captioner, as far as they are there
  /// @throws org.clipscribe.nn.BadInputException when the weights that tell are missing or absurd
  Map<String, Object> measure(NamedTensors own, NamedTensors all) {
    return measure(new Measured(own, prefix, all));
  }
}
