package org.clipscribe.scenes.training;

import java.util.LinkedHashMap;
import java.util.Map;
import org.clipscribe.captioner.training.Schedule;
import org.clipscribe.captioner.training.TrainingPreset;
import org.clipscribe.nn.training.AdamW;
import org.clipscribe.nn.training.NamePatterns;
import org.jspecify.annotations.Nullable;

/// What a run of the miniature goes through. Scenes are numbered and never come twice, so that an
/// epoch is only a stretch after which it is judged.
///
/// @param tiny whether to train the smaller model that tests use
/// @param seed of the first weights and of the scenes
/// @param epoch scenes of an epoch
/// @param namingUntil scenes before this one teach naming alone
/// @param judged held-out scenes that an epoch is judged by
record MiniRecipe(boolean tiny, long seed, int epoch, long namingUntil, int judged) {

  /// How long and how fast, of the shipped size: 1.4 million scenes.
  ///
  /// A shorter memory of squares than PyTorch's suits contrastive losses (Radford et al., 2021).
  static final TrainingPreset PRESET =
      new TrainingPreset(
          44,
          32,
          1,
          Schedule.COSINE,
          1e-3,
          0.005,
          new AdamW.Settings(0.9, 0.98, 1e-8, 0.05, NamePatterns.BIASES_AND_NORMS),
          1,
          0);

  /// Of the shipped model.
  static MiniRecipe standard(long seed) {
    return new MiniRecipe(false, seed, 32_000, 160_000, 400);
  }

  Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("task", tiny ? "mini-tiny" : "mini");
    json.put("seed", seed);
    json.put("naming_until", namingUntil);
    return json;
  }
}
