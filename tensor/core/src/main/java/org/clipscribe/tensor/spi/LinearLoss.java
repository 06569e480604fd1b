package org.clipscribe.tensor.spi;

import org.clipscribe.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// What [GradientOperations#linearCrossEntropy] computes.
///
/// @param loss one element
/// @param inputGradient of the loss in `x`, or null when it was not asked for
public record LinearLoss(Tensor loss, @Nullable Tensor inputGradient) {}
