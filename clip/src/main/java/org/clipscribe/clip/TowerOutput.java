package org.clipscribe.clip;

import org.clipscribe.tensor.Tensor;

/// What a tower makes of its input.
///
/// @param lastHiddenState one vector for each element of the sequence `[B, T, C]`
/// @param poolerOutput one vector for the whole `[B, C]`, not yet in the space that pictures and
///     texts share
public record TowerOutput(Tensor lastHiddenState, Tensor poolerOutput) {}
