package org.clipscribe.clip;

import java.nio.file.Path;
import java.util.Objects;
import java.util.ServiceLoader;
import org.clipscribe.nn.BadInputException;

/// A picture as the models want it: 8-bit RGB, row-major, top left first. Immutable as long as the
/// caller leaves the array alone.
///
/// @param width in pixels, at least 1
/// @param height in pixels, at least 1
/// @param rgb `width * height * 3` bytes, red first
public record Image(int width, int height, byte[] rgb) {
  public Image {
    Objects.requireNonNull(rgb, "rgb");
    if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
      throw new IllegalArgumentException(
          "image: %d bytes for %d x %d pixels of RGB".formatted(rgb.length, width, height));
    }
  }

  /// Reads a picture file through whatever [ImageDecoder] is installed; `clipscribe-media` brings
  /// one.
  ///
  /// @throws BadInputException when the file is no picture that can be read
  public static Image read(Path file) {
    return ServiceLoader.load(ImageDecoder.class, Image.class.getClassLoader())
        .findFirst()
        .orElseThrow(
            () ->
                new BadInputException(
                    file,
                    "no image decoder is installed; add clipscribe-media, or decode the pixels"
                        + " yourself and call new Image(width, height, rgb)"))
        .decode(file);
  }
}
