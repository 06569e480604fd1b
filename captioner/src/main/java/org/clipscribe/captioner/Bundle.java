package org.clipscribe.captioner;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import org.clipscribe.clip.PreprocessorConfig;
import org.clipscribe.gpt2.Gpt2Decoder;
import org.clipscribe.gpt2.Gpt2Tokenizer;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.clipscribe.nn.safetensors.SafetensorsFile;

/// All that a captioner needs: a folder, as `clipscribe convert` writes it, or the embedded model.
///
/// @param source where its files are
/// @param config checked, from `config.json`
/// @param preprocessor from `preprocessor_config.json`
public record Bundle(BundleSource source, BundleConfig config, PreprocessorConfig preprocessor) {
  public static final String CONFIG = "config.json";
  public static final String WEIGHTS = "model.safetensors";
  public static final String VOCABULARY = "vocab.json";
  public static final String MERGES = "merges.txt";
  public static final String CLIP_VOCABULARY = "clip_vocab.json";
  public static final String CLIP_MERGES = "clip_merges.txt";
  public static final String PREPROCESSOR = "preprocessor_config.json";
  public static final String MANIFEST = "manifest.json";

  /// Reads and checks the small files; nothing of the size of a model is touched.
  ///
  /// @throws BadInputException when this is no bundle or a file of it does not fit
  public static Bundle open(Path directory) {
    return open(new BundleSource.Folder(directory));
  }

  /// The model that comes with the module `clipscribe-embedded-model`.
  ///
  /// @throws BadInputException when that module is not there
  public static Bundle embedded() {
    EmbeddedModel model =
        EmbeddedModel.find()
            .orElseThrow(
                () ->
                    new BadInputException(
                        "the embedded model",
                        "is not on the class path or module path; add clipscribe-embedded-model, or"
                            + " open a bundle of your own"));
    return of(model);
  }

  /// A model whose files are resources.
  ///
  /// @throws BadInputException when a file of it is missing or does not fit
  public static Bundle of(EmbeddedModel model) {
    return open(new BundleSource.Embedded(model));
  }

  private static Bundle open(BundleSource source) {
    for (String file : new String[] {CONFIG, WEIGHTS, VOCABULARY, MERGES, PREPROCESSOR}) {
      if (!source.has(file)) {
        throw new BadInputException(
            source.origin(),
            "is not a bundle: it has no " + file + "; make one with `clipscribe convert`");
      }
    }
    BundleConfig config = BundleConfig.of(Json.readObject(source.read(CONFIG)));
    JsonObject preprocessorJson = Json.readObject(source.read(PREPROCESSOR));
    PreprocessorConfig preprocessor = PreprocessorConfig.from(preprocessorJson);
    int side = config.vision().imageSize();
    if (preprocessor.width() != side || preprocessor.height() != side) {
      throw preprocessorJson.refuse(
          "crop_size",
          preprocessor.width() + " x " + preprocessor.height(),
          "the model's image_size " + side);
    }
    return new Bundle(source, config, preprocessor);
  }

  /// Whether a folder claims to be a bundle: its configuration says so, or it has none that says
  /// anything else.
  public static boolean isAt(Path directory) {
    Path config = directory.resolve(CONFIG);
    return Files.isRegularFile(config) && !Json.readObject(config).has("model_type");
  }

  /// The bundle's folder, for who needs its files on disk.
  ///
  /// @throws BadInputException for the embedded model, which has none
  public Path directory() {
    return switch (source) {
      case BundleSource.Folder(Path directory) -> directory;
      case BundleSource.Embedded _ ->
          throw new BadInputException(
              source.origin(), "is no folder, and this needs one; name a bundle of your own");
    };
  }

  /// Opens the weights for reading; the caller closes them.
  SafetensorsFile weights() {
    return source.weights();
  }

  /// Captions are only decoded, so the merges are not read.
  ///
  /// @throws BadInputException when the vocabulary is damaged or does not fit the decoder
  Gpt2Decoder tokenizer() {
    Gpt2Decoder tokenizer = Gpt2Decoder.of(source.read(VOCABULARY));
    if (tokenizer.vocabularySize() != config.gpt2().vocabulary()) {
      throw new BadInputException(
          source.origin(),
          "its vocabulary has %d tokens, but the decoder's vocab_size is %d"
              .formatted(tokenizer.vocabularySize(), config.gpt2().vocabulary()));
    }
    return tokenizer;
  }

  /// The same with the merges, for prompts.
  Gpt2Tokenizer encoder() {
    return Gpt2Tokenizer.of(source.read(VOCABULARY), source.read(MERGES));
  }

  /// Name, size and digest. The digest comes from `manifest.json`; only a bundle without one is
  /// read through.
  public ModelInfo info() {
    String digest = statedDigest().orElseGet(() -> sha256(directory().resolve(WEIGHTS)));
    return new ModelInfo(source.name(), config.size(), digest);
  }

  /// The digest of the weights that `manifest.json` states, if there is one.
  Optional<String> statedDigest() {
    if (!source.has(MANIFEST)) {
      return Optional.empty();
    }
    JsonObject files = Json.readObject(source.read(MANIFEST)).object("files");
    if (!files.has(WEIGHTS)) {
      return Optional.empty();
    }
    String digest = files.object(WEIGHTS).string("sha256");
    if (!digest.matches("[0-9a-f]{64}")) { // it becomes part of a path
      throw files.object(WEIGHTS).refuse("sha256", digest, "64 hexadecimal digits");
    }
    return Optional.of(digest);
  }

  private static String sha256(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] block = new byte[1 << 16];
      for (int count = in.read(block); count >= 0; count = in.read(block)) {
        digest.update(block, 0, count);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new BadInputException(file.toString(), "cannot be read (" + e + ")", e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
