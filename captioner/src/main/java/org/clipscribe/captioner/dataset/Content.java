package org.clipscribe.captioner.dataset;

import java.util.Arrays;
import java.util.Optional;
import org.clipscribe.nn.DType;

/// What a data set keeps of each image.
public enum Content {
  /// The embedding of a vision tower, `[width]`: for training that leaves the tower as it is.
  EMBEDDINGS(DType.F32),
  /// The picture as a tower looks at it, before normalisation, `[S, S, 3]` in 8-bit RGB: for
  /// training of the tower.
  PICTURES(DType.U8);

  private final DType dtype;

  Content(DType dtype) {
    this.dtype = dtype;
  }

  DType dtype() {
    return dtype;
  }

  /// In files: `embeddings` or `pictures`. Also the name of the tensor.
  public String label() {
    return this == PICTURES ? "pictures" : "embeddings";
  }

  static Optional<Content> of(String label) {
    return Arrays.stream(values()).filter(content -> content.label().equals(label)).findFirst();
  }
}
