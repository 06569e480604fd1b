package org.clipscribe.captioner.training;

import java.util.LinkedHashMap;
import java.util.Map;
import org.clipscribe.nn.json.JsonObject;
import org.jspecify.annotations.Nullable;

/// How far training is: a point between two steps.
///
/// Random numbers need no state of their own: they are functions of the seed and of what stands
/// here.
///
/// @param step steps so far
/// @param epoch epochs behind us
/// @param position samples of this epoch behind us
/// @param lossSum sum of the losses of this epoch's targets
/// @param targets how many these were
/// @param best the lowest judged loss so far, infinite before the first
/// @param bestEpoch which epoch that was, from 0; -1 before the first
/// @param stopped whether training ended before its last epoch, for want of improvement
public record Progress(
    long step,
    int epoch,
    int position,
    double lossSum,
    long targets,
    double best,
    int bestEpoch,
    boolean stopped) {
  static final Progress START = new Progress(0, 0, 0, 0, 0, Double.POSITIVE_INFINITY, -1, false);

  /// One step further.
  Progress step(int samples, double loss, long count) {
    return new Progress(
        step + 1,
        epoch,
        position + samples,
        lossSum + loss * count,
        targets + count,
        best,
        bestEpoch,
        stopped);
  }

  /// Past samples from which nothing could be learned.
  Progress skip(int samples) {
    return new Progress(
        step, epoch, position + samples, lossSum, targets, best, bestEpoch, stopped);
  }

  /// The mean loss of this epoch so far.
  public double meanLoss() {
    return targets == 0 ? Double.NaN : lossSum / targets;
  }

  /// At the beginning of the next epoch.
  ///
  /// @param loss by which the model is judged
  /// @param patience see [TrainingPlan]
  Progress nextEpoch(double loss, int patience) {
    boolean better = loss < best;
    int since = better ? epoch : bestEpoch;
    boolean stop = patience > 0 && epoch - since >= patience;
    return new Progress(step, epoch + 1, 0, 0, 0, better ? loss : best, since, stop);
  }

  /// Whether the last epoch was the best so far.
  public boolean isBest() {
    return bestEpoch >= 0 && bestEpoch == epoch - 1 && position == 0;
  }

  Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("step", step);
    map.put("epoch", epoch);
    map.put("position", position);
    map.put("loss_sum", lossSum);
    map.put("targets", targets);
    map.put("best", Double.isInfinite(best) ? null : best); // JSON has no infinity
    map.put("best_epoch", bestEpoch);
    map.put("stopped", stopped);
    return map;
  }

  static Progress of(JsonObject json) {
    return new Progress(
        (long) json.number("step"),
        json.integer("epoch", 0, Integer.MAX_VALUE),
        json.integer("position", 0, Integer.MAX_VALUE),
        json.number("loss_sum"),
        (long) json.number("targets"),
        json.get("best") == null ? Double.POSITIVE_INFINITY : json.number("best"),
        json.integer("best_epoch", -1, Integer.MAX_VALUE),
        json.bool("stopped", false));
  }
}
