package org.clipscribe.tensor.autograd;

import java.util.List;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.WeightFormat;

/// What a loss is differentiated by: the parameters that are trained. They are told apart by
/// identity, so a weight that two layers share is one leaf and gets one gradient.
///
/// @param tensors biases, gains and the like
/// @param weights matrices in their packed layout, in format F32
public record Leaves(List<Tensor> tensors, List<PackedWeight> weights) {
  /// @throws IllegalArgumentException when a weight is in a reduced format, which cannot be trained
  public Leaves {
    tensors = List.copyOf(tensors);
    weights = List.copyOf(weights);
    for (PackedWeight weight : weights) {
      if (weight.format() != WeightFormat.F32) {
        throw new IllegalArgumentException(
            "leaves: a weight [%d, %d] in format %s; only F32 can be trained"
                .formatted(weight.outputs(), weight.inputs(), weight.format()));
      }
    }
  }

  public static Leaves of(Tensor... tensors) {
    return new Leaves(List.of(tensors), List.of());
  }
}
