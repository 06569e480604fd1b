package org.clipscribe.captioner;

import org.clipscribe.clip.VisionConfig;
import org.clipscribe.gpt2.Gpt2Config;

/// What a part of a caption asks of a machine, by arithmetic on the dimensions: matrix products
/// and attention; everything else is less than a hundredth of that.
///
/// @param operations floating point operations, two for each multiply-add
/// @param weights parameters that have to be read from memory once
public record Work(double operations, double weights) {
  /// Work of both, one after the other.
  public Work plus(Work other) {
    return new Work(operations + other.operations, weights + other.weights);
  }

  /// The least time that a machine can take.
  ///
  /// @param operationsPerSecond its peak
  /// @param bytesPerWeight 4, 2 or 1
  /// @param bytesPerSecond how fast it reads memory
  /// @return seconds
  public double seconds(double operationsPerSecond, double bytesPerWeight, double bytesPerSecond) {
    return Math.max(operations / operationsPerSecond, weights * bytesPerWeight / bytesPerSecond);
  }

  /// One picture through the vision tower.
  public static Work image(VisionConfig config) {
    double width = config.width();
    double patch = 3.0 * config.patch() * config.patch() * width;
    double tokens = config.patches() + 1;
    Work layers = layers(config.layers(), width, config.encoder().inner(), tokens, tokens * tokens);
    return new Work(2 * config.patches() * patch, patch).plus(layers);
  }

  /// An image embedding through the mapping network.
  public static Work prefix(MappingConfig config) {
    return switch (config) {
      case MappingConfig.Encoder encoder -> {
        double width = encoder.width();
        yield layers(encoder.layers(), width, encoder.expansion() * width, 1, 1)
            .plus(product(width, encoder.prefixLength() * width));
      }
      case MappingConfig.Mlp mlp -> {
        Work work = new Work(0, 0);
        for (int i = 1; i < mlp.sizes().size(); i++) {
          work = work.plus(product(mlp.sizes().get(i - 1), mlp.sizes().get(i)));
        }
        yield work;
      }
      case MappingConfig.Transformer transformer -> {
        double rows = (double) transformer.clipLength() + transformer.prefixLength();
        yield layers(
                transformer.layers(), transformer.width(), transformer.inner(), rows, rows * rows)
            .plus(
                product(
                    transformer.inputs(), (double) transformer.clipLength() * transformer.width()));
      }
    };
  }

  /// A vector through a linear layer.
  private static Work product(double inputs, double outputs) {
    return new Work(2 * inputs * outputs, inputs * outputs);
  }

  /// Rows through the decoder, and the scores of all words after the last of them.
  ///
  /// @param rows read together
  /// @param before rows that the cache holds already
  public static Work words(Gpt2Config config, int rows, int before) {
    double width = config.width();
    double pairs = (double) rows * before + rows * (rows + 1) / 2.0;
    double scores = width * config.vocabulary();
    return layers(config.layers(), width, config.inner(), rows, pairs)
        .plus(new Work(2 * scores, scores));
  }

  /// @param pairs of a query and a key that it sees
  private static Work layers(int layers, double width, double inner, double rows, double pairs) {
    double weights = 4 * width * width + 2 * width * inner;
    return new Work(layers * (2 * rows * weights + 4 * pairs * width), layers * weights);
  }
}
