package org.clipscribe.scenes.training;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.clip.PreprocessorConfig;
import org.clipscribe.nn.DType;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.safetensors.SafetensorsWriter;
import org.clipscribe.scenes.SceneVocabulary;

/// Writes the miniature as a bundle, and beside the bundle's own files a whole CLIP with its
/// tokenizer in Hugging Face's form, `clip/`.
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
    Path clip = folder.resolve("clip");
    Files.createDirectories(clip);
    weights(
        folder.resolve(Bundle.WEIGHTS),
        tensors,
        "",
        name ->
            name.startsWith("clip.vision_model.")
                || name.startsWith("mapping.")
                || name.startsWith("gpt2."));
    weights(clip.resolve(Bundle.WEIGHTS), tensors, "clip.", name -> name.startsWith("clip."));
    json(folder.resolve(Bundle.CONFIG), config.bundle().toMap());
    json(clip.resolve(Bundle.CONFIG), config.clip().toMap());
    json(folder.resolve(Bundle.PREPROCESSOR), preprocessor.toMap());
    json(clip.resolve(Bundle.PREPROCESSOR), preprocessor.toMap());
    for (String file : new String[] {Bundle.VOCABULARY, Bundle.MERGES}) {
      copy(vocabularies.resolve(SceneVocabulary.DECODER).resolve(file), folder.resolve(file));
      copy(vocabularies.resolve(SceneVocabulary.TEXT_TOWER).resolve(file), clip.resolve(file));
    }
  }

  /// @param prefix taken off the names
  private static void weights(
      Path file, NamedTensors tensors, String prefix, Predicate<String> wanted) throws IOException {
    Map<String, TensorInfo> layout = new LinkedHashMap<>();
    for (String name : tensors.names()) {
      if (wanted.test(name)) {
        layout.put(
            name.substring(prefix.length()), new TensorInfo(DType.F32, tensors.info(name).shape()));
      }
    }
    try (SafetensorsWriter writer = new SafetensorsWriter(file, layout, Map.of("format", "pt"))) {
      for (String name : layout.keySet()) {
        writer.copy(name, tensors, prefix + name);
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
