package org.clipscribe.scenes.training;

import java.util.Optional;
import org.clipscribe.captioner.BundleConfig;
import org.clipscribe.captioner.CaptionForm;
import org.clipscribe.captioner.MappingConfig;
import org.clipscribe.captioner.PositionRule;
import org.clipscribe.captioner.TextTower;
import org.clipscribe.clip.ClipConfig;
import org.clipscribe.clip.EncoderConfig;
import org.clipscribe.clip.TextConfig;
import org.clipscribe.clip.VisionConfig;
import org.clipscribe.gpt2.Gpt2Config;
import org.clipscribe.tensor.Unary;

/// The dimensions of the miniature.
///
/// @param bundle all parts as a bundle states them, the text tower among them
/// @param clip both towers
/// @param namingLayers after how many layers of the vision tower patches are asked what they show.
///     The layers above are for the class token, which can gather from patches only what these
///     know one layer earlier
record MiniConfig(BundleConfig bundle, ClipConfig clip, int namingLayers) {
  /// The longest caption of the grammar has 20 tokens, the longest query 25.
  private static final int MAX_LENGTH = 24;

  private static final int TEXT_POSITIONS = 28;
  private static final int PREFIX = 4;
  private static final float EPSILON = 1e-5f;

  /// What is shipped: about 3.6 million parameters, of which 2.8 are needed to caption.
  static MiniConfig standard(int decoderVocabulary, int textVocabulary) {
    return of(128, 8, 6, 4, 3, decoderVocabulary, textVocabulary);
  }

  /// A smaller one for tests.
  static MiniConfig tiny(int decoderVocabulary, int textVocabulary) {
    return of(48, 3, 2, 2, 1, decoderVocabulary, textVocabulary);
  }

  private static MiniConfig of(
      int width,
      int visionLayers,
      int namingLayers,
      int decoderLayers,
      int textLayers,
      int tokens,
      int textTokens) {
    int heads = width / 24 > 4 ? 4 : 2;
    EncoderConfig vision =
        new EncoderConfig(width, 4 * width, visionLayers, heads, Unary.QUICK_GELU, EPSILON);
    EncoderConfig text =
        new EncoderConfig(width, 4 * width, textLayers, heads, Unary.QUICK_GELU, EPSILON);
    Gpt2Config decoder =
        new Gpt2Config(
            tokens,
            1 + PREFIX + MAX_LENGTH,
            width,
            decoderLayers,
            heads,
            4 * width,
            Unary.GELU_TANH,
            EPSILON,
            true);
    TextTower tower = new TextTower(new TextConfig(text, textTokens, TEXT_POSITIONS), width);
    BundleConfig bundle =
        new BundleConfig(
            new VisionConfig(vision, 96, 12),
            Optional.of(new MappingConfig.Encoder(PREFIX, 1, heads, 4, width, EPSILON)),
            decoder,
            CaptionForm.of(MAX_LENGTH, PositionRule.CLEAN),
            Optional.of(tower));
    return new MiniConfig(bundle, tower.with(bundle.vision()), namingLayers);
  }
}
