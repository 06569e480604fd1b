package org.clipscribe.convert;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.BundleConfig;
import org.clipscribe.clip.PreprocessorConfig;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.DType;
import org.clipscribe.nn.Fit;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.safetensors.SafetensorsFile;

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

  /// The weights in a folder of a checkpoint, or the index of their parts, if it has any.
  public static Optional<Path> weightsIn(Path folder) {
    return WeightFiles.in(folder);
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
      BundleFiles.copyTokenizer(tokenizerFolder(assembly), path, config);
      writePreprocessor(assembly, path);
      copyClipWords(assembly, path);
      Files.writeString(path.resolve(Bundle.CONFIG), Json.writePretty(config.toMap()));
      Map<String, TensorInfo> layout = layout(assembly.tensors());
      BundleFiles.writeWeights(assembly.tensors(), layout, path.resolve(Bundle.WEIGHTS), progress);
      List<Map<String, Object>> origins = new ArrayList<>();
      for (Recognised source : assembly.sources()) {
        origins.add(Manifest.describe(source));
      }
      Manifest.write(path, Bundle.MANIFEST, origins, request.toolVersion());
      verify(path);
      folder.commit();
      return BundleFiles.report(
          request.target(),
          config,
          assembly.sources().getFirst().family().label(),
          layout,
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

  private Path tokenizerFolder(Assembly assembly) {
    List<Path> searched = new ArrayList<>();
    if (request.tokenizer().isPresent()) {
      searched.add(request.tokenizer().get());
    } else {
      // The folder of GPT-2 was opened last, if there is one: it knows best.
      assembly.sources().reversed().forEach(source -> searched.add(source.files().folder()));
    }
    return searched.stream()
        .filter(BundleFiles::hasTokenizer)
        .findFirst()
        .orElseThrow(() -> BundleFiles.noTokenizer(searched.getFirst()));
  }

  private static void copyClipWords(Assembly assembly, Path folder) throws IOException {
    if (assembly.config().text().isPresent()) {
      int tokens = assembly.config().text().get().config().vocabulary();
      ClipWordFiles.beside(assembly.vision().files()).orElseThrow().copyTo(folder, tokens);
    }
  }

  private static void writePreprocessor(Assembly assembly, Path folder) throws IOException {
    int side = assembly.config().vision().imageSize();
    Optional<Path> given = assembly.vision().files().sibling(Bundle.PREPROCESSOR);
    Path file = folder.resolve(Bundle.PREPROCESSOR);
    if (given.isEmpty()) {
      Files.writeString(
          file, Json.writePretty(PreprocessorConfig.usual(assembly.config().vision()).toMap()));
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
