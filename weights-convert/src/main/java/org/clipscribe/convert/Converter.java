package org.clipscribe.convert;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.BundleConfig;
import org.clipscribe.clip.PreprocessorConfig;
import org.clipscribe.gpt2.Gpt2Tokenizer;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.DType;
import org.clipscribe.nn.Fit;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.nn.safetensors.SafetensorsWriter;

/// Makes a bundle out of any checkpoint we know: a folder with everything that captioning needs.
///
/// Weights go from file to file a block at a time, so memory does not grow with the model. The
/// folder appears when everything in it was written, read back and checked, and not before.
public final class Converter {
  private final ConvertRequest request;
  private final Progress progress;

  private Converter(ConvertRequest request, Progress progress) {
    this.request = request;
    this.progress = progress;
  }

  /// @throws BadInputException when a source cannot be read, is not what it should be or does not
  ///     fit, or when the target is there already
  /// @throws UncheckedIOException when the bundle cannot be written
  public static ConvertReport convert(ConvertRequest request) {
    return convert(request, Progress.NONE);
  }

  /// @param progress told of every part of the weights that is written
  public static ConvertReport convert(ConvertRequest request, Progress progress) {
    try {
      return new Converter(request, progress).convert();
    } catch (IOException e) {
      throw new UncheckedIOException(
          request.target() + ": cannot be written (" + e + "); nothing was left there", e);
    }
  }

  private ConvertReport convert() throws IOException {
    try (StagedFolder folder = StagedFolder.create(request.target(), request.force());
        Assembly assembly = Assembly.of(request)) {
      BundleConfig config = assembly.config();
      Path path = folder.path();
      copyTokenizer(assembly, path);
      writePreprocessor(assembly, path);
      Files.writeString(path.resolve(Bundle.CONFIG), Json.writePretty(config.toMap()));
      Map<String, TensorInfo> layout = layout(assembly.tensors());
      writeWeights(assembly.tensors(), layout, path.resolve(Bundle.WEIGHTS));
      Manifest.write(path, Bundle.MANIFEST, assembly.sources(), request.toolVersion());
      verify(path);
      folder.commit();
      long parameters = layout.values().stream().mapToLong(TensorInfo::elements).sum();
      return new ConvertReport(
          request.target(),
          config,
          String.format(
              Locale.ROOT,
              "%s, size %s, %.1f M parameters",
              assembly.sources().getFirst().family().label(),
              config.size(),
              parameters / 1e6),
          parameters,
          layout.values().stream().mapToLong(TensorInfo::byteSize).sum(),
          assembly.notes());
    }
  }

  /// Names, types and shapes as they will be written.
  private Map<String, TensorInfo> layout(NamedTensors tensors) {
    Map<String, TensorInfo> layout = new LinkedHashMap<>();
    for (String name : tensors.names()) {
      TensorInfo info = tensors.info(name);
      DType kept = info.dtype() == DType.F64 ? DType.F32 : info.dtype();
      layout.put(name, new TensorInfo(request.dtype().orElse(kept), info.shape()));
    }
    return layout;
  }

  private void writeWeights(NamedTensors tensors, Map<String, TensorInfo> layout, Path file)
      throws IOException {
    long total = layout.values().stream().mapToLong(TensorInfo::byteSize).sum();
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

  private void copyTokenizer(Assembly assembly, Path folder) throws IOException {
    Path from = tokenizerFolder(assembly);
    for (String name : List.of(Bundle.VOCABULARY, Bundle.MERGES)) {
      Files.copy(from.resolve(name), folder.resolve(name));
    }
    int tokens =
        Gpt2Tokenizer.open(from.resolve(Bundle.VOCABULARY), from.resolve(Bundle.MERGES))
            .vocabularySize();
    int expected = assembly.config().gpt2().vocabulary();
    if (tokens != expected) {
      throw new BadInputException(
          from.resolve(Bundle.VOCABULARY),
          "has " + tokens + " tokens, but the weights are for " + expected);
    }
  }

  private Path tokenizerFolder(Assembly assembly) {
    List<Path> searched = new ArrayList<>();
    if (request.tokenizer().isPresent()) {
      searched.add(request.tokenizer().get());
    } else {
      // The folder of GPT-2 was opened last, if there is one: it knows best.
      assembly.sources().reversed().forEach(source -> searched.add(source.files().folder()));
    }
    return searched.stream()
        .filter(folder -> Files.isRegularFile(folder.resolve(Bundle.VOCABULARY)))
        .filter(folder -> Files.isRegularFile(folder.resolve(Bundle.MERGES)))
        .findFirst()
        .orElseThrow(
            () ->
                new BadInputException(
                    searched.getFirst(),
                    "has no tokenizer (vocab.json and merges.txt); name a folder that has them with"
                        + " --tokenizer DIR: examples/gpt2-tokenizer of clipscribe, or"
                        + " https://huggingface.co/openai-community/gpt2"));
  }

  private static void writePreprocessor(Assembly assembly, Path folder) throws IOException {
    int side = assembly.config().clip().imageSize();
    Optional<Path> given =
        assembly.sources().stream()
            .filter(source -> source.has(Part.CLIP))
            .reduce((_, last) -> last)
            .flatMap(source -> source.files().sibling(Bundle.PREPROCESSOR));
    Path file = folder.resolve(Bundle.PREPROCESSOR);
    if (given.isEmpty()) {
      Files.writeString(file, Json.writePretty(PreprocessorConfig.clip(side).toMap()));
      return;
    }
    PreprocessorConfig config = PreprocessorConfig.read(given.get());
    if (config.width() != side || config.height() != side) {
      throw new BadInputException(
          given.get(),
          "makes pictures of %d x %d, but the weights are for %d x %d"
              .formatted(config.width(), config.height(), side, side));
    }
    Files.copy(given.get(), file);
  }

  /// Opens what was written as a captioner would.
  private static void verify(Path folder) {
    Bundle bundle = Bundle.open(folder);
    try (SafetensorsFile weights = SafetensorsFile.open(folder.resolve(Bundle.WEIGHTS))) {
      Fit fit = Assembly.compare(weights, bundle.config());
      if (!fit.fits()) {
        throw new IllegalStateException("the bundle does not fit itself: " + fit.faults());
      }
    }
  }
}
