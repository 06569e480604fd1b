package org.clipscribe.convert;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.BundleConfig;
import org.clipscribe.gpt2.Gpt2Tokenizer;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.safetensors.SafetensorsWriter;

/// The files of a bundle that are written the same way wherever its weights come from.
final class BundleFiles {
  private BundleFiles() {}

  static boolean hasTokenizer(Path folder) {
    return Files.isRegularFile(folder.resolve(Bundle.VOCABULARY))
        && Files.isRegularFile(folder.resolve(Bundle.MERGES));
  }

  static BadInputException noTokenizer(Path folder) {
    return new BadInputException(
        folder,
        "has no tokenizer (vocab.json and merges.txt); name a folder that has them with"
            + " --tokenizer DIR: examples/gpt2-tokenizer of clipscribe, or"
            + " https://huggingface.co/openai-community/gpt2");
  }

  /// Copies the tokenizer's two files, if they are for this decoder.
  static void copyTokenizer(Path from, Path folder, BundleConfig config) throws IOException {
    if (!hasTokenizer(from)) {
      throw noTokenizer(from);
    }
    Path vocabulary = from.resolve(Bundle.VOCABULARY);
    Path merges = from.resolve(Bundle.MERGES);
    int tokens = Gpt2Tokenizer.open(vocabulary, merges).vocabularySize();
    int expected = config.gpt2().vocabulary();
    if (tokens != expected) {
      throw new BadInputException(
          vocabulary, "has " + tokens + " tokens, but the weights are for " + expected);
    }
    Files.copy(vocabulary, folder.resolve(Bundle.VOCABULARY));
    Files.copy(merges, folder.resolve(Bundle.MERGES));
  }

  /// Writes weights a block at a time.
  ///
  /// @param layout names, types and shapes as they will be written
  static void writeWeights(
      NamedTensors tensors, Map<String, TensorInfo> layout, Path file, Progress progress)
      throws IOException {
    long total = byteSize(layout);
    // What Python's loaders ask for.
    Map<String, String> metadata = Map.of("format", "pt");
    try (SafetensorsWriter writer = new SafetensorsWriter(file, layout, metadata)) {
      long done = 0;
      for (Map.Entry<String, TensorInfo> tensor : layout.entrySet()) {
        progress.update(done, total);
        writer.copy(tensor.getKey(), tensors, tensor.getKey());
        done += tensor.getValue().byteSize();
      }
      writer.commit();
      progress.update(total, total);
    }
  }

  static ConvertReport report(
      Path target,
      BundleConfig config,
      String kind,
      Map<String, TensorInfo> layout,
      List<String> notes) {
    long parameters = layout.values().stream().mapToLong(TensorInfo::elements).sum();
    String summary =
        String.format(
            Locale.ROOT, "%s, size %s, %.1f M parameters", kind, config.size(), parameters / 1e6);
    return new ConvertReport(target, config, summary, parameters, byteSize(layout), notes);
  }

  private static long byteSize(Map<String, TensorInfo> layout) {
    return layout.values().stream().mapToLong(TensorInfo::byteSize).sum();
  }
}
