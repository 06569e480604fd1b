package org.clipscribe.captioner.dataset;

import java.util.List;

/// An image of a data set, without its pixels.
///
/// @param id what the source calls it: COCO's number, else the file's name
/// @param file its name below the folder of images, with `/` between folders
/// @param captions at least one, in the order of the source
public record CaptionedImage(String id, String file, Split split, List<String> captions) {
  public CaptionedImage {
    captions = List.copyOf(captions);
  }
}
