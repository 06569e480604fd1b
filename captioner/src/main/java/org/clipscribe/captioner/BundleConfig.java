package org.clipscribe.captioner;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.clipscribe.clip.ClipConfig;
import org.clipscribe.clip.VisionConfig;
import org.clipscribe.gpt2.Gpt2Config;
import org.clipscribe.nn.json.JsonObject;

/// The `config.json` of a bundle: the dimensions of the three networks and the rule they are
/// decoded by.
///
/// @param clip the vision tower, in Hugging Face's names
/// @param mapping the mapping network
/// @param gpt2 the decoder, in Hugging Face's names
/// @param maxLength the most tokens of a caption (`max_len`)
/// @param positionRule `position_rule`, `original` or `clean`
/// @param text CLIP's other half (`clip_text`), if the bundle holds it
public record BundleConfig(
    VisionConfig clip,
    MappingConfig mapping,
    Gpt2Config gpt2,
    int maxLength,
    PositionRule positionRule,
    Optional<TextTower> text) {
  /// What `format` says.
  public static final String FORMAT = "clipscribe-bundle";

  /// The newest `version` this code reads.
  public static final int VERSION = 1;

  private static final String TEXT = "clip_text";

  /// A captioner without CLIP's other half.
  public BundleConfig(
      VisionConfig clip,
      MappingConfig mapping,
      Gpt2Config gpt2,
      int maxLength,
      PositionRule positionRule) {
    this(clip, mapping, gpt2, maxLength, positionRule, Optional.empty());
  }

  /// Reads a bundle's configuration, or one in the form of the original's (`"format":
  /// "clip-gpt-captioning"`), whose position rule is `original` unless it says otherwise.
  ///
  /// @throws org.clipscribe.nn.BadInputException for values out of range and for parts that do not
  ///     fit each other
  public static BundleConfig of(JsonObject json) {
    json.integer("version", 1, VERSION, VERSION);
    BundleConfig config =
        new BundleConfig(
            VisionConfig.of(json.object("clip")),
            MappingConfig.of(json.object("mapping")),
            Gpt2Config.of(json.object("gpt2")),
            json.integer("max_len", 1, 1 << 16, 40),
            rule(json),
            json.has(TEXT) ? Optional.of(TextTower.of(json.object(TEXT))) : Optional.empty());
    int width = config.mapping.width();
    if (config.clip.width() != width) {
      throw json.refuse("clip.hidden_size", config.clip.width(), "embed_size " + width);
    }
    if (config.gpt2.width() != width) {
      throw json.refuse("gpt2.n_embd", config.gpt2.width(), "embed_size " + width);
    }
    int rows = 1 + config.mapping.prefixLength() + config.maxLength;
    if (rows > config.gpt2.positions()) {
      throw json.refuse(
          "gpt2.n_positions",
          config.gpt2.positions(),
          "at least " + rows + " (begin token, ep_len and max_len)");
    }
    return config;
  }

  private static PositionRule rule(JsonObject json) {
    String label = json.string("position_rule", PositionRule.ORIGINAL.label());
    return Arrays.stream(PositionRule.values())
        .filter(rule -> rule.label().equals(label))
        .findFirst()
        .orElseThrow(() -> json.refuse("position_rule", label, "\"original\" or \"clean\""));
  }

  public BundleConfig withPositionRule(PositionRule rule) {
    return new BundleConfig(clip, mapping, gpt2, maxLength, rule, text);
  }

  /// The whole CLIP, if the bundle holds it.
  public Optional<ClipConfig> clipWithText() {
    return text.map(tower -> tower.with(clip));
  }

  /// `S` (ViT-B/32, GPT-2), `L` (ViT-L/14, GPT-2 medium) or `custom`.
  public String size() {
    return switch (clip.width()) {
      case 768 -> clip.patch() == 32 && gpt2.layers() == 12 ? "S" : "custom";
      case 1024 -> clip.patch() == 14 && gpt2.layers() == 24 ? "L" : "custom";
      default -> "custom";
    };
  }

  /// For errors: `captioner (ViT [12 x 768], mapping [6 x 768], GPT-2 [12 x 768])`.
  String describe() {
    return "captioner (ViT [%d x %d], mapping [%d x %d], GPT-2 [%d x %d])"
        .formatted(
            clip.layers(),
            clip.width(),
            mapping.layers(),
            mapping.width(),
            gpt2.layers(),
            gpt2.width());
  }

  /// The document that [#of] reads.
  public Map<String, Object> toMap() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("format", FORMAT);
    json.put("version", VERSION);
    json.put("clip", clip.toMap());
    json.put("mapping", mapping.toMap());
    json.put("gpt2", gpt2.toMap());
    json.put("max_len", maxLength);
    json.put("position_rule", positionRule.label());
    text.ifPresent(tower -> json.put(TEXT, tower.toMap()));
    return json;
  }
}
