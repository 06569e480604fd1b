package org.clipscribe.captioner.training;

import java.util.List;
import org.clipscribe.tensor.Tensor;

/// What a batch costs: the mean over its targets, which is minimised, and what it is made of, which
/// is only looked at.
///
/// @param total one element
/// @param parts go to the log below `train/` and `validation/`
public record Loss(Tensor total, List<Part> parts) {
  /// One of several losses that make up the total, before it is weighed against the others.
  ///
  /// @param name like `caption`
  /// @param value one element; nothing is differentiated by it
  public record Part(String name, Tensor value) {
    public static Part of(String name, Tensor value) {
      return new Part(name, value.detached());
    }
  }

  public Loss {
    parts = List.copyOf(parts);
  }

  /// A loss that is not made of others.
  public static Loss of(Tensor total) {
    return new Loss(total, List.of());
  }
}
