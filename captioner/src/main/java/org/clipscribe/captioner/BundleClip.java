package org.clipscribe.captioner;

import java.nio.file.Path;
import org.clipscribe.clip.ClipConfig;
import org.clipscribe.clip.ClipEncoder;
import org.clipscribe.clip.ClipModel;
import org.clipscribe.clip.ClipTokenizer;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.tensor.Backends;

/// The whole CLIP in a bundle, for those that were converted from one with both towers.
public final class BundleClip {
  private BundleClip() {}

  /// Opens both towers, and nothing of the captioner.
  ///
  /// @param options its cache is not used
  /// @throws BadInputException when the bundle has no text tower, saying how to make one that has;
  ///     or when a file of it is damaged or does not fit
  /// @throws org.clipscribe.tensor.DeviceUnavailableException when the device is not there
  public static ClipEncoder open(Path directory, CaptionerOptions options) {
    return open(Bundle.open(directory), options);
  }

  /// The same of a bundle that is open.
  public static ClipEncoder open(Bundle bundle, CaptionerOptions options) {
    ClipConfig config = config(bundle);
    BundleSource files = bundle.source();
    for (String file : new String[] {Bundle.CLIP_VOCABULARY, Bundle.CLIP_MERGES}) {
      if (!files.has(file)) {
        throw new BadInputException(
            files.origin(), "has CLIP's text encoder, but no " + file + "; convert it anew");
      }
    }
    ClipTokenizer tokenizer =
        ClipTokenizer.of(files.read(Bundle.CLIP_VOCABULARY), files.read(Bundle.CLIP_MERGES));
    Backends.Opened opened = Backends.open(options.device(), options.threads());
    try (SafetensorsFile weights = bundle.weights()) {
      ClipModel model =
          Checkpoint.of(weights, "CLIP (" + config.vision() + ")")
              .strictBelow("clip")
              .load(
                  opened.backend(),
                  options.precision(),
                  source -> ClipModel.of(source.at("clip"), config));
      return new ClipEncoder(model, opened.backend(), bundle.preprocessor(), tokenizer);
    } catch (RuntimeException | Error e) {
      opened.backend().close();
      throw e;
    }
  }

  /// @throws BadInputException when the bundle has no text tower
  private static ClipConfig config(Bundle bundle) {
    return bundle
        .config()
        .clipWithText()
        .orElseThrow(
            () ->
                new BadInputException(
                    bundle.source().origin(),
                    "holds CLIP's image encoder only, and texts need the other half; convert it"
                        + " anew with --clip DIR, a folder of the whole CLIP with its vocab.json and"
                        + " merges.txt (such as openai/clip-vit-base-patch32), or name such a folder"
                        + " with --model"));
  }
}
