package org.clipscribe.convert;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.jspecify.annotations.Nullable;

/// The kinds of mapping networks, told by the names of their weights.
enum MappingShapes {
  /// That of clip-gpt-captioning.
  ENCODER("mapper.weight") {
    @Override
    Map<String, Object> measure(Measured shapes) {
      long width = shapes.extent("mapper.weight", 2, 1);
      long rows = shapes.extent("mapper.weight", 2, 0);
      long inner = shapes.extent("transformer_encoder.layers.0.linear1.weight", 2, 0);
      Map<String, Object> sizes = new LinkedHashMap<>();
      sizes.put("ep_len", shapes.ratio("mapper.weight", rows, width));
      sizes.put("num_layers", shapes.layers("transformer_encoder.layers"));
      sizes.put("forward_expansion", shapes.ratio("linear1.weight", inner, width));
      sizes.put("embed_size", width);
      return sizes;
    }

    @Override
    Optional<Part.Heads> heads(long width) {
      // At both published sizes it is their number that is fixed.
      return Optional.of(new Part.Heads("n_heads", width, width % 16 == 0 ? width / 16 : 0));
    }
  },
  /// ClipCap's transformer.
  TRANSFORMER("prefix_const") {
    @Override
    Map<String, Object> measure(Measured shapes) {
      long width = shapes.extent("prefix_const", 2, 1);
      long rows = shapes.extent("linear.weight", 2, 0);
      long inner = shapes.extent("transformer.layers.0.mlp.fc1.weight", 2, 0);
      Map<String, Object> sizes = new LinkedHashMap<>();
      sizes.put("type", "transformer");
      sizes.put("prefix_length", shapes.extent("prefix_const", 2, 0));
      sizes.put("clip_length", shapes.ratio("linear.weight", rows, width));
      sizes.put("num_layers", shapes.layers("transformer.layers"));
      sizes.put("mlp_ratio", shapes.ratio("fc1.weight", inner, width));
      sizes.put("prefix_size", shapes.extent("linear.weight", 2, 1));
      sizes.put("embed_size", width);
      return sizes;
    }

    @Override
    Map<String, Object> usual() {
      return Map.of("normalize_prefix", true);
    }

    @Override
    Optional<Part.Heads> heads(long width) {
      return Optional.of(new Part.Heads("mapper_heads", width, width % 8 == 0 ? width / 8 : 0));
    }
  },
  /// ClipCap's `MLP`.
  MLP("model.0.weight") {
    @Override
    Map<String, Object> measure(Measured shapes) {
      List<Long> outputs = new ArrayList<>();
      for (int i = 0; shapes.has("model." + i + ".weight"); i += 2) {
        outputs.add(shapes.extent("model." + i + ".weight", 2, 0));
      }
      return mlp(shapes, "model.0.weight", outputs);
    }
  },
  /// The single layer that ClipCap has for long prefixes.
  LINEAR("weight") {
    @Override
    Map<String, Object> measure(Measured shapes) {
      return mlp(shapes, "weight", List.of(shapes.extent("weight", 2, 0)));
    }
  };

  /// The size of image embeddings that one CLIP alone has.
  static final long RN50X4 = 640;

  private final String sign;

  MappingShapes(String sign) {
    this.sign = sign;
  }

  /// @throws org.clipscribe.nn.BadInputException when the names are of none
  static MappingShapes of(Measured shapes) {
    for (MappingShapes kind : values()) {
      if (shapes.has(kind.sign)) {
        return kind;
      }
    }
    throw shapes.refuse(
        "lacks %s%s, from which the size of the model is read"
            .formatted(shapes.prefix(), ENCODER.sign));
  }

  /// @param sizes measured ones
  static MappingShapes of(Map<String, Object> sizes) {
    return switch (String.valueOf(sizes.get("type"))) {
      case "transformer" -> TRANSFORMER;
      case "mlp" -> MLP;
      default -> ENCODER;
    };
  }

  /// Numbers of the image embedding that a network reads.
  static long inputs(Map<String, Object> sizes) {
    return sizes.getOrDefault("prefix_size", sizes.get("embed_size")) instanceof Long inputs
        ? inputs
        : 0;
  }

  /// Whose image embeddings are of this size, if only one CLIP's are, for errors.
  static String giver(long inputs) {
    return inputs == RN50X4 ? " (CLIP RN50x4, a ResNet, gives them: unsupported architecture)" : "";
  }

  /// What a configuration in the form of ClipCap's arguments says, which has no sections.
  static JsonObject clipCap(JsonObject config) {
    Map<String, @Nullable Object> section = new LinkedHashMap<>();
    config
        .toMap()
        .forEach(
            (key, value) -> {
              if (value != null && !key.equals("mapping") && !key.equals("gpt2")) {
                section.put(key, value);
              }
            });
    section.put("type", config.string("mapping"));
    byte[] json = Json.write(section).getBytes(StandardCharsets.UTF_8);
    return Json.parseObject(json, config.origin());
  }

  abstract Map<String, Object> measure(Measured shapes);

  /// What no shape tells.
  Map<String, Object> usual() {
    return Map.of();
  }

  /// @param width of the network
  Optional<Part.Heads> heads(long width) {
    return Optional.empty();
  }

  private static Map<String, Object> mlp(Measured shapes, String first, List<Long> outputs) {
    // Of the product of the prefix's extents, the decoder's width is one.
    long width = new Measured(shapes.all(), "gpt2.", shapes.all()).extent("ln_f.weight", 1, 0);
    Map<String, Object> sizes = new LinkedHashMap<>();
    sizes.put("type", "mlp");
    sizes.put("prefix_length", shapes.ratio("rows of the prefix", outputs.getLast(), width));
    sizes.put("hidden_sizes", List.copyOf(outputs.subList(0, outputs.size() - 1)));
    sizes.put("prefix_size", shapes.extent(first, 2, 1));
    sizes.put("embed_size", width);
    return sizes;
  }
}
