package org.clipscribe.captioner;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.clipscribe.clip.ClipConfig;
import org.clipscribe.clip.VisionConfig;
import org.clipscribe.gpt2.Gpt2Config;
import org.clipscribe.nn.json.JsonObject;

/// The `config.json` of a bundle: the dimensions of the networks and the form of the captions.
///
/// @param vision the tower that looks (`clip` or `vit`), in Hugging Face's names
/// @param mapping the mapping network; absent where the decoder looks at the tower's states itself
/// @param gpt2 the decoder, in Hugging Face's names
/// @param form how captions begin and end
/// @param text CLIP's other half (`clip_text`), if the bundle holds it
public record BundleConfig(
    VisionConfig vision,
    Optional<MappingConfig> mapping,
    Gpt2Config gpt2,
    CaptionForm form,
    Optional<TextTower> text) {
  /// What `format` says.
  public static final String FORMAT = "clipscribe-bundle";

  /// The newest `version` this code reads. 2 is written for what 1 did not have: an `architecture`.
  public static final int VERSION = 2;

  private static final String CLIP = "clip";
  private static final String VIT = "vit";
  private static final String MAPPING = "mapping";
  private static final String TEXT = "clip_text";

  /// A captioner of clip-gpt-captioning without CLIP's other half.
  public BundleConfig(
      VisionConfig vision,
      MappingConfig mapping,
      Gpt2Config gpt2,
      int maxLength,
      PositionRule positionRule) {
    this(
        vision,
        Optional.of(mapping),
        gpt2,
        CaptionForm.of(maxLength, positionRule),
        Optional.empty());
  }

  /// Reads a bundle's configuration, or one in the form of the original's (`"format":
  /// "clip-gpt-captioning"`), whose position rule is `original` unless it says otherwise.
  ///
  /// @throws org.clipscribe.nn.BadInputException for values out of range and for parts that do not
  ///     fit each other
  public static BundleConfig of(JsonObject json) {
    json.integer("version", 1, VERSION, VERSION);
    Gpt2Config gpt2 = Gpt2Config.of(json.object("gpt2"));
    CaptionForm form = CaptionForm.of(json, gpt2.vocabulary());
    boolean looks = form.architecture() == Architecture.ENCODER_DECODER;
    BundleConfig config =
        new BundleConfig(
            VisionConfig.of(json.object(looks ? VIT : CLIP)),
            looks ? Optional.empty() : Optional.of(MappingConfig.of(json.object(MAPPING))),
            gpt2,
            form,
            json.has(TEXT) ? Optional.of(TextTower.of(json.object(TEXT))) : Optional.empty());
    config.check(json);
    return config;
  }

  private void check(JsonObject json) {
    VisionConfig.Kind kind = mapping.isPresent() ? VisionConfig.Kind.CLIP : VisionConfig.Kind.VIT;
    if (vision.kind() != kind) {
      throw json.refuse(
          "architecture",
          form.architecture().label(),
          "one for a vision tower of the kind " + vision.kind().name().toLowerCase(Locale.ROOT));
    }
    if (gpt2.crossAttention() == mapping.isPresent()) {
      throw json.refuse(
          "gpt2.add_cross_attention", gpt2.crossAttention(), String.valueOf(mapping.isEmpty()));
    }
    mapping.ifPresent(network -> check(network, json));
    int rows = form.architecture().rows(mapping) + form.maxLength();
    if (rows > gpt2.positions()) {
      throw json.refuse(
          "gpt2.n_positions",
          gpt2.positions(),
          "at least " + rows + " (what stands before the caption, and max_len)");
    }
  }

  private void check(MappingConfig network, JsonObject json) {
    boolean original = network instanceof MappingConfig.Encoder;
    if (original != (form.architecture() == Architecture.CLIP_GPT)) {
      throw json.refuse("mapping", network, "a network of " + form.architecture().label());
    }
    if (original && vision.width() != network.inputs()) {
      throw json.refuse("clip.hidden_size", vision.width(), "embed_size " + network.inputs());
    }
    if (gpt2.width() != network.width()) {
      throw json.refuse("gpt2.n_embd", gpt2.width(), "embed_size " + network.width());
    }
    if (!original && text.isPresent() && text.get().embeddingWidth() != network.inputs()) {
      throw json.refuse(
          "clip_text.projection_dim",
          text.get().embeddingWidth(),
          "prefix_size " + network.inputs());
    }
  }

  public Architecture architecture() {
    return form.architecture();
  }

  /// The most tokens of a caption.
  public int maxLength() {
    return form.maxLength();
  }

  public PositionRule positionRule() {
    return form.positionRule();
  }

  public BundleConfig withPositionRule(PositionRule rule) {
    return new BundleConfig(vision, mapping, gpt2, form.with(rule), text);
  }

  /// Rows that the decoder reads before the first word.
  public int rowsBeforeCaption() {
    return form.architecture().rows(mapping);
  }

  /// The whole CLIP, if the bundle holds it.
  public Optional<ClipConfig> clipWithText() {
    return text.map(tower -> tower.with(vision));
  }

  /// `S` (ViT-B/32, GPT-2) or `L` (ViT-L/14, GPT-2 medium) of clip-gpt-captioning, else `custom`.
  public String size() {
    if (form.architecture() != Architecture.CLIP_GPT) {
      return "custom";
    }
    return switch (vision.width()) {
      case 768 -> vision.patch() == 32 && gpt2.layers() == 12 ? "S" : "custom";
      case 1024 -> vision.patch() == 14 && gpt2.layers() == 24 ? "L" : "custom";
      default -> "custom";
    };
  }

  /// For errors: `clip-gpt-captioning (ViT/32 [12 x 768], transformer [6 x 768], GPT-2 [12 x
  /// 768])`.
  String describe() {
    String network = mapping.map(one -> one + ", ").orElse("");
    return "%s (%s, %s%s)".formatted(form.architecture().label(), vision, network, gpt2);
  }

  /// The document that [#of] reads.
  public Map<String, Object> toMap() {
    boolean first = form.architecture() == Architecture.CLIP_GPT;
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("format", FORMAT);
    json.put("version", first ? 1 : VERSION);
    if (!first) {
      json.put("architecture", form.architecture().label());
    }
    json.put(mapping.isPresent() ? CLIP : VIT, vision.toMap());
    mapping.ifPresent(network -> json.put(MAPPING, network.toMap()));
    json.put("gpt2", gpt2.toMap());
    form.addTo(json);
    text.ifPresent(tower -> json.put(TEXT, tower.toMap()));
    return json;
  }
}
