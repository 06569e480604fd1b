package org.clipscribe.convert;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.clip.ClipTokenizer;
import org.clipscribe.nn.BadInputException;

/// The files of CLIP's tokenizer, which has other words than GPT-2's.
///
/// @param vocabulary ids by token
/// @param merges two tokens a line
record ClipWordFiles(Path vocabulary, Path merges) {
  /// Those beside a checkpoint: under their names in a bundle, or in the folder of a CLIP, where
  /// they are called like GPT-2's.
  static Optional<ClipWordFiles> beside(WeightFiles files) {
    Path folder = files.folder();
    return Stream.of(
            new ClipWordFiles(
                folder.resolve(Bundle.CLIP_VOCABULARY), folder.resolve(Bundle.CLIP_MERGES)),
            new ClipWordFiles(folder.resolve(Bundle.VOCABULARY), folder.resolve(Bundle.MERGES)))
        .filter(ClipWordFiles::areCalledSo)
        .findFirst();
  }

  /// The same where there is no doing without them.
  ///
  /// @throws BadInputException when there are none
  static ClipWordFiles of(WeightFiles files) {
    return beside(files)
        .orElseThrow(
            () ->
                new BadInputException(
                    files.folder(),
                    "has no vocab.json and merges.txt of CLIP, which its texts need"));
  }

  private boolean areCalledSo() {
    if (!Files.isRegularFile(vocabulary) || !Files.isRegularFile(merges)) {
      return false;
    }
    // GPT-2's files may lie beside OpenAI's weights of CLIP.
    try (Stream<String> lines = Files.lines(merges)) {
      return lines.limit(20).anyMatch(line -> line.endsWith("</w>"));
    } catch (IOException e) {
      throw BadInputException.unreadable(merges, e);
    }
  }

  ClipTokenizer open() {
    return ClipTokenizer.open(vocabulary, merges);
  }

  /// Copies them into a bundle, if they are for this text encoder.
  ///
  /// @param tokens that the encoder knows
  void copyTo(Path folder, int tokens) throws IOException {
    int found = open().vocabularySize();
    if (found != tokens) {
      throw new BadInputException(
          vocabulary,
          "has " + found + " tokens, but CLIP's text encoder beside it is for " + tokens);
    }
    Files.copy(vocabulary, folder.resolve(Bundle.CLIP_VOCABULARY));
    Files.copy(merges, folder.resolve(Bundle.CLIP_MERGES));
  }
}
