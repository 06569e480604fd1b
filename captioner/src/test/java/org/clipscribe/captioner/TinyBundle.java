package org.clipscribe.captioner;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.clipscribe.clip.Image;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.nn.safetensors.SafetensorsWriter;

/// The golden miniature of the original as a bundle, made here by renaming, so that the converter
/// is not needed to test the captioner.
public record TinyBundle(Path directory) {
  private static final List<Map.Entry<String, String>> PREFIXES =
      List.of(
          Map.entry("ie.model.", "clip.vision_model."),
          Map.entry("mp.", "mapping."),
          Map.entry("td.model.transformer.", "gpt2."));

  public static TinyBundle write(Path directory) {
    try {
      Files.createDirectories(directory);
      Files.copy(resource("net-tiny/config.json"), directory.resolve(Bundle.CONFIG));
      Files.copy(resource("gpt2-tokenizer/vocab.json"), directory.resolve(Bundle.VOCABULARY));
      Files.copy(resource("gpt2-tokenizer/merges.txt"), directory.resolve(Bundle.MERGES));
      Files.writeString(directory.resolve(Bundle.PREPROCESSOR), "{\"size\": 224}");
      rename(resource("net-tiny/model.safetensors"), directory.resolve(Bundle.WEIGHTS));
      return new TinyBundle(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void rename(Path from, Path to) throws IOException {
    try (SafetensorsFile original = SafetensorsFile.open(from)) {
      Map<String, TensorInfo> layout = new LinkedHashMap<>();
      original.names().forEach(name -> layout.put(renamed(name), original.info(name)));
      try (SafetensorsWriter writer = new SafetensorsWriter(to, layout, Map.of())) {
        for (String name : original.names()) {
          writer.write(renamed(name), original.floats(name));
        }
        writer.commit();
      }
    }
  }

  private static String renamed(String original) {
    return PREFIXES.stream()
        .filter(prefix -> original.startsWith(prefix.getKey()))
        .map(prefix -> prefix.getValue() + original.substring(prefix.getKey().length()))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(original));
  }

  /// Opens the bundle under a rule.
  Captioner open(String device, PositionRule rule) {
    try {
      Files.writeString(
          directory.resolve(Bundle.CONFIG),
          Json.writePretty(
              BundleConfig.of(Json.readObject(resource("net-tiny/config.json")))
                  .withPositionRule(rule)
                  .toMap()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Captioner.open(directory, CaptionerOptions.defaults().withDevice(device));
  }

  /// What PyTorch's run over a photo gave, as far as JSON has it.
  static JsonObject expected(int photo, PositionRule rule) {
    return photoJson(photo).object(rule == PositionRule.ORIGINAL ? "upstream" : "clean");
  }

  private static JsonObject photoJson(int photo) {
    return Json.readObject(resource("net-tiny/expected.json")).objects("photos").get(photo);
  }

  static List<Integer> tokens(JsonObject golden) {
    return golden.list("tokens").stream()
        .map(token -> Math.toIntExact((Long) Objects.requireNonNull(token)))
        .toList();
  }

  /// The stages of the same runs.
  static SafetensorsFile stages() {
    return SafetensorsFile.open(resource("net-tiny/expected.safetensors"));
  }

  /// The pixels of a golden photo. ImageIO decodes these JPEGs to the bytes that Pillow does; the
  /// decoder of `media` is out of reach from here.
  static Image photo(int photo) {
    try {
      BufferedImage decoded =
          ImageIO.read(resource("photos/" + photoJson(photo).string("file")).toFile());
      int width = decoded.getWidth();
      int height = decoded.getHeight();
      int[] samples = decoded.getRaster().getPixels(0, 0, width, height, (int[]) null);
      byte[] rgb = new byte[samples.length];
      for (int i = 0; i < rgb.length; i++) {
        rgb[i] = (byte) samples[i];
      }
      return new Image(width, height, rgb);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path resource(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(TinyBundle.class.getResource("/" + name), name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
