package org.clipscribe.captioner;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.clipscribe.clip.Image;
import org.clipscribe.clip.ImagePreprocessor;
import org.clipscribe.gpt2.Gpt2Decoder;
import org.clipscribe.nn.Probe;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;

/// Captions pictures: CLIP's vision transformer, the mapping network and GPT-2, loaded from a
/// bundle.
///
/// ```java
/// try (var captioner = Captioner.open(Path.of("bundle"))) {
///   System.out.println(captioner.caption(Image.read(Path.of("photo.jpg"))).text());
/// }
/// ```
///
/// One captioner may be used by many threads at once. It holds the weights in memory of its own,
/// outside the Java heap, until it is closed; after that it must not be used.
///
/// The first opening packs the weights for the device and leaves the result in a file, from which
/// later ones start; [CaptionerOptions.WeightCache] says where and how to do without. By default
/// the file is copied into memory and not mapped: a mapped file that somebody truncates would take
/// the whole JVM down, which a library must not risk.
public final class Captioner implements AutoCloseable {
  /// How many pictures are best captioned together. A picture of ten takes a third of the time
  /// that one alone takes (measured with ViT-B/32 and GPT-2 124M in single precision), and sixteen
  /// are no faster: the CPU's kernels work on 5 rows at a time. Keys and values take 3 MB a picture
  /// there.
  public static final int BATCH = 10;

  private final Bundle bundle;
  private final Backend backend;
  private final Optional<String> notice;
  private final CaptionModel model;
  private final ImagePreprocessor preprocessor;
  private final Gpt2Decoder tokenizer;

  private Captioner(Bundle bundle, Backends.Opened opened, CaptionModel model) {
    this.bundle = bundle;
    this.backend = opened.backend();
    this.notice = opened.notice();
    this.model = model;
    this.preprocessor = new ImagePreprocessor(bundle.preprocessor());
    this.tokenizer = bundle.tokenizer();
  }

  /// Opens a bundle on the best device there is.
  ///
  /// @param directory what `clipscribe convert` wrote
  /// @throws org.clipscribe.nn.BadInputException when a file of it is missing, damaged or does not
  ///     fit the others
  public static Captioner open(Path directory) {
    return open(directory, CaptionerOptions.defaults());
  }

  /// @throws org.clipscribe.nn.BadInputException when a file of the bundle is missing, damaged or
  ///     does not fit
  /// @throws org.clipscribe.tensor.DeviceUnavailableException when the device is not there
  public static Captioner open(Path directory, CaptionerOptions options) {
    Bundle bundle = Bundle.open(directory);
    Backends.Opened opened = Backends.open(options.device(), options.threads());
    try {
      CaptionModel model =
          Weights.of(bundle).load(opened.backend(), options.precision(), options.cache());
      return new Captioner(bundle, opened, model);
    } catch (RuntimeException | Error e) {
      opened.backend().close();
      throw e;
    }
  }

  /// One line that a user should see once, when computing is slower than it need be.
  public Optional<String> notice() {
    return notice;
  }

  public ModelInfo model() {
    return bundle.info();
  }

  public BundleConfig config() {
    return bundle.config();
  }

  public Caption caption(Image image) {
    return caption(image, Probe.NONE);
  }

  /// Captions a picture and lets a probe see every stage on the way.
  public Caption caption(Image image, Probe probe) {
    return together(List.of(prepare(image)), probe).getFirst();
  }

  /// Captions pictures together, which takes much less time than one after another, since each step
  /// of the decoder reads the weights once for all of them.
  ///
  /// A caption does not depend on the pictures beside it: tokens are those of [#caption(Image)].
  /// On the CPU so is every bit of the score; other devices may round in another order.
  ///
  /// @param images any number; [#BATCH] at a time are in work, so that a long list needs no more
  ///     memory than a short one
  /// @return in the order of the pictures
  public List<Caption> captions(List<Image> images) {
    List<Caption> captions = new ArrayList<>();
    for (List<Image> some : batches(images)) {
      captions.addAll(together(some.stream().map(this::prepare).toList(), Probe.NONE));
    }
    return captions;
  }

  /// Does what can be done with a picture by itself, after which the picture is not needed.
  public PreparedImage prepare(Image image) {
    return new PreparedImage(preprocessor.pixels(image));
  }

  /// The same as [#captions], for who cannot keep all the pictures.
  ///
  /// @param images prepared by this captioner
  public List<Caption> captionPrepared(List<PreparedImage> images) {
    List<Caption> captions = new ArrayList<>();
    for (List<PreparedImage> some : batches(images)) {
      captions.addAll(together(some, Probe.NONE));
    }
    return captions;
  }

  private static <T> List<List<T>> batches(List<T> all) {
    return IntStream.iterate(0, from -> from < all.size(), from -> from + BATCH)
        .mapToObj(from -> all.subList(from, Math.min(all.size(), from + BATCH)))
        .toList();
  }

  private List<Caption> together(List<PreparedImage> images, Probe probe) {
    Tensor prefixes = model.prefix(pixels(images), probe);
    GreedyDecoder decoder =
        new GreedyDecoder(
            backend,
            model.gpt2(),
            config().positionRule(),
            tokenizer.endOfText(),
            config().maxLength());
    return decoder.decode(prefixes, probe.at("steps")).stream()
        .map(decoded -> new Caption(text(decoded.tokens()), decoded.tokens(), decoded.score()))
        .toList();
  }

  /// `[B, 3, S, S]`
  private Tensor pixels(List<PreparedImage> images) {
    int side = config().clip().imageSize();
    Shape shape = Shape.of(images.size(), 3, side, side);
    float[] pixels = new float[shape.size()];
    int each = 3 * side * side;
    for (int i = 0; i < images.size(); i++) {
      System.arraycopy(images.get(i).pixels(), 0, pixels, i * each, each);
    }
    return Tensor.of(backend, shape, pixels);
  }

  /// The words behind the tokens, finished the way the position rule's owner does.
  private String text(List<Integer> tokens) {
    boolean ended = tokens.getLast() == tokenizer.endOfText();
    return switch (config().positionRule()) {
      case CLEAN -> tokenizer.decode(ids(tokens, ended ? 1 : 0)).strip();
      // The original drops the last token whatever it is, also when the length limit ended the
      // loop.
      case ORIGINAL -> capitalised(tokenizer.decodeCleaned(ids(tokens, 1)).strip());
    };
  }

  private static int[] ids(List<Integer> tokens, int dropped) {
    return tokens.subList(0, tokens.size() - dropped).stream().mapToInt(id -> id).toArray();
  }

  private static String capitalised(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int first = text.offsetByCodePoints(0, 1);
    return text.substring(0, first).toUpperCase(Locale.ROOT) + text.substring(first);
  }

  @Override
  public void close() {
    backend.close();
  }
}
