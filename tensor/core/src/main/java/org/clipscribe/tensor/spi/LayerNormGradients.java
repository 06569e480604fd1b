package org.clipscribe.tensor.spi;

import org.clipscribe.tensor.Tensor;

/// What [GradientOperations#layerNormBackward] finds.
///
/// @param x of the input, of its shape
/// @param gain `[width]`
/// @param bias `[width]`
public record LayerNormGradients(Tensor x, Tensor gain, Tensor bias) {}
