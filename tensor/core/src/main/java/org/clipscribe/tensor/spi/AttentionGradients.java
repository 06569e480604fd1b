package org.clipscribe.tensor.spi;

import org.clipscribe.tensor.Tensor;

/// What [GradientOperations#attentionBackward] finds, each of the shape of its input.
///
/// @param q of the queries
/// @param k of the keys
/// @param v of the values
public record AttentionGradients(Tensor q, Tensor k, Tensor v) {}
