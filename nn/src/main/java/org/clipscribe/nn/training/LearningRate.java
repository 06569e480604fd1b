package org.clipscribe.nn.training;

/// How fast parameters follow their gradients, update by update.
public sealed interface LearningRate {
  /// The rate of an update.
  ///
  /// @param step updates before it; 0 for the first
  double at(long step);

  /// Up in a straight line from 0 at step 0 to `peak` at step `warmUp`, then `peak` for ever.
  /// Mirrors `get_constant_schedule_with_warmup` of Hugging Face transformers.
  record Constant(double peak, long warmUp) implements LearningRate {
    @Override
    public double at(long step) {
      return peak * Math.min(1, warmth(step, warmUp));
    }
  }

  /// Warm-up, then down in a straight line to 0 at step `total`. Mirrors
  /// `get_linear_schedule_with_warmup`.
  record Linear(double peak, long warmUp, long total) implements LearningRate {
    @Override
    public double at(long step) {
      return step < warmUp
          ? peak * warmth(step, warmUp)
          : peak * Math.max(0, 1 - progress(step, warmUp, total));
    }
  }

  /// Warm-up, then down along half a cosine to 0 at step `total` (Loshchilov and Hutter, 2017).
  /// Mirrors `get_cosine_schedule_with_warmup`, in that it would rise again after `total`.
  record Cosine(double peak, long warmUp, long total) implements LearningRate {
    @Override
    public double at(long step) {
      return step < warmUp
          ? peak * warmth(step, warmUp)
          : peak * Math.max(0, (1 + Math.cos(Math.PI * progress(step, warmUp, total))) / 2);
    }
  }

  /// The original toolkit's rule, as written: a triangle over epochs, of which the first has rate
  /// 0. Its `LambdaLR` multiplies the base rate by a factor that holds the base rate already, so
  /// `peak` 0.003 never gets above 0.000009.
  ///
  /// @param peak the rate that is asked for; its square is the highest
  /// @param rising the share of epochs in which it rises (`k`)
  /// @param epochs after which it is 0 again
  /// @param stepsPerEpoch updates an epoch
  record Original(double peak, double rising, int epochs, long stepsPerEpoch)
      implements LearningRate {
    @Override
    public double at(long step) {
      long epoch = step / stepsPerEpoch;
      long top = (long) (rising * epochs);
      double factor = epoch < top ? (double) epoch / top : 1 - progress(epoch, top, epochs);
      return peak * peak * Math.max(0, factor);
    }
  }

  private static double warmth(long step, long warmUp) {
    return warmUp == 0 ? 1 : (double) step / warmUp;
  }

  private static double progress(long step, long warmUp, long total) {
    return (double) (step - warmUp) / Math.max(1, total - warmUp);
  }
}
