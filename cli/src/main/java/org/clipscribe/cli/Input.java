package org.clipscribe.cli;

import java.nio.file.Path;

/// One picture to caption.
sealed interface Input {
  /// As results call it.
  String name();

  /// As messages call it, the reader's own among them.
  default String label() {
    return name();
  }

  /// A picture file.
  ///
  /// @param path as the user gave it, or below the folder that the user gave
  /// @param folder where it lies below the folder that was searched for it, `""` when it was named
  ///     itself; files written for it are kept apart in the same way
  record File(Path path, Path folder) implements Input {
    private static final Path HERE = Path.of("");

    /// A file that was named itself.
    File(Path path) {
      this(path, HERE);
    }

    @Override
    public String name() {
      return path.toString();
    }

    /// The file's name without what follows its last dot.
    String stem() {
      String name = String.valueOf(path.getFileName());
      int dot = name.lastIndexOf('.');
      return dot > 0 ? name.substring(0, dot) : name;
    }
  }

  /// The bytes of a picture on standard input.
  record Stdin() implements Input {
    @Override
    public String name() {
      return "-";
    }

    @Override
    public String label() {
      return "standard input";
    }
  }
}
