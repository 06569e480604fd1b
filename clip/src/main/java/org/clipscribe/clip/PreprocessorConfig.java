package org.clipscribe.clip;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.jspecify.annotations.Nullable;

/// How a picture becomes the input of a vision tower: resize, centre crop, scale, normalise.
///
/// Mirrors `preprocessor_config.json` of `CLIPImageProcessor` and `ViTImageProcessor` in Hugging
/// Face *transformers*. A step that is switched off there (`do_rescale`, ...) is the identity here.
///
/// @param resize what happens before the crop
/// @param filter of the resize
/// @param width of the result in pixels
/// @param height of the result in pixels
/// @param rescaleFactor 8-bit values are multiplied by this, `1/255` as a rule
/// @param mean per channel, red first, subtracted after rescaling
/// @param std per channel, divided by last
public record PreprocessorConfig(
    Resize resize,
    ResizeFilter filter,
    int width,
    int height,
    double rescaleFactor,
    List<Double> mean,
    List<Double> std) {

  /// Vision towers see at most a thousand pixels a side; more is a broken file and would only
  /// allocate.
  private static final int MAX_SIDE = 4096;

  private static final List<Double> CLIP_MEAN = List.of(0.48145466, 0.4578275, 0.40821073);
  private static final List<Double> CLIP_STD = List.of(0.26862954, 0.26130258, 0.27577711);
  private static final List<Double> HALF = List.of(0.5, 0.5, 0.5);

  /// What happens to the size of a picture before the centre crop.
  public sealed interface Resize {
    /// The shorter side becomes `pixels`, the longer one keeps the shape, rounded down.
    record ShortestEdge(int pixels) implements Resize {}

    /// Both sides are given; the shape is lost.
    record Exact(int width, int height) implements Resize {}

    /// The picture is only cropped, or padded with black where it is too small.
    record None() implements Resize {}
  }

  public PreprocessorConfig {
    Objects.requireNonNull(resize, "resize");
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    checkSide(width);
    checkSide(height);
    switch (resize) {
      case Resize.ShortestEdge(int pixels) -> checkSide(pixels);
      case Resize.Exact(int w, int h) -> {
        checkSide(w);
        checkSide(h);
      }
      case Resize.None() -> {}
    }
    if (mean.size() != 3 || std.size() != 3 || std.contains(0.0)) {
      throw new IllegalArgumentException(
          "preprocessor: mean %s and std %s: expected 3 values each, no std 0"
              .formatted(mean, std));
    }
  }

  private static void checkSide(int pixels) {
    if (pixels < 1 || pixels > MAX_SIDE) {
      throw new IllegalArgumentException(
          "preprocessor: side of %d pixels: expected 1 to %d".formatted(pixels, MAX_SIDE));
    }
  }

  /// With the bicubic filter.
  public PreprocessorConfig(
      Resize resize,
      int width,
      int height,
      double rescaleFactor,
      List<Double> mean,
      List<Double> std) {
    this(resize, ResizeFilter.BICUBIC, width, height, rescaleFactor, mean, std);
  }

  /// What every published CLIP does, at a size of its own.
  ///
  /// @param size side of the square result, 224 for the common towers
  public static PreprocessorConfig clip(int size) {
    return new PreprocessorConfig(
        new Resize.ShortestEdge(size), size, size, 1.0 / 255, CLIP_MEAN, CLIP_STD);
  }

  /// What Google's ViT does: the whole picture, whatever its shape, pressed into a square.
  ///
  /// @param size side of the square
  public static PreprocessorConfig vit(int size) {
    Resize resize = new Resize.Exact(size, size);
    return new PreprocessorConfig(resize, ResizeFilter.BILINEAR, size, size, 1.0 / 255, HALF, HALF);
  }

  /// What towers of a kind see when nothing else is said.
  public static PreprocessorConfig usual(VisionConfig config) {
    return switch (config.kind()) {
      case CLIP -> clip(config.imageSize());
      case VIT -> vit(config.imageSize());
    };
  }

  /// Reads a `preprocessor_config.json`.
  ///
  /// @throws BadInputException when the file cannot be read or asks for something else than the
  ///     steps of CLIP or ViT
  public static PreprocessorConfig read(Path file) {
    return from(Json.readObject(file));
  }

  /// Takes the values from JSON in any form that Hugging Face wrote over the years; absent ones are
  /// those of CLIP ViT-B/32, or of ViT where the file says that it is for one.
  ///
  /// @throws BadInputException when a value is out of range or names a step that is not implemented
  public static PreprocessorConfig from(JsonObject json) {
    PreprocessorConfig usual = isForVit(json) ? vit(224) : clip(224);
    boolean crops = json.bool("do_center_crop", usual.resize instanceof Resize.ShortestEdge);
    boolean resizes = json.bool("do_resize", true);
    ResizeFilter filter = resizes ? filter(json, usual.filter) : usual.filter;
    Resize resize = resizes ? resize(json, usual.resize) : new Resize.None();
    Side output;
    if (crops) {
      output = json.has("crop_size") ? side(json, "crop_size") : new Side(224, 224);
    } else if (resize instanceof Resize.Exact(int width, int height)) {
      output = new Side(width, height);
    } else {
      throw json.refuse(
          "do_center_crop", false, "true, or a size of height and width: the tower has one size");
    }
    boolean rescales = json.bool("do_rescale", true);
    boolean normalises = json.bool("do_normalize", true);
    return new PreprocessorConfig(
        resize,
        filter,
        output.width,
        output.height,
        rescales ? factor(json) : 1,
        normalises ? triple(json, "image_mean", usual.mean) : List.of(0.0, 0.0, 0.0),
        normalises ? positive(json, triple(json, "image_std", usual.std)) : List.of(1.0, 1.0, 1.0));
  }

  /// What [#from] reads, for a file.
  public Map<String, Object> toMap() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("image_processor_type", "CLIPImageProcessor");
    json.put("do_resize", !(resize instanceof Resize.None));
    switch (resize) {
      case Resize.ShortestEdge(int pixels) -> json.put("size", Map.of("shortest_edge", pixels));
      case Resize.Exact(int w, int h) -> json.put("size", sides(w, h));
      case Resize.None() -> {}
    }
    json.put("resample", filter.number());
    json.put("do_center_crop", true);
    json.put("crop_size", sides(width, height));
    json.put("do_convert_rgb", true);
    json.put("do_rescale", true);
    json.put("rescale_factor", rescaleFactor);
    json.put("do_normalize", true);
    json.put("image_mean", mean);
    json.put("image_std", std);
    return json;
  }

  private static Map<String, Object> sides(int width, int height) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("height", height);
    json.put("width", width);
    return json;
  }

  /// A plain number in `size` means the shortest edge for CLIP but a square for ViT, so that a
  /// foreign processor must not pass unnoticed.
  private static boolean isForVit(JsonObject json) {
    boolean vit = false;
    for (String key : List.of("image_processor_type", "feature_extractor_type")) {
      String kind = json.string(key, "CLIPImageProcessor");
      boolean vitHere = kind.startsWith("ViTImage") || kind.startsWith("ViTFeature");
      if (!kind.contains("CLIP") && !vitHere) {
        throw json.refuse(key, kind, "CLIPImageProcessor or ViTImageProcessor");
      }
      vit |= vitHere;
    }
    return vit;
  }

  private static ResizeFilter filter(JsonObject json, ResizeFilter absent) {
    int resample = json.integer("resample", 0, 99, absent.number());
    return Arrays.stream(ResizeFilter.values())
        .filter(filter -> filter.number() == resample)
        .findFirst()
        .orElseThrow(
            () ->
                json.refuse(
                    "resample",
                    filterName(resample),
                    "2 (bilinear) or 3 (bicubic), the only ones implemented"));
  }

  private static Resize resize(JsonObject json, Resize absent) {
    if (!(json.get("size") instanceof Map<?, ?>)) {
      int side = json.integer("size", 1, MAX_SIDE, 224);
      return absent instanceof Resize.Exact
          ? new Resize.Exact(side, side)
          : new Resize.ShortestEdge(side);
    }
    JsonObject size = json.object("size");
    if (size.has("longest_edge")) {
      throw size.refuse("longest_edge", size.get("longest_edge"), "no such limit");
    }
    if (size.has("shortest_edge")) {
      return new Resize.ShortestEdge(size.integer("shortest_edge", 1, MAX_SIDE));
    }
    Side side = side(json, "size");
    return new Resize.Exact(side.width, side.height);
  }

  private record Side(int width, int height) {}

  private static Side side(JsonObject json, String name) {
    if (!(json.get(name) instanceof Map<?, ?>)) {
      int side = json.integer(name, 1, MAX_SIDE);
      return new Side(side, side);
    }
    JsonObject object = json.object(name);
    if (object.has("shortest_edge")) { // as some converted files have it
      int side = object.integer("shortest_edge", 1, MAX_SIDE);
      return new Side(side, side);
    }
    return new Side(object.integer("width", 1, MAX_SIDE), object.integer("height", 1, MAX_SIDE));
  }

  private static double factor(JsonObject json) {
    double factor = json.number("rescale_factor", 1.0 / 255);
    if (factor <= 0) {
      throw json.refuse("rescale_factor", factor, "a positive number");
    }
    return factor;
  }

  private static List<Double> triple(JsonObject json, String name, List<Double> absent) {
    if (!json.has(name)) {
      return absent;
    }
    List<Double> values = new ArrayList<>();
    for (@Nullable Object value : json.list(name)) {
      if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
        values.add(number.doubleValue());
      }
    }
    if (values.size() != 3 || json.list(name).size() != 3) {
      throw json.refuse(name, json.get(name), "an array of 3 finite numbers");
    }
    return values;
  }

  private static List<Double> positive(JsonObject json, List<Double> std) {
    for (double value : std) {
      if (value <= 0) {
        throw json.refuse("image_std", value, "positive numbers");
      }
    }
    return std;
  }

  private static String filterName(int resample) {
    List<String> names = List.of("nearest", "lanczos", "bilinear", "bicubic", "box", "hamming");
    return resample < names.size()
        ? String.format(Locale.ROOT, "%d (%s)", resample, names.get(resample))
        : Integer.toString(resample);
  }
}
