package org.clipscribe.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.clipscribe.captioner.Bundle;

/// GPT-2's vocabulary for checkpoints that come without one, as all of the original's do.
final class Tokenizers {
  /// A folder with `vocab.json` and `merges.txt`; the launcher names the one that we ship.
  static final String VARIABLE = "CLIPSCRIBE_TOKENIZER";

  private Tokenizers() {}

  /// The folder to fall back on.
  ///
  /// @param sources folders that a conversion looks into itself
  /// @return empty when one of those has a vocabulary, or when we have none
  static Optional<Path> fallback(Map<String, String> environment, List<Path> sources) {
    String shipped = environment.getOrDefault(VARIABLE, "");
    return shipped.isEmpty() || sources.stream().anyMatch(Tokenizers::isIn)
        ? Optional.empty()
        : Optional.of(Path.of(shipped)).filter(Tokenizers::isIn);
  }

  private static boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve(Bundle.VOCABULARY))
        && Files.isRegularFile(folder.resolve(Bundle.MERGES));
  }
}
