package org.clipscribe.captioner;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.clipscribe.clip.Image;
import org.clipscribe.clip.ImagePreprocessor;
import org.clipscribe.clip.VisionConfig;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.Probe;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;

/// The eyes of a captioner alone: pictures into the embeddings that its mapping network reads.
/// Neither the mapping network nor the decoder is loaded.
///
/// May be used by many threads at once. Weights lie outside the Java heap until this is closed.
public final class ImageEmbedder implements AutoCloseable {
  private static final int BLOCK = 1 << 16;

  private final Bundle bundle;
  private final Backend backend;
  private final Optional<String> notice;
  private final MappingConfig mapping;
  private final ImageTower tower;
  private final ImagePreprocessor preprocessor;

  private ImageEmbedder(
      Bundle bundle, Backends.Opened opened, MappingConfig mapping, ImageTower tower) {
    this.bundle = bundle;
    this.backend = opened.backend();
    this.notice = opened.notice();
    this.mapping = mapping;
    this.tower = tower;
    this.preprocessor = new ImagePreprocessor(bundle.preprocessor());
  }

  /// @param options the cache of packed weights is not used
  /// @throws org.clipscribe.nn.BadInputException when the bundle is damaged, does not fit or reads
  ///     no image embedding
  /// @throws org.clipscribe.tensor.DeviceUnavailableException when the device is not there
  public static ImageEmbedder open(Bundle bundle, CaptionerOptions options) {
    MappingConfig mapping = mapping(bundle);
    VisionConfig vision = bundle.config().vision();
    Backends.Opened opened = Backends.open(options.device(), options.threads());
    try (SafetensorsFile weights = bundle.weights()) {
      ImageTower tower =
          Checkpoint.of(weights, bundle.config().describe())
              .strictBelow(ImageTower.NAMESPACE)
              .load(
                  opened.backend(),
                  options.precision(),
                  source -> ImageTower.of(source.at("clip"), vision, mapping));
      return new ImageEmbedder(bundle, opened, mapping, tower);
    } catch (RuntimeException | Error e) {
      opened.backend().close();
      throw e;
    }
  }

  private static MappingConfig mapping(Bundle bundle) {
    return bundle
        .config()
        .mapping()
        .orElseThrow(
            () ->
                new BadInputException(
                    bundle.directory(),
                    "has no image embeddings: its decoder looks at every patch; use a captioner"
                        + " with a mapping network"));
  }

  /// What an embedding depends on besides the picture, in one number: SHA-256 over the names,
  /// shapes and numbers of the vision tower and over the preprocessing, in hexadecimal. Stays the
  /// same when mapping network or decoder are trained.
  ///
  /// Reads the tower's weights.
  ///
  /// @throws org.clipscribe.nn.BadInputException when the bundle reads no image embedding
  public static String digest(Bundle bundle) {
    MappingConfig mapping = mapping(bundle);
    MessageDigest digest = sha256();
    digest.update(text(Json.write(bundle.preprocessor().toMap())));
    digest.update(text(Json.write(bundle.config().vision().toMap())));
    if (mapping.embedding() != ImageEmbedding.POOLED) { // which was the only one at first
      digest.update(text(mapping.embedding().name()));
    }
    try (SafetensorsFile weights = bundle.weights()) {
      for (String name : new TreeSet<>(weights.names())) {
        if (ImageTower.owns(name, mapping) && !Checkpoint.isBuffer(name)) {
          digest.update(text(name + " " + weights.info(name).shape()));
          update(digest, weights, name);
        }
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static byte[] text(String text) {
    return (text + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static void update(MessageDigest digest, NamedTensors weights, String name) {
    float[] floats = new float[BLOCK];
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * BLOCK).order(ByteOrder.LITTLE_ENDIAN);
    long elements = weights.info(name).elements();
    for (long first = 0; first < elements; first += BLOCK) {
      int count = (int) Math.min(BLOCK, elements - first);
      weights.readFloats(name, first, count, floats);
      bytes.clear().asFloatBuffer().put(floats, 0, count);
      digest.update(bytes.limit(Float.BYTES * count));
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /// One line that a user should see once, when computing is slower than it need be.
  public Optional<String> notice() {
    return notice;
  }

  /// Length of an embedding.
  public int width() {
    return mapping.inputs();
  }

  /// What the tower sees of a picture, which then is not needed any more.
  ///
  /// @return `[3, S, S]`, normalised
  public float[] pixels(Image image) {
    return preprocessor.pixels(image);
  }

  /// The vectors that the mapping network reads. On the CPU an embedding does not depend on the
  /// pictures beside it.
  ///
  /// @param pixels from [#pixels(Image)], at least one
  /// @return `[B, D]`
  public float[] embed(List<float[]> pixels) {
    return PixelBatches.of(backend, bundle.config().vision(), pixels)
        .map(some -> tower.embed(some, Probe.NONE))
        .reduce((some, others) -> Tensor.concatenate(0, some, others))
        .orElseThrow()
        .toArray();
  }

  @Override
  public void close() {
    backend.close();
  }
}
