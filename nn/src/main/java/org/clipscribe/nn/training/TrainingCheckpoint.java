package org.clipscribe.nn.training;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.FileLayer;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.clipscribe.nn.safetensors.Checksum;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.nn.safetensors.SafetensorsWriter;
import org.jspecify.annotations.Nullable;

/// Training, stopped between two updates: all that is needed to go on as if it had not been.
///
/// One safetensors file: the parameters that are trained as `model.NAME`, the moments of the
/// optimiser as `first.NAME` and `second.NAME`, and at the end the SHA-256 of all before. How far
/// training is and what it was asked to do are JSON in the metadata. Parameters that stay as they
/// are stay where they are: in the model that training began with, whose digest belongs to the
/// configuration. The file is written as a stream and appears whole or not at all.
public final class TrainingCheckpoint implements AutoCloseable {
  /// What `format` in the metadata says.
  public static final String FORMAT = "clipscribe-training-checkpoint";

  private static final String VERSION = "1";
  private static final List<String> PARTS = List.of("model", "first", "second");

  private final Path file;
  private final SafetensorsFile tensors;
  private final JsonObject configuration;
  private final JsonObject progress;

  private TrainingCheckpoint(Path file, SafetensorsFile tensors) {
    this.file = file;
    this.tensors = tensors;
    this.configuration = json("configuration");
    this.progress = json("progress");
  }

  /// What to write.
  ///
  /// @param configuration all that decides how training goes on; resuming asks for the same
  /// @param progress how far it is
  /// @param model the parameters that are trained
  /// @param first their first moments, under the same names
  /// @param second their second moments, under the same names
  public record Contents(
      Map<String, @Nullable Object> configuration,
      Map<String, @Nullable Object> progress,
      NamedTensors model,
      NamedTensors first,
      NamedTensors second) {}

  /// Writes a checkpoint in place of an older one.
  ///
  /// @throws IOException when that failed; the older one is then still there, unless this one
  ///     already is
  public static void write(Path file, Contents contents, FileLayer files) throws IOException {
    List<NamedTensors> parts = List.of(contents.model, contents.first, contents.second);
    Map<String, TensorInfo> layout = new LinkedHashMap<>();
    for (int i = 0; i < parts.size(); i++) {
      for (String name : parts.get(i).names()) {
        layout.put(PARTS.get(i) + "." + name, parts.get(i).info(name));
      }
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", FORMAT);
    metadata.put("version", VERSION);
    metadata.put("configuration", Json.write(contents.configuration));
    metadata.put("progress", Json.write(contents.progress));
    try (SafetensorsWriter writer = SafetensorsWriter.withChecksum(file, layout, metadata, files)) {
      for (int i = 0; i < parts.size(); i++) {
        for (String name : parts.get(i).names()) {
          writer.copy(PARTS.get(i) + "." + name, parts.get(i), name);
        }
      }
      writer.commit();
    }
  }

  /// Opens a checkpoint and reads it through once, to see that no byte of it has changed.
  ///
  /// @throws BadInputException when it is missing, damaged or no checkpoint
  public static TrainingCheckpoint open(Path file) {
    SafetensorsFile tensors = SafetensorsFile.open(file);
    try {
      if (!FORMAT.equals(tensors.metadata().get("format"))) {
        throw new BadInputException(file, "is not a training checkpoint of clipscribe");
      }
      String version = tensors.metadata().get("version");
      if (!VERSION.equals(version)) {
        throw new BadInputException(
            file,
            "is a checkpoint of version %s; this program reads version %s"
                .formatted(version, VERSION));
      }
      Checksum.verify(file);
      return new TrainingCheckpoint(file, tensors);
    } catch (RuntimeException | Error e) {
      tensors.close();
      throw e;
    }
  }

  private JsonObject json(String key) {
    String text = tensors.metadata().get(key);
    if (text == null) {
      throw new BadInputException(file, "is a checkpoint without " + key);
    }
    return Json.parseObject(text.getBytes(StandardCharsets.UTF_8), file + " " + key);
  }

  /// How far training is.
  public JsonObject progress() {
    return progress;
  }

  /// What training was asked to do.
  public JsonObject configuration() {
    return configuration;
  }

  /// Refuses to go on with anything else than what was asked for at the beginning.
  ///
  /// @param wanted as [Contents#configuration]
  /// @throws BadInputException naming what differs, with both values
  public void checkConfiguration(Map<String, @Nullable Object> wanted) {
    // Through JSON, so that numbers are of the same kinds.
    byte[] text = Json.write(wanted).getBytes(StandardCharsets.UTF_8);
    Map<String, @Nullable Object> now = Json.parseObject(text, "configuration").toMap();
    Map<String, @Nullable Object> then = configuration.toMap();
    for (String key : now.keySet()) {
      if (!Objects.equals(now.get(key), then.get(key))) {
        throw new BadInputException(
            file,
            "was made with %s %s, not %s; resume with the same settings, or start anew elsewhere"
                .formatted(key, Json.write(then.get(key)), Json.write(now.get(key))));
      }
    }
    for (String key : then.keySet()) {
      if (!now.containsKey(key)) {
        throw new BadInputException(file, "was made with a setting that is not known: " + key);
      }
    }
  }

  /// Parameters under their names in the model.
  public NamedTensors model() {
    return part("model");
  }

  /// First moments under the names of their parameters.
  public NamedTensors first() {
    return part("first");
  }

  /// Second moments under the names of their parameters.
  public NamedTensors second() {
    return part("second");
  }

  private NamedTensors part(String part) {
    return TensorsBelow.of(tensors, part + ".");
  }

  /// Refuses a checkpoint that lacks a tensor of these parameters or their moments.
  ///
  /// @throws BadInputException naming the first
  public void checkTensors(NamedTensors parameters) {
    for (String part : PARTS) {
      NamedTensors stored = part(part);
      for (String name : parameters.names()) {
        String full = part + "." + name;
        if (!stored.names().contains(name)) {
          throw new BadInputException(
              file,
              part.equals("model")
                  ? "has no " + full
                  : "has no " + full + ": without the optimiser's state training cannot go on");
        }
        if (!stored.info(name).equals(parameters.info(name))) {
          throw new BadInputException(
              file,
              "%s is %s, expected %s".formatted(full, stored.info(name), parameters.info(name)));
        }
      }
    }
  }

  @Override
  public void close() {
    tensors.close();
  }
}
