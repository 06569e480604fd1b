package org.clipscribe.captioner.training;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.clipscribe.nn.training.AdamW;
import org.clipscribe.nn.training.LearningRate;
import org.jspecify.annotations.Nullable;

/// How long and how fast to learn.
///
/// @param epochs how often every sample is seen
/// @param batch samples in memory at once
/// @param accumulate batches to a step
/// @param rate the learning rate of each step
/// @param optimiser its constants
/// @param clip limit of the global norm of gradients
/// @param dropout probability
/// @param seed of the order of samples and of dropout
/// @param trained which parameters are trained
/// @param patience after how many epochs without a better validation loss to stop; 0 for never
/// @param interval how often to save a checkpoint besides after each epoch
public record TrainingPlan(
    int epochs,
    int batch,
    int accumulate,
    LearningRate rate,
    AdamW.Settings optimiser,
    double clip,
    float dropout,
    long seed,
    TrainedParts trained,
    int patience,
    Duration interval) {
  /// The original's limit.
  public static final double CLIP = 1.3;

  public TrainingPlan {
    atLeast("epochs", epochs, 1);
    atLeast("batch", batch, 1);
    atLeast("accumulate", accumulate, 1);
    atLeast("patience", patience, 0);
    if (!(clip > 0)) {
      throw new IllegalArgumentException("training: clip " + clip + ", above 0");
    }
  }

  private static void atLeast(String what, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "training: %s %d, at least %d".formatted(what, value, least));
    }
  }

  /// Samples that a step sees.
  public int samplesPerStep() {
    return Math.multiplyExact(batch, accumulate);
  }

  /// Steps of an epoch; the last may see fewer samples than the others.
  public static long stepsPerEpoch(int samples, int samplesPerStep) {
    return Math.ceilDiv((long) samples, samplesPerStep);
  }

  /// All that decides what comes out, for the checkpoint: everything but how often one is saved.
  Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("epochs", epochs);
    map.put("batch", batch);
    map.put("accumulate", accumulate);
    map.put("rate", rate.toString());
    map.put("beta1", optimiser.beta1());
    map.put("beta2", optimiser.beta2());
    map.put("epsilon", optimiser.epsilon());
    map.put("decay", optimiser.decay());
    map.put("no_decay", optimiser.spared().patterns());
    map.put("clip", clip);
    map.put("dropout", dropout);
    map.put("seed", seed);
    map.put("train", trained.train().patterns());
    map.put("freeze", trained.freeze().patterns());
    map.put("patience", patience);
    return map;
  }
}
