package org.clipscribe.captioner.dataset;

import java.util.List;

/// Where an image is, as its source says.
sealed interface Place {
  /// A file below the folder of images.
  ///
  /// @param names the first of these that is there, with `/` between folders
  record Named(List<String> names) implements Place {
    public Named {
      names = List.copyOf(names);
    }
  }

  /// A range of bytes of a larger file.
  ///
  /// @param archive the file
  /// @param content `image`, or the element type of an embedding
  record Slice(String archive, long offset, long length, String content) implements Place {
    static final String IMAGE = "image";
  }
}
