package org.clipscribe.scenes.training;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.clip.PreprocessorConfig;
import org.clipscribe.nn.DType;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.safetensors.SafetensorsWriter;
import org.clipscribe.scenes.SceneVocabulary;

/// Writes the miniature as a bundle with both halves of CLIP.
final class MiniBundle {
  private MiniBundle() {}

  /// @param folder made if it is missing; files in it are replaced
  /// @param vocabularies what [SceneVocabulary] wrote
  static void write(
      Path folder,
      Path vocabularies,
      MiniConfig config,
      PreprocessorConfig preprocessor,
      NamedTensors tensors)
      throws IOException {
    Files.createDirectories(folder);
    weights(folder.resolve(Bundle.WEIGHTS), tensors);
    json(folder.resolve(Bundle.CONFIG), config.bundle().toMap());
    json(folder.resolve(Bundle.PREPROCESSOR), preprocessor.toMap());
    Path decoder = vocabularies.resolve(SceneVocabulary.DECODER);
    copy(decoder.resolve("vocab.json"), folder.resolve(Bundle.VOCABULARY));
    copy(decoder.resolve("merges.txt"), folder.resolve(Bundle.MERGES));
    Path tower = vocabularies.resolve(SceneVocabulary.TEXT_TOWER);
    copy(tower.resolve("vocab.json"), folder.resolve(Bundle.CLIP_VOCABULARY));
    copy(tower.resolve("merges.txt"), folder.resolve(Bundle.CLIP_MERGES));
  }

  /// All but the heads, which only training uses.
  private static void weights(Path file, NamedTensors tensors) throws IOException {
    Map<String, TensorInfo> layout = new LinkedHashMap<>();
    for (String name : tensors.names()) {
      if (!name.startsWith(MiniModel.HEADS + ".")) {
        layout.put(name, new TensorInfo(DType.F32, tensors.info(name).shape()));
      }
    }
    try (SafetensorsWriter writer = new SafetensorsWriter(file, layout, Map.of("format", "pt"))) {
      for (String name : layout.keySet()) {
        writer.copy(name, tensors, name);
      }
      writer.commit();
    }
  }

  private static void json(Path file, Map<String, Object> document) throws IOException {
    Files.write(file, Json.write(document).getBytes(StandardCharsets.UTF_8));
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
  }
}
