package org.clipscribe.nn.safetensors;

import static org.clipscribe.nn.BadInputException.quote;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.jspecify.annotations.Nullable;

/// A checkpoint in several safetensors files, tied together by `model.safetensors.index.json`,
/// whose `weight_map` says which file holds which tensor. Can be read by many threads at once.
public final class ShardedSafetensors implements NamedTensors, AutoCloseable {
  private final Path index;
  private final Map<String, SafetensorsFile> tensors;
  private final Map<String, SafetensorsFile> files;

  private ShardedSafetensors(
      Path index, Map<String, SafetensorsFile> tensors, Map<String, SafetensorsFile> files) {
    this.index = index;
    this.tensors = Collections.unmodifiableMap(tensors);
    this.files = files;
  }

  /// Opens an index and all files that it names, which must lie beside it.
  ///
  /// @throws BadInputException when the index is damaged or names anything but plain files, or when
  ///     index and files disagree about the tensors
  public static ShardedSafetensors open(Path index) {
    JsonObject json = Json.readObject(index);
    Map<String, @Nullable Object> weights = json.object("weight_map").toMap();
    Map<String, SafetensorsFile> tensors = new LinkedHashMap<>();
    Map<String, SafetensorsFile> files = new LinkedHashMap<>();
    try {
      for (Map.Entry<String, @Nullable Object> weight : weights.entrySet()) {
        String name = weight.getKey();
        SafetensorsFile file =
            files.computeIfAbsent(
                plainName(index, name, weight.getValue()),
                shard -> SafetensorsFile.open(index.resolveSibling(shard)));
        if (!file.names().contains(name)) {
          throw new BadInputException(
              file.origin(), "lacks tensor " + quote(name) + ", which " + index + " says is there");
        }
        tensors.put(name, file);
      }
      refuseUnlisted(index, tensors, files);
      ShardedSafetensors opened = new ShardedSafetensors(index, tensors, files);
      files = Map.of(); // now closed by what was opened
      return opened;
    } finally {
      files.values().forEach(SafetensorsFile::close);
    }
  }

  /// An index comes from elsewhere and must not reach outside its folder.
  private static String plainName(Path index, String tensor, @Nullable Object value) {
    if (value instanceof String name
        && name.endsWith(".safetensors")
        && name.length() <= 255
        && name.chars().noneMatch(c -> c < ' ' || c > '~' || "/\\:".indexOf(c) >= 0)) {
      return name;
    }
    throw new BadInputException(
        index,
        "weight_map says tensor %s is in %s, expected the plain name of a .safetensors file"
            .formatted(quote(tensor), value instanceof String name ? quote(name) : value));
  }

  private static void refuseUnlisted(
      Path index, Map<String, SafetensorsFile> tensors, Map<String, SafetensorsFile> files) {
    for (SafetensorsFile file : files.values()) {
      for (String name : file.names()) {
        if (tensors.get(name) != file) {
          throw new BadInputException(
              file.origin(), "holds tensor " + quote(name) + ", which " + index + " does not list");
        }
      }
    }
  }

  @Override
  public String origin() {
    return index.toString();
  }

  @Override
  public Set<String> names() {
    return tensors.keySet();
  }

  @Override
  public TensorInfo info(String name) {
    return file(name).info(name);
  }

  private SafetensorsFile file(String name) {
    SafetensorsFile file = tensors.get(name);
    if (file == null) {
      throw new IllegalArgumentException(index + ": no tensor " + quote(name));
    }
    return file;
  }

  @Override
  public void readFloats(String name, long first, int count, float[] into) {
    file(name).readFloats(name, first, count, into);
  }

  @Override
  public void readLongs(String name, long first, int count, long[] into) {
    file(name).readLongs(name, first, count, into);
  }

  /// Closes all files.
  @Override
  public void close() {
    files.values().forEach(SafetensorsFile::close);
  }
}
