package org.clipscribe.clip;

import java.nio.file.Path;
import org.clipscribe.nn.BadInputException;

/// Reads picture files. An interface, because decoders need `java.desktop` and the models must not.
public interface ImageDecoder {
  /// @return the picture, upright
  /// @throws BadInputException when the file is no picture that can be read
  Image decode(Path file);
}
