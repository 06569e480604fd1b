package org.clipscribe.captioner;

import java.nio.file.Path;
import java.util.Arrays;
import org.clipscribe.gpt2.CrossMemory;
import org.clipscribe.gpt2.Gpt2;
import org.clipscribe.gpt2.KvCache;
import org.clipscribe.gpt2.Pass;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.Initialisation;
import org.clipscribe.nn.Probe;
import org.clipscribe.nn.SeededTensors;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;
import org.jspecify.annotations.Nullable;

/// The parts of which a caption consists, one at a time, for who wants to measure them.
///
/// What a picture shows and which words come makes no difference to the time, so there is no
/// picture and no tokenizer here: pixels are grey, and words are numbers.
public final class CaptionParts implements AutoCloseable {
  private final BundleConfig config;
  private final Backend backend;
  private final CaptionModel model;
  private final Tensor pixels;

  private CaptionParts(BundleConfig config, Backend backend, CaptionModel model) {
    this.config = config;
    this.backend = backend;
    this.model = model;
    int side = config.vision().imageSize();
    float[] grey = new float[3 * side * side];
    Arrays.fill(grey, 0.25f);
    this.pixels = Tensor.of(backend, Shape.of(1, 3, side, side), grey);
  }

  /// The parts of a bundle's model.
  ///
  /// @throws org.clipscribe.nn.BadInputException when a file of the bundle is missing, damaged or
  ///     does not fit
  /// @throws org.clipscribe.tensor.DeviceUnavailableException when the device is not there
  public static CaptionParts open(Path directory, CaptionerOptions options) {
    return open(Bundle.open(directory), options);
  }

  /// The same of a bundle that is open.
  public static CaptionParts open(Bundle bundle, CaptionerOptions options) {
    Backend backend = Backends.open(options.device(), options.threads()).backend();
    try {
      return new CaptionParts(
          bundle.config(),
          backend,
          Weights.of(bundle).load(backend, options.precision(), options.cache()));
    } catch (RuntimeException | Error e) {
      backend.close();
      throw e;
    }
  }

  /// Those of a model with random weights, which takes as long as a trained one.
  ///
  /// @throws org.clipscribe.tensor.DeviceUnavailableException when the device is not there
  public static CaptionParts random(BundleConfig config, long seed, CaptionerOptions options) {
    Backend backend = Backends.open(options.device(), options.threads()).backend();
    try {
      SeededTensors tensors =
          SeededTensors.of(
              backend,
              seed,
              Initialisation.normal(0.02f), // what GPT-2 starts training from
              _ -> false,
              source -> CaptionModel.of(source, config));
      CaptionModel model =
          Checkpoint.of(tensors, config.describe())
              .load(backend, options.precision(), source -> CaptionModel.of(source, config));
      return new CaptionParts(config, backend, model);
    } catch (RuntimeException | Error e) {
      backend.close();
      throw e;
    }
  }

  public BundleConfig config() {
    return config;
  }

  /// The device that computes.
  public Backend backend() {
    return backend;
  }

  /// From pixels to the image embedding.
  ///
  /// @return `[1, C]`
  public Tensor encode() {
    return model.reader().vision().forward(pixels, Probe.NONE).poolerOutput();
  }

  /// From pixels to a decoder that has read what stands before the first word.
  public Words begin() {
    ImageContext context = model.reader().read(pixels, Probe.NONE);
    return new Words(Beginning.of(backend, model.gpt2(), context, config.form(), 0));
  }

  /// A caption in the making.
  public final class Words {
    private final KvCache cache;
    private final @Nullable CrossMemory memory;
    private int token;

    private Words(Beginning beginning) {
      int length = beginning.length();
      cache = model.gpt2().newCache(backend, length + config.maxLength());
      memory = beginning.memory();
      read(beginning.rows().reshape(length, -1));
    }

    /// Reads the last word and finds the next one.
    public void next() {
      read(model.gpt2().embed(backend, token));
    }

    private void read(Tensor rows) {
      Gpt2 gpt2 = model.gpt2();
      int count = rows.shape().extent(0);
      Tensor hidden =
          gpt2.forward(
              rows.plus(gpt2.positions(backend, cache.size(), count)),
              Pass.over(cache).lookingAt(memory));
      token = gpt2.logits(hidden.leading(count - 1, count)).argMax()[0];
    }
  }

  @Override
  public void close() {
    backend.close();
  }
}
