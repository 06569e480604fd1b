package org.clipscribe.captioner.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/// What makes embeddings of images, as [DatasetBuilder] needs it: a vision tower, and a decoder of
/// image files, which the models themselves do without.
public interface Embedder {
  /// What is kept of an image.
  default Content content() {
    return Content.EMBEDDINGS;
  }

  /// Length of an embedding, or bytes of a picture.
  int width();

  /// Stands for everything that embeddings depend on besides the image:
  /// [org.clipscribe.captioner.ImageEmbedder#digest].
  String digest();

  /// What else embeddings depend on, in words, like `f32, upright`: how weights are kept, and how
  /// image files are read.
  String settings();

  /// Decodes and preprocesses an image. Called by several threads at once.
  ///
  /// @param in the bytes of an image file
  /// @param origin names it in errors
  /// @throws org.clipscribe.nn.BadInputException when it is no image that can be read
  float[] pixels(InputStream in, String origin) throws IOException;

  /// @param pixels at least one
  /// @return the embeddings, one after another; whole numbers from 0 to 255 where pictures are kept
  float[] embed(List<float[]> pixels);
}
