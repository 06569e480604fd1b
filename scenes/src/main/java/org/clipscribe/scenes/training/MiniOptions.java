package org.clipscribe.scenes.training;

import java.util.LinkedHashMap;
import java.util.Map;
import org.clipscribe.nn.training.LearningRate;
import org.jspecify.annotations.Nullable;

/// What a run is asked to do. All of it decides the result, so a checkpoint holds it and resuming
/// asks for the same.
///
/// @param tiny whether to train the smaller model that tests use
/// @param seed of parameters and scenes
/// @param batch scenes a step
/// @param easySteps steps of easy scenes only, at the beginning
/// @param easyTo from which step on no scenes are easy
/// @param namingSteps steps of naming alone, at the beginning
/// @param steps in all
/// @param peak learning rate after warm-up; it falls along a cosine to 0 at the last step
/// @param warmUp steps
/// @param decay weight decay
record MiniOptions(
    boolean tiny,
    long seed,
    int batch,
    int easySteps,
    int easyTo,
    int namingSteps,
    int steps,
    double peak,
    int warmUp,
    double decay) {

  /// The recipe of the shipped model: 480,000 scenes.
  static MiniOptions standard() {
    return new MiniOptions(false, 1, 32, 2000, 8000, 5000, 15_000, 1e-3, 200, 0.05);
  }

  LearningRate rate() {
    return new LearningRate.Cosine(peak, warmUp, steps);
  }

  Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("preset", tiny ? "mini-tiny" : "mini");
    json.put("seed", seed);
    json.put("batch", batch);
    json.put("easy_steps", easySteps);
    json.put("easy_to_step", easyTo);
    json.put("naming_steps", namingSteps);
    json.put("steps", steps);
    json.put("peak", peak);
    json.put("warm_up", warmUp);
    json.put("decay", decay);
    return json;
  }
}
