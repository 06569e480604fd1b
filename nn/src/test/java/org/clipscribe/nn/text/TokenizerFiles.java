package org.clipscribe.nn.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Small tokenizers on disk: the 256 bytes first, then whatever a test adds.
record TokenizerFiles(Path vocab, Path merges) {
  /// @param merges lines such as `a b`; what they make is added to the vocabulary
  static TokenizerFiles write(Path folder, List<String> merges) {
    List<String> tokens = new ArrayList<>(bytes());
    merges.stream()
        .map(line -> line.replace(" ", ""))
        .distinct()
        .filter(token -> !tokens.contains(token))
        .forEach(tokens::add);
    String lines = merges.stream().map(line -> line + "\n").collect(Collectors.joining());
    return write(folder, vocabJson(tokens), "#version: 0.2\n" + lines);
  }

  static TokenizerFiles write(Path folder, String vocabJson, String mergesTxt) {
    try {
      return new TokenizerFiles(
          Files.writeString(folder.resolve("vocab.json"), vocabJson),
          Files.writeString(folder.resolve("merges.txt"), mergesTxt));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The token of each byte.
  static List<String> bytes() {
    return IntStream.range(0, 256)
        .mapToObj(value -> Character.toString(ByteAlphabet.symbol((byte) value)))
        .toList();
  }

  static String vocabJson(List<String> tokens) {
    return IntStream.range(0, tokens.size())
        .mapToObj(
            id -> "\"" + tokens.get(id).replace("\\", "\\\\").replace("\"", "\\\"") + "\": " + id)
        .collect(Collectors.joining(", ", "{", "}"));
  }

  BytePairEncoding open() {
    return BytePairEncoding.open(vocab, merges, "");
  }
}
