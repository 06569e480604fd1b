package org.clipscribe.convert;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.clipscribe.captioner.BundleConfig;
import org.clipscribe.convert.torch.TorchFile;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.nn.safetensors.ShardedSafetensors;

/// A checkpoint as it lies on the disk: weights, and the `config.json` beside them if it is about
/// them.
///
/// @param folder where it lies, with whatever else is there
/// @param container how the weights are stored, for a person
/// @param files those that hold weights
/// @param config absent when there is none or it says nothing of what we read
record WeightFiles(
    Path folder,
    NamedTensors tensors,
    AutoCloseable handle,
    String container,
    List<Path> files,
    Optional<JsonObject> config)
    implements AutoCloseable {

  private static final String INDEX = ".index.json";

  /// What a folder is searched for, best first.
  private static final List<String> USUAL =
      List.of(
          "model.safetensors" + INDEX,
          "model.safetensors",
          "pytorch_model.bin",
          "model.pt",
          "pytorch_model.bin" + INDEX,
          "open_clip_model.safetensors",
          "open_clip_pytorch_model.bin");

  private static final Set<String> MODEL_TYPES =
      Set.of("clip", "clip_vision_model", "gpt2", "vision-encoder-decoder");
  private static final Set<String> FORMATS =
      Set.of("clip-gpt-captioning", "clipcap", BundleConfig.FORMAT);

  /// @param path a file, or a folder that holds one of the usual names
  /// @throws BadInputException when there is nothing there that can be read
  static WeightFiles open(Path path) {
    Path file = Files.isDirectory(path) ? inside(path) : path;
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new BadInputException(path, "is not a checkpoint");
    }
    Optional<JsonObject> config = config(folder.resolve("config.json"));
    String name = file.getFileName().toString();
    if (name.endsWith(".bin" + INDEX)) {
      throw new BadInputException(
          file, "is a .bin checkpoint in several files; use the safetensors files of the model");
    }
    if (name.endsWith(INDEX)) {
      ShardedSafetensors shards = ShardedSafetensors.open(file);
      List<Path> files = shardNames(file).stream().map(file::resolveSibling).toList();
      String container = "safetensors, " + files.size() + " shards";
      return new WeightFiles(folder, shards, shards, container, files, config);
    }
    if (name.endsWith(".safetensors") || startsLikeSafetensors(file)) {
      SafetensorsFile opened = SafetensorsFile.open(file);
      return new WeightFiles(folder, opened, opened, "safetensors", List.of(file), config);
    }
    TorchFile opened = TorchFile.open(file);
    String container =
        switch (opened.container()) {
          case ZIP -> "torch.save (zip)";
          case LEGACY -> "torch.save (before torch 1.6)";
        };
    if (!opened.path().isEmpty()) {
      container += ", state dict under " + BadInputException.quote(opened.path());
    }
    return new WeightFiles(folder, opened, opened, container, List.of(file), config);
  }

  /// The weights in a folder, if they have one of the usual names.
  static Optional<Path> in(Path folder) {
    return USUAL.stream().map(folder::resolve).filter(Files::isRegularFile).findFirst();
  }

  private static Path inside(Path folder) {
    return in(folder)
        .orElseThrow(
            () -> new BadInputException(folder, "is a folder that holds none of " + USUAL));
  }

  /// The first 8 bytes of safetensors are the length of a JSON object that follows them.
  private static boolean startsLikeSafetensors(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer start = ByteBuffer.allocate(9).order(ByteOrder.LITTLE_ENDIAN);
      if (channel.read(start, 0) < start.capacity()) {
        return false;
      }
      long header = start.getLong(0);
      return header > 1 && header < channel.size() && start.get(8) == '{';
    } catch (IOException e) {
      throw BadInputException.unreadable(file, e);
    }
  }

  private static List<String> shardNames(Path index) {
    Map<String, ?> weights = Json.readObject(index).object("weight_map").toMap();
    return weights.values().stream().map(String::valueOf).distinct().sorted().toList();
  }

  private static Optional<JsonObject> config(Path file) {
    if (!Files.isRegularFile(file)) {
      return OpenClipConfig.beside(file);
    }
    JsonObject json = Json.readObject(file);
    boolean ours =
        (json.get("format") instanceof String format && FORMATS.contains(format))
            || (json.get("model_type") instanceof String type && MODEL_TYPES.contains(type));
    return ours ? Optional.of(json) : OpenClipConfig.beside(file);
  }

  /// Whether a file of this name lies beside the weights.
  Optional<Path> sibling(String name) {
    Path file = folder.resolve(name);
    return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
  }

  @Override
  public void close() {
    try {
      handle.close();
    } catch (Exception e) {
      throw new IllegalStateException("closing a file that was only read", e);
    }
  }
}
