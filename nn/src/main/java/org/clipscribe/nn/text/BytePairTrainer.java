package org.clipscribe.nn.text;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.clipscribe.nn.json.Json;
import org.jspecify.annotations.Nullable;

/// Learns byte-pair merges from counted words (Sennrich et al., 2016, algorithm 1) and writes
/// `vocab.json` and `merges.txt` as Hugging Face's tokenizers of GPT-2 and CLIP do.
///
/// Of pairs that are equally frequent, the first in the order of their characters wins, so that the
/// same words give the same files everywhere. Meant for vocabularies of thousands: every step
/// counts all pairs anew.
///
/// @param tokens in the order of their ids
/// @param merges two tokens each, best first
public record BytePairTrainer(List<String> tokens, List<String> merges) {

  private record Pair(String left, String right) implements Comparable<Pair> {
    @Override
    public int compareTo(Pair other) {
      int byLeft = left.compareTo(other.left);
      return byLeft != 0 ? byLeft : right.compareTo(other.right);
    }
  }

  /// @param words how often each occurs; with the space before it, if the tokenizer keeps it
  /// @param wordEnd what the token of a word's last byte ends in; `""` when words are not closed
  /// @param size of the vocabulary, special tokens included; smaller if nothing is left to merge
  /// @param special tokens that get the last ids
  public static BytePairTrainer train(
      Map<String, Long> words, String wordEnd, int size, List<String> special) {
    List<String> tokens = new ArrayList<>();
    for (String end : wordEnd.isEmpty() ? List.of("") : List.of("", wordEnd)) {
      for (int value = 0; value < 256; value++) {
        tokens.add(ByteAlphabet.symbol((byte) value) + end);
      }
    }
    Map<List<String>, Long> split = new LinkedHashMap<>();
    new TreeMap<>(words)
        .forEach((word, count) -> split.merge(symbols(word, wordEnd), count, Long::sum));
    List<String> merges = new ArrayList<>();
    Pair best = mostFrequent(split);
    while (best != null && tokens.size() + special.size() < size) {
      String merged = best.left + best.right;
      if (!tokens.contains(merged)) {
        tokens.add(merged);
      }
      merges.add(best.left + " " + best.right);
      apply(best, split);
      best = mostFrequent(split);
    }
    tokens.addAll(special);
    return new BytePairTrainer(List.copyOf(tokens), List.copyOf(merges));
  }

  private static List<String> symbols(String word, String wordEnd) {
    List<String> symbols = new ArrayList<>();
    for (byte value : word.getBytes(StandardCharsets.UTF_8)) {
      symbols.add(String.valueOf(ByteAlphabet.symbol(value)));
    }
    symbols.set(symbols.size() - 1, symbols.getLast() + wordEnd);
    return symbols;
  }

  private static @Nullable Pair mostFrequent(Map<List<String>, Long> split) {
    Map<Pair, Long> counts = new HashMap<>();
    split.forEach(
        (symbols, count) -> {
          for (int i = 0; i + 1 < symbols.size(); i++) {
            counts.merge(new Pair(symbols.get(i), symbols.get(i + 1)), count, Long::sum);
          }
        });
    return counts.entrySet().stream()
        .min(
            Map.Entry.<Pair, Long>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .map(Map.Entry::getKey)
        .orElse(null);
  }

  private static void apply(Pair pair, Map<List<String>, Long> split) {
    Map<List<String>, Long> merged = new LinkedHashMap<>();
    split.forEach((symbols, count) -> merged.merge(apply(pair, symbols), count, Long::sum));
    split.clear();
    split.putAll(merged);
  }

  private static List<String> apply(Pair pair, List<String> symbols) {
    List<String> merged = new ArrayList<>();
    for (int i = 0; i < symbols.size(); i++) {
      boolean here =
          symbols.get(i).equals(pair.left)
              && i + 1 < symbols.size()
              && symbols.get(i + 1).equals(pair.right);
      merged.add(here ? pair.left + pair.right : symbols.get(i));
      i += here ? 1 : 0;
    }
    return merged;
  }

  /// Writes both files.
  ///
  /// @param folder that exists
  public void write(Path folder) throws IOException {
    Map<String, Integer> ids = new LinkedHashMap<>();
    tokens.forEach(token -> ids.put(token, ids.size()));
    Files.writeString(folder.resolve("vocab.json"), Json.write(ids));
    Files.writeString(
        folder.resolve("merges.txt"),
        merges.isEmpty()
            ? "#version: 0.2\n"
            : "#version: 0.2\n" + String.join("\n", merges) + "\n");
  }
}
