package org.clipscribe.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.BundleConfig;
import org.clipscribe.captioner.CaptionModel;
import org.clipscribe.clip.PreprocessorConfig;
import org.clipscribe.nn.Initialisation;
import org.clipscribe.nn.SeededTensors;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.safetensors.SafetensorsWriter;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.spi.Backend;

/// A captioner that knows nothing yet: small networks with random weights and the real tokenizer.
final class TinyCaptioner {
  private static final String CONFIG =
      """
      {"clip": {"hidden_size": 48, "intermediate_size": 96, "num_hidden_layers": 2,
                "num_attention_heads": 4, "image_size": 64, "patch_size": 16},
       "mapping": {"ep_len": 4, "num_layers": 2, "n_heads": 4, "embed_size": 48},
       "gpt2": {"n_embd": 48, "n_layer": 2, "n_head": 4, "n_positions": 48, "vocab_size": 50257},
       "max_len": 24, "position_rule": "clean"}
      """;

  private TinyCaptioner() {}

  static Path write(Path folder) throws IOException {
    Files.createDirectories(folder);
    BundleConfig config =
        BundleConfig.of(Json.parseObject(CONFIG.getBytes(StandardCharsets.UTF_8), "tiny"));
    Files.writeString(folder.resolve(Bundle.CONFIG), Json.writePretty(config.toMap()));
    Files.writeString(
        folder.resolve(Bundle.PREPROCESSOR),
        Json.writePretty(PreprocessorConfig.clip(config.vision().imageSize()).toMap()));
    for (String file : new String[] {Bundle.VOCABULARY, Bundle.MERGES}) {
      Files.copy(Path.of("../examples/gpt2-tokenizer", file), folder.resolve(file));
    }
    try (Backend backend = Backends.open("reference", 1).backend()) {
      SeededTensors weights =
          SeededTensors.of(
              backend,
              5,
              TinyCaptioner::initialisation,
              _ -> false,
              source -> CaptionModel.of(source, config));
      Map<String, TensorInfo> layout = new LinkedHashMap<>();
      weights.names().forEach(name -> layout.put(name, weights.info(name)));
      try (SafetensorsWriter writer =
          new SafetensorsWriter(folder.resolve(Bundle.WEIGHTS), layout, Map.of())) {
        for (String name : weights.names()) {
          writer.copy(name, weights, name);
        }
        writer.commit();
      }
    }
    return folder;
  }

  /// Larger than what models start from: so that a random CLIP tells pictures apart, and so that
  /// words lie far from each other. The rest is small enough for attention to be undecided at
  /// first.
  private static Initialisation.Distribution initialisation(String name, TensorInfo info) {
    boolean wide = name.startsWith("clip.") || name.equals("gpt2.wte.weight");
    return Initialisation.normal(wide ? 0.2f : 0.08f).of(name, info);
  }
}
