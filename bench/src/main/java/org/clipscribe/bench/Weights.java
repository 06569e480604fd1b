package org.clipscribe.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.clipscribe.nn.Initialisation;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.ParameterSource;
import org.clipscribe.nn.SeededTensors;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.nn.safetensors.SafetensorsWriter;
import org.clipscribe.tensor.spi.Backend;

/// Random models of full size: drawn once, kept in a file that ours and the peers read alike.
public final class Weights {
  private static final Path FOLDER = Options.TARGET.resolve("weights");
  private static final long SEED = 20260101;

  /// Not 0, so that a peer that forgets a bias is found out.
  private static final Initialisation INITIALISATION =
      Initialisation.normal(0.02f)
          .with(name -> name.endsWith("bias"), new Initialisation.Normal(0, 0.02f));

  private Weights() {}

  /// Where a file of this run lies.
  public static Path path(String name) {
    return FOLDER.resolve(name);
  }

  /// The file of a random model, written unless an earlier run did.
  ///
  /// @param backend named by placeholders while the model's shapes are collected
  /// @param model builds it from a source
  public static SafetensorsFile of(String name, Backend backend, Function<ParameterSource, ?> model)
      throws IOException {
    Path file = path(name + ".safetensors");
    if (!Files.isRegularFile(file)) {
      Files.createDirectories(FOLDER);
      NamedTensors random = SeededTensors.of(backend, SEED, INITIALISATION, _ -> false, model);
      Map<String, TensorInfo> layout = new LinkedHashMap<>();
      random.names().forEach(tensor -> layout.put(tensor, random.info(tensor)));
      try (SafetensorsWriter writer = new SafetensorsWriter(file, layout, Map.of())) {
        for (String tensor : layout.keySet()) {
          writer.copy(tensor, random, tensor);
        }
        writer.commit();
      }
    }
    return SafetensorsFile.open(file);
  }
}
