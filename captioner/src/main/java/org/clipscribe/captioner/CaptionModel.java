package org.clipscribe.captioner;

import org.clipscribe.gpt2.Gpt2;
import org.clipscribe.nn.ParameterSource;

/// The networks of a captioner, with the names they have in a bundle: one that looks at a picture
/// and one that writes about what it is given of it.
///
/// @param reader see [ImageReader]
/// @param gpt2 below `gpt2`
public record CaptionModel(ImageReader reader, Gpt2 gpt2) {
  public static CaptionModel of(ParameterSource source, BundleConfig config) {
    return new CaptionModel(
        ImageReader.of(source, config), Gpt2.of(source.at("gpt2"), config.gpt2()));
  }
}
