package org.clipscribe.convert;

import java.nio.file.Path;
import java.util.Optional;
import org.clipscribe.captioner.PositionRule;
import org.clipscribe.nn.DType;

/// What to convert, into what. Make one with [#of] and the `with` methods.
///
/// @param source a checkpoint: `model.pt`, a trainer's file, a `.safetensors` file, a folder
/// @param target the folder of the bundle; made, with its parents
/// @param clip where CLIP's image encoder comes from, if not from `source`
/// @param gpt2 where GPT-2 comes from, if not from `source`
/// @param tokenizer a folder with `vocab.json` and `merges.txt`, if they are not beside the weights
/// @param config what the weights do not tell, in the form of the original's `config.json`
/// @param rule position rule of the bundle; absent: what the source says, else `original`
/// @param dtype how weights are stored; absent: as in the source, double precision as single
/// @param expectedSize `S` or `L`, as the user believes; the weights decide
/// @param force whether a bundle that is there may be replaced
/// @param toolVersion of this program, for the manifest
public record ConvertRequest(
    Path source,
    Path target,
    Optional<Path> clip,
    Optional<Path> gpt2,
    Optional<Path> tokenizer,
    Optional<Path> config,
    Optional<PositionRule> rule,
    Optional<DType> dtype,
    Optional<String> expectedSize,
    boolean force,
    String toolVersion) {

  public ConvertRequest {
    if (dtype.isPresent() && !dtype.get().isFloating()) {
      throw new IllegalArgumentException("convert: weights as " + dtype.get());
    }
  }

  /// A conversion with nothing special about it.
  public static ConvertRequest of(Path source, Path target) {
    return new ConvertRequest(
        source,
        target,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        "unknown");
  }

  public ConvertRequest withClip(Path folder) {
    return copy(Optional.of(folder), gpt2, tokenizer, config, rule, dtype, expectedSize, force);
  }

  public ConvertRequest withGpt2(Path folder) {
    return copy(clip, Optional.of(folder), tokenizer, config, rule, dtype, expectedSize, force);
  }

  public ConvertRequest withTokenizer(Path folder) {
    return copy(clip, gpt2, Optional.of(folder), config, rule, dtype, expectedSize, force);
  }

  public ConvertRequest withConfig(Path file) {
    return copy(clip, gpt2, tokenizer, Optional.of(file), rule, dtype, expectedSize, force);
  }

  public ConvertRequest withRule(PositionRule positionRule) {
    return copy(
        clip, gpt2, tokenizer, config, Optional.of(positionRule), dtype, expectedSize, force);
  }

  public ConvertRequest withDtype(DType stored) {
    return copy(clip, gpt2, tokenizer, config, rule, Optional.of(stored), expectedSize, force);
  }

  public ConvertRequest withExpectedSize(String size) {
    return copy(clip, gpt2, tokenizer, config, rule, dtype, Optional.of(size), force);
  }

  public ConvertRequest withForce(boolean replace) {
    return copy(clip, gpt2, tokenizer, config, rule, dtype, expectedSize, replace);
  }

  public ConvertRequest withToolVersion(String version) {
    return new ConvertRequest(
        source, target, clip, gpt2, tokenizer, config, rule, dtype, expectedSize, force, version);
  }

  private ConvertRequest copy(
      Optional<Path> clip,
      Optional<Path> gpt2,
      Optional<Path> tokenizer,
      Optional<Path> config,
      Optional<PositionRule> rule,
      Optional<DType> dtype,
      Optional<String> expectedSize,
      boolean force) {
    return new ConvertRequest(
        source,
        target,
        clip,
        gpt2,
        tokenizer,
        config,
        rule,
        dtype,
        expectedSize,
        force,
        toolVersion);
  }
}
