package org.clipscribe.captioner;

import java.util.Arrays;
import java.util.Optional;

/// The families of captioners. They differ in what the decoder is given of a picture, which
/// [BundleConfig] tells, and in how a caption begins and ends.
public enum Architecture {
  /// github.com/jmisilo/clip-gpt-captioning: a begin token and a prefix, up to the end of text.
  CLIP_GPT("clip-gpt-captioning", 40, true),
  /// github.com/rmokady/CLIP_prefix_caption: a prefix alone, up to a full stop, which belongs to
  /// the caption.
  CLIPCAP("clipcap", 67, false),
  /// Hugging Face's `VisionEncoderDecoderModel`: a begin token, up to the end of text.
  ENCODER_DECODER("vision-encoder-decoder", 40, true);

  private final String label;
  private final int usualLength;
  private final boolean begins;

  Architecture(String label, int usualLength, boolean begins) {
    this.label = label;
    this.usualLength = usualLength;
    this.begins = begins;
  }

  /// The name in `config.json`.
  public String label() {
    return label;
  }

  /// The most tokens of a caption where nothing is said.
  public int usualLength() {
    return usualLength;
  }

  /// Whether a caption begins with a token of its own.
  public boolean begins() {
    return begins;
  }

  /// Rows that the decoder reads before the first word.
  public int rows(Optional<MappingConfig> mapping) {
    return (begins ? 1 : 0) + mapping.map(MappingConfig::prefixLength).orElse(0);
  }

  static Optional<Architecture> labelled(String label) {
    return Arrays.stream(values()).filter(one -> one.label.equals(label)).findFirst();
  }
}
