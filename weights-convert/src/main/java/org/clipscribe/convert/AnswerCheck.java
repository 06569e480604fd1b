package org.clipscribe.convert;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.BundleClip;
import org.clipscribe.captioner.BundleConfig;
import org.clipscribe.captioner.Captioner;
import org.clipscribe.captioner.CaptionerOptions;
import org.clipscribe.captioner.CaptionerOptions.WeightCache;
import org.clipscribe.clip.ClipEncoder;
import org.clipscribe.clip.Image;
import org.clipscribe.convert.Verification.Check;
import org.clipscribe.gpt2.TextModel;
import org.clipscribe.gpt2.decoding.Decoding;
import org.clipscribe.gpt2.decoding.Ending;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.spi.Backend;

/// Asks a model what its answer is known to.
///
/// @param path of a bundle or a checkpoint
record AnswerCheck(Path path, boolean isBundle, CaptionerOptions options) {
  /// Logits are known to 1e-3 and are a hundred times as large; a kernel of another order of sums
  /// makes 1e-5 of it, bfloat16 a hundred times that.
  private static final double TOLERANCE = 1e-4;

  private static final double ROUNDED_TOLERANCE = 3e-3;

  Check of(KnownAnswer answer) {
    return switch (answer) {
      case KnownAnswer.Continuation continuation -> check(continuation);
      case KnownAnswer.Likeness likeness -> check(likeness);
    };
  }

  private Check check(KnownAnswer.Continuation known) {
    String what = "text of " + known.model();
    if (isBundle && Bundle.open(path).config().gpt2().crossAttention()) {
      return Check.skipped(what, "the bundle's decoder writes about pictures only");
    }
    try (Opened<TextModel> opened = text()) {
      int[] prompt = known.prompt().stream().mapToInt(token -> token).toArray();
      Decoding decoding = Decoding.greedy(known.expected().size());
      List<Integer> found =
          opened.model.generator().generate(prompt, decoding, Ending.at()).getFirst().tokens();
      String expected = opened.model.tokenizer().decode(ints(known.expected()));
      boolean same = found.equals(known.expected());
      return Check.of(
          what,
          same,
          same
              ? "goes on as known, " + quote(expected)
              : "goes on %s, but is known to go on %s"
                  .formatted(quote(opened.model.tokenizer().decode(ints(found))), quote(expected)));
    }
  }

  private Opened<TextModel> text() {
    CaptionerOptions uncached = options.withCache(WeightCache.OFF);
    if (isBundle) {
      Captioner captioner = Captioner.open(path, uncached);
      return new Opened<>(captioner.textModel(), captioner::close);
    }
    Backend backend = Backends.open(options.device(), options.threads()).backend();
    try {
      TextModel model = CheckpointModels.text(path, backend, options.precision(), Optional.empty());
      return new Opened<>(model, backend::close);
    } catch (RuntimeException | Error e) {
      backend.close();
      throw e;
    }
  }

  private record Opened<T>(T model, Runnable closing) implements AutoCloseable {
    @Override
    public void close() {
      closing.run();
    }
  }

  private Check check(KnownAnswer.Likeness known) {
    String what = "pictures and texts of " + known.model();
    if (isBundle) {
      BundleConfig config = Bundle.open(path).config();
      if (config.text().isEmpty()) {
        return Check.skipped(what, "the bundle holds the half of CLIP that sees pictures only");
      }
    }
    try (ClipEncoder clip = clip()) {
      float[] picture = clip.image(cats());
      List<float[]> texts = clip.texts(known.texts());
      double tolerance =
          switch (options.precision()) {
            case F32 -> TOLERANCE;
            case BF16, INT8 -> ROUNDED_TOLERANCE;
          };
      double worst =
          IntStream.range(0, texts.size())
              .mapToDouble(i -> Math.abs(dot(picture, texts.get(i)) - known.cosines().get(i)))
              .max()
              .orElse(0);
      return Check.of(
          what,
          worst <= tolerance, // false for NaN, too
          String.format(
              Locale.ROOT,
              "cosines differ by %.1e from the known ones, at most %.1e is rounding",
              worst,
              tolerance));
    }
  }

  private ClipEncoder clip() {
    if (isBundle) {
      return BundleClip.open(path, options);
    }
    Backend backend = Backends.open(options.device(), options.threads()).backend();
    try {
      return CheckpointModels.clip(path, backend, options.precision());
    } catch (RuntimeException | Error e) {
      backend.close();
      throw e;
    }
  }

  /// COCO's picture 39769 as CLIP crops it, which cropping again does not change.
  static Image cats() {
    int side = 224;
    try (InputStream file =
            Objects.requireNonNull(AnswerCheck.class.getResourceAsStream("coco-39769.rgb.gz"));
        InputStream rgb = new GZIPInputStream(file)) {
      return new Image(side, side, rgb.readNBytes(3 * side * side));
    } catch (IOException e) {
      throw new IllegalStateException("a resource of our own", e);
    }
  }

  private static double dot(float[] one, float[] other) {
    return IntStream.range(0, one.length).mapToDouble(i -> (double) one[i] * other[i]).sum();
  }

  private static int[] ints(List<Integer> tokens) {
    return tokens.stream().mapToInt(token -> token).toArray();
  }

  /// In one line.
  private static String quote(String text) {
    return "\"" + text.replace("\n", "\\n") + "\"";
  }
}
