package org.clipscribe.media;

import java.nio.file.Path;
import org.clipscribe.clip.Image;
import org.clipscribe.clip.ImageDecoder;

/// The decoder behind `Image.read`: an [ImageFileReader] with the default options, whose notices
/// nobody asked for.
public final class ImageIoDecoder implements ImageDecoder {
  private final ImageFileReader reader = new ImageFileReader();

  /// For the service loader.
  public ImageIoDecoder() {}

  @Override
  public Image decode(Path file) {
    return reader.read(file).image();
  }
}
