package org.clipscribe.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.nn.json.Json;

/// GPT-2's tokenizer cut down to its first words, and the end of text behind them: for models with
/// small vocabularies.
final class FirstWords {
  private static final Path WHOLE = Path.of("../examples/gpt2-tokenizer");

  private FirstWords() {}

  static Path write(Path folder, int tokens) throws IOException {
    Map<String, Object> words = new LinkedHashMap<>();
    Json.readObject(WHOLE.resolve(Bundle.VOCABULARY))
        .toMap()
        .forEach(
            (word, id) -> {
              if (id instanceof Long number && number < tokens - 1) {
                words.put(word, number);
              }
            });
    words.put("<|endoftext|>", tokens - 1);
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(Bundle.VOCABULARY), Json.write(words));
    try (Stream<String> merges = Files.lines(WHOLE.resolve(Bundle.MERGES))) {
      // One line of title, and a merge for each word behind the 256 bytes.
      Files.write(folder.resolve(Bundle.MERGES), merges.limit(tokens - 256).toList());
    }
    return folder;
  }
}
