package org.clipscribe.captioner.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.clipscribe.clip.ClipTokenizer;
import org.clipscribe.gpt2.Gpt2Tokenizer;
import org.clipscribe.nn.text.BytePairTrainer;

/// Tokenizers of a few hundred tokens: all bytes, and some pairs.
public final class TinyWords {
  private static final Map<String, Long> WORDS = Map.of("the", 9L, " the", 9L, " picture", 5L);

  private TinyWords() {}

  public static ClipTokenizer clip(Path folder) {
    write(folder, "</w>", List.of("<|startoftext|>", "<|endoftext|>"));
    return ClipTokenizer.open(folder.resolve("vocab.json"), folder.resolve("merges.txt"));
  }

  public static Gpt2Tokenizer gpt2(Path folder) {
    write(folder, "", List.of("<|endoftext|>"));
    return Gpt2Tokenizer.open(folder.resolve("vocab.json"), folder.resolve("merges.txt"));
  }

  private static void write(Path folder, String wordEnd, List<String> special) {
    try {
      Files.createDirectories(folder);
      BytePairTrainer.train(WORDS, wordEnd, 1000, special).write(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
