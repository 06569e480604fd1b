package org.clipscribe.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.BundleConfig;
import org.clipscribe.captioner.CaptionModel;
import org.clipscribe.captioner.MappingConfig;
import org.clipscribe.captioner.PositionRule;
import org.clipscribe.clip.Image;
import org.clipscribe.clip.ImagePreprocessor;
import org.clipscribe.clip.PreprocessorConfig;
import org.clipscribe.clip.VisionConfig;
import org.clipscribe.gpt2.Gpt2Config;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.tensor.Unary;
import org.clipscribe.tensor.spi.Backend;

/// A random captioner of size S as a bundle, and a picture for it.
public final class Captioners {
  public static final Gpt2Config GPT2 =
      new Gpt2Config(50257, 1024, 768, 12, 12, 3072, Unary.GELU_TANH, 1e-5f, true);

  /// Tokens of a caption; random weights hardly ever end one earlier.
  public static final int TOKENS = 20;

  /// ViT-B/32, six mapping layers, GPT-2 124M.
  public static final BundleConfig S =
      new BundleConfig(
          VisionConfig.BASE,
          new MappingConfig.Encoder(4, 6, 16, 4, 768, 1e-5f),
          GPT2,
          TOKENS,
          PositionRule.CLEAN);

  /// All that [#bundle] writes.
  public static final Set<String> FILES =
      Set.of(
          Bundle.CONFIG,
          Bundle.WEIGHTS,
          Bundle.VOCABULARY,
          Bundle.MERGES,
          Bundle.PREPROCESSOR,
          Bundle.MANIFEST);

  private static final Path TOKENIZER = Path.of("examples/gpt2-tokenizer");

  /// Any photo will do: the weights are random.
  public static final Path PHOTO = Path.of("examples/photos/000000126107.jpg");

  private Captioners() {}

  /// The folder of the bundle, made unless an earlier run did.
  public static Path bundle(Backend backend) throws IOException {
    Path folder = Weights.path("s");
    Files.createDirectories(folder);
    try (SafetensorsFile _ = Weights.of("s/model", backend, source -> CaptionModel.of(source, S))) {
      Files.writeString(folder.resolve(Bundle.CONFIG), Json.writePretty(S.toMap()));
      Files.writeString(
          folder.resolve(Bundle.PREPROCESSOR),
          Json.writePretty(PreprocessorConfig.clip(S.vision().imageSize()).toMap()));
      for (String file : new String[] {Bundle.VOCABULARY, Bundle.MERGES}) {
        Files.copy(
            TOKENIZER.resolve(file), folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
      }
      manifest(folder);
    }
    return folder;
  }

  /// Packed weights that earlier starts kept are recognised by this digest.
  private static void manifest(Path folder) throws IOException {
    Path manifest = folder.resolve(Bundle.MANIFEST);
    if (!Files.isRegularFile(manifest)) {
      Map<String, Object> weights = Map.of("sha256", sha256(weights(folder)));
      Files.writeString(
          manifest, Json.writePretty(Map.of("files", Map.of(Bundle.WEIGHTS, weights))));
    }
  }

  private static String sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /// The weights in a bundle.
  public static Path weights(Path bundle) {
    return bundle.resolve(Bundle.WEIGHTS);
  }

  /// A picture of the size that the tower wants, so that preparing it costs little.
  public static Image picture() {
    return picture(S.vision().imageSize());
  }

  private static Image picture(long seed) {
    int side = S.vision().imageSize();
    SplittableRandom random = new SplittableRandom(seed);
    byte[] rgb = new byte[3 * side * side];
    random.nextBytes(rgb);
    return new Image(side, side, rgb);
  }

  /// The same, prepared.
  public static float[] pixels() {
    return pixels(S.vision().imageSize());
  }

  /// Another picture, prepared.
  public static float[] pixels(long seed) {
    PreprocessorConfig config = PreprocessorConfig.clip(S.vision().imageSize());
    return new ImagePreprocessor(config).pixels(picture(seed));
  }

  /// The same in a file of raw floats, for Python.
  public static Path pixelsFile() throws IOException {
    float[] pixels = pixels();
    byte[] bytes = new byte[4 * pixels.length];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(pixels);
    return Files.write(Weights.path("pixels.f32"), bytes);
  }
}
