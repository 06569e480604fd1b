package org.clipscribe.media;

import java.util.List;
import java.util.Objects;
import org.clipscribe.clip.Image;

/// A picture, and what its reader should be told about it.
///
/// @param notices one line each, without the file's name: damage that was accepted, further frames
///     that were ignored, samples that were converted in another way than the original does
public record ReadImage(Image image, List<String> notices) {
  public ReadImage {
    Objects.requireNonNull(image, "image");
    notices = List.copyOf(notices);
  }
}
