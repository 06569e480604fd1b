package org.clipscribe.convert;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.BundleConfig;
import org.clipscribe.captioner.CaptionModel;
import org.clipscribe.clip.PreprocessorConfig;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.DType;
import org.clipscribe.nn.Initialisation;
import org.clipscribe.nn.SeededTensors;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.json.Json;
import org.clipscribe.tensor.Backends;

/// Writes a captioner of one of the original's sizes with random weights: its captions mean
/// nothing, its speed and its memory are those of the real one. For trying a machine before
/// downloading a model, for benchmarks and for tests.
public final class RandomBundle {
  /// What GPT-2 starts training from.
  private static final float DEVIATION = 0.02f;

  /// The dimensions of the original's two sizes, where they differ from the defaults, and of one
  /// for tests.
  private enum Size {
    TINY(
        """
        {"clip": {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,
                  "num_attention_heads": 4, "image_size": 64, "patch_size": 16},
         "mapping": {"ep_len": 4, "num_layers": 2, "n_heads": 4, "embed_size": 64},
         "gpt2": {"n_embd": 64, "n_layer": 2, "n_head": 4,
                  "n_positions": 64, "vocab_size": 512}}
        """),
    S(
        """
        {"clip": {},
         "mapping": {"ep_len": 4, "num_layers": 6, "n_heads": 16, "embed_size": 768},
         "gpt2": {"n_embd": 768, "n_layer": 12, "n_head": 12,
                  "n_positions": 1024, "vocab_size": 50257}}
        """),
    L(
        """
        {"clip": {"hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 24,
                  "num_attention_heads": 16, "patch_size": 14},
         "mapping": {"ep_len": 4, "num_layers": 5, "n_heads": 16, "embed_size": 1024},
         "gpt2": {"n_embd": 1024, "n_layer": 24, "n_head": 16,
                  "n_positions": 1024, "vocab_size": 50257}}
        """);

    private final String dimensions;

    Size(String dimensions) {
      this.dimensions = dimensions;
    }

    BundleConfig config() {
      return BundleConfig.of(
          Json.parseObject(dimensions.getBytes(StandardCharsets.UTF_8), "size " + name()));
    }
  }

  private RandomBundle() {}

  /// What to write.
  ///
  /// @param size `S` or `L`
  /// @param seed the same seed gives the same bytes, everywhere
  /// @param dtype how weights are stored
  /// @param tokenizer a folder with GPT-2's `vocab.json` and `merges.txt`
  /// @param target the folder to make
  /// @param force whether a bundle that is there may be replaced
  /// @param toolVersion of this program, for the manifest
  public record Request(
      String size,
      long seed,
      DType dtype,
      Optional<Path> tokenizer,
      Path target,
      boolean force,
      String toolVersion) {
    public Request withTokenizer(Optional<Path> folder) {
      return new Request(size, seed, dtype, folder, target, force, toolVersion);
    }
  }

  /// @throws BadInputException when the size is not known, the tokenizer is not there or the target
  ///     is in the way
  public static ConvertReport write(Request request, Progress progress) {
    Path target = request.target();
    DType dtype = request.dtype();
    BundleConfig config = config(request.size());
    try (StagedFolder folder = StagedFolder.create(target, request.force())) {
      Path path = folder.path();
      BundleFiles.copyTokenizer(request.tokenizer().orElse(target), path, config);
      Files.writeString(
          path.resolve(Bundle.PREPROCESSOR),
          Json.writePretty(PreprocessorConfig.clip(config.vision().imageSize()).toMap()));
      Files.writeString(path.resolve(Bundle.CONFIG), Json.writePretty(config.toMap()));
      SeededTensors tensors = tensors(config, request.seed());
      Map<String, TensorInfo> layout = new LinkedHashMap<>();
      for (String name : tensors.names()) {
        layout.put(name, new TensorInfo(dtype, tensors.info(name).shape()));
      }
      BundleFiles.writeWeights(tensors, layout, path.resolve(Bundle.WEIGHTS), progress);
      Map<String, Object> origin = Map.of("kind", "random weights", "seed", request.seed());
      Manifest.write(path, Bundle.MANIFEST, List.of(origin), request.toolVersion());
      folder.commit();
      return BundleFiles.report(
          target, config, "random weights", layout, List.of("captions will mean nothing"));
    } catch (IOException e) {
      throw new UncheckedIOException(
          target + ": cannot be written (" + e + "); nothing was left there", e);
    }
  }

  /// The dimensions of a size.
  ///
  /// @param size `S`, `L` or `tiny`
  /// @throws BadInputException when there is no such size
  public static BundleConfig config(String size) {
    return switch (size) {
      case "tiny" -> Size.TINY.config();
      case "S" -> Size.S.config();
      case "L" -> Size.L.config();
      default ->
          throw new BadInputException(
              "random:" + size, "is no size; there are random:S and random:L");
    };
  }

  static SeededTensors tensors(BundleConfig config, long seed) {
    try (var backend = Backends.open("reference", 1).backend()) {
      return SeededTensors.of(
          backend,
          seed,
          Initialisation.normal(DEVIATION),
          _ -> false,
          source -> CaptionModel.of(source, config));
    }
  }
}
