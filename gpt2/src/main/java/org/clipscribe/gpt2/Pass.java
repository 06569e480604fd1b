package org.clipscribe.gpt2;

import org.clipscribe.nn.Probe;
import org.clipscribe.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// What running a model needs besides its input.
///
/// @param cache what the model has seen before and adds to, or null to see the input alone
/// @param probe looks at stages on the way
public record Pass(@Nullable KvCache cache, Probe probe) {
  /// The input alone, unobserved.
  public static final Pass PLAIN = new Pass(null, Probe.NONE);

  /// Continues what the cache holds, unobserved.
  public static Pass over(KvCache cache) {
    return new Pass(cache, Probe.NONE);
  }

  /// The same pass with the probe one level down.
  Pass at(String name) {
    return new Pass(cache, probe.at(name));
  }

  Pass at(int index) {
    return new Pass(cache, probe.at(index));
  }

  /// Shows a stage to the probe and hands it on.
  Tensor see(String name, Tensor stage) {
    probe.observe(name, () -> stage);
    return stage;
  }
}
