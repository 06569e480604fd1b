package org.clipscribe.captioner.dataset;

import java.io.IOException;
import java.nio.file.Path;
import org.clipscribe.nn.DType;

/// Captions with embeddings that were computed elsewhere, like the original's `dataset.pkl`.
public interface EmbeddedRows {
  /// The file that holds the embeddings.
  Path file();

  /// Hands on all rows.
  ///
  /// @throws org.clipscribe.nn.BadInputException when the file is something else or damaged
  void read(Sink sink) throws IOException;

  /// Where rows go.
  @FunctionalInterface
  interface Sink {
    /// @param image name of the image
    /// @param offset of the embedding in the file, in bytes
    /// @param length of the embedding, in elements
    /// @param dtype of the elements, floating, least significant byte first
    /// @param origin names the row in errors
    void accept(String image, String caption, long offset, int length, DType dtype, String origin)
        throws IOException;
  }
}
