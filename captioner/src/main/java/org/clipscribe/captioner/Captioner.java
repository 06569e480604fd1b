package org.clipscribe.captioner;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.clipscribe.clip.Image;
import org.clipscribe.clip.ImagePreprocessor;
import org.clipscribe.gpt2.Gpt2Decoder;
import org.clipscribe.gpt2.Gpt2Tokenizer;
import org.clipscribe.gpt2.TextGenerator;
import org.clipscribe.gpt2.TextModel;
import org.clipscribe.gpt2.decoding.Decoding;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Probe;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.spi.Backend;
import org.jspecify.annotations.Nullable;

/// Captions pictures: a vision transformer, what leads from it to the decoder, and GPT-2, loaded
/// from a bundle.
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
  private @Nullable Gpt2Tokenizer encoder;

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
  /// @throws BadInputException when a file of it is missing, damaged or does not
  ///     fit the others
  public static Captioner open(Path directory) {
    return open(directory, CaptionerOptions.defaults());
  }

  /// @throws BadInputException when a file of the bundle is missing, damaged or
  ///     does not fit
  /// @throws org.clipscribe.tensor.DeviceUnavailableException when the device is not there
  public static Captioner open(Path directory, CaptionerOptions options) {
    return open(Bundle.open(directory), options);
  }

  /// Opens the small model that comes with the module `clipscribe-embedded-model`: no file, no
  /// download. **It knows drawings, not photos**, see `docs/embedded-model.md`.
  ///
  /// @throws BadInputException when that module is not on the class path or module path
  public static Captioner embedded() {
    return open(Bundle.embedded(), CaptionerOptions.defaults());
  }

  /// Opens a bundle that was looked at already.
  ///
  /// @param options the cache is not used for the embedded model: it is packed in no time
  /// @throws BadInputException when a file of the bundle is missing, damaged or
  ///     does not fit
  /// @throws org.clipscribe.tensor.DeviceUnavailableException when the device is not there
  public static Captioner open(Bundle bundle, CaptionerOptions options) {
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

  /// The decoder by itself, which continues any text; usable until this is closed.
  ///
  /// @throws BadInputException when it writes of pictures only, having cross-attention
  public TextModel textModel() {
    if (config().gpt2().crossAttention()) {
      throw new BadInputException(
          bundle.directory(),
          "writes about pictures only: its decoder has cross-attention; use caption");
    }
    return new TextModel(new TextGenerator(model.gpt2(), backend), encoder());
  }

  /// Captions a picture, always with the likeliest word.
  public Caption caption(Image image) {
    return caption(image, Probe.NONE);
  }

  /// The same, and lets a probe see every stage on the way.
  public Caption caption(Image image, Probe probe) {
    return together(List.of(prepare(image)), usual(), probe).getFirst().getFirst();
  }

  /// Captions a picture in other ways.
  ///
  /// @return as many captions as the request asks for, of a beam search the best first
  /// @throws BadInputException when the prompt leaves no room for a caption
  public List<Caption> candidates(Image image, CaptionRequest request) {
    return together(List.of(prepare(image)), request, Probe.NONE).getFirst();
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
    for (List<Image> some : batches(images, BATCH)) {
      together(some.stream().map(this::prepare).toList(), usual(), Probe.NONE)
          .forEach(candidates -> captions.add(candidates.getFirst()));
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
    return candidatesPrepared(images, usual()).stream().map(List::getFirst).toList();
  }

  /// The same in other ways; [#candidates] of each picture.
  ///
  /// @param images any number; as many are in work as keeps the beams or candidates of all of them
  ///     near [#BATCH]
  /// @throws BadInputException when the prompt leaves no room for a caption
  public List<List<Caption>> candidatesPrepared(
      List<PreparedImage> images, CaptionRequest request) {
    List<List<Caption>> captions = new ArrayList<>();
    int size = Math.max(1, BATCH / request.decoding().lanes());
    for (List<PreparedImage> some : batches(images, size)) {
      captions.addAll(together(some, request, Probe.NONE));
    }
    return captions;
  }

  private CaptionRequest usual() {
    return CaptionRequest.of(Decoding.greedy(config().maxLength()));
  }

  /// Cuts a list into parts of `size`, the last one as long as what is left.
  static <T> List<List<T>> batches(List<T> all, int size) {
    return IntStream.iterate(0, from -> from < all.size(), from -> from + size)
        .mapToObj(from -> all.subList(from, Math.min(all.size(), from + size)))
        .toList();
  }

  private List<List<Caption>> together(
      List<PreparedImage> images, CaptionRequest request, Probe probe) {
    int[] prompt = request.prompt().isEmpty() ? new int[0] : encoder().encode(request.prompt());
    List<float[]> pixels = images.stream().map(PreparedImage::pixels).toList();
    ImageContext context =
        PixelBatches.of(backend, config().vision(), pixels)
            .map(some -> model.reader().read(some, probe))
            .reduce(ImageContext::and)
            .orElseThrow();
    return new CaptionWriter(backend, model.gpt2(), config().form(), tokenizer)
        .write(context, request, prompt, probe.at("steps"));
  }

  /// Most captions need none, and it takes a while to open.
  private synchronized Gpt2Tokenizer encoder() {
    if (encoder == null) {
      encoder = bundle.encoder();
    }
    return encoder;
  }

  @Override
  public void close() {
    backend.close();
  }
}
