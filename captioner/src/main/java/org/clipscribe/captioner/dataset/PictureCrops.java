package org.clipscribe.captioner.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.clipscribe.clip.Image;
import org.clipscribe.clip.ImagePreprocessor;
import org.clipscribe.clip.PreprocessorConfig;
import org.clipscribe.nn.json.Json;

/// Keeps pictures as a vision tower looks at them, so that the tower can be trained.
///
/// @param reading how image files are read, in words
public record PictureCrops(ImagePreprocessor preprocessor, ImageReader images, String reading)
    implements Embedder {
  /// Decodes image files, which the models themselves do without.
  @FunctionalInterface
  public interface ImageReader {
    /// @param origin names it in errors
    Image read(InputStream in, String origin) throws IOException;
  }

  /// What kept pictures depend on, in one number: SHA-256 of the preprocessing.
  public static String digest(PreprocessorConfig config) {
    return Sha256.of(Json.write(config.toMap()).getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public Content content() {
    return Content.PICTURES;
  }

  @Override
  public int width() {
    return 3 * preprocessor.config().width() * preprocessor.config().height();
  }

  @Override
  public String digest() {
    return digest(preprocessor.config());
  }

  @Override
  public String settings() {
    return reading;
  }

  @Override
  public float[] pixels(InputStream in, String origin) throws IOException {
    byte[] crop = preprocessor.crop(images.read(in, origin));
    float[] values = new float[crop.length];
    for (int i = 0; i < crop.length; i++) {
      values[i] = crop[i] & 0xff;
    }
    return values;
  }

  @Override
  public float[] embed(List<float[]> pixels) {
    float[] all = new float[pixels.size() * width()];
    for (int i = 0; i < pixels.size(); i++) {
      System.arraycopy(pixels.get(i), 0, all, i * width(), width());
    }
    return all;
  }
}
