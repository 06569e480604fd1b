package org.clipscribe.nn.text;

import static org.clipscribe.nn.BadInputException.quote;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Document;
import org.jspecify.annotations.Nullable;

/// Which two neighbouring tokens become which one, best first: the `merges.txt` of GPT-2 and CLIP.
/// Immutable.
final class Merges {
  private final Map<Pair, Merge> byPair;

  private Merges(Map<Pair, Merge> byPair) {
    this.byPair = byPair;
  }

  private record Pair(int left, int right) {}

  /// @param rank how early in the file: the smaller, the sooner it is done
  /// @param token what the two become
  record Merge(int rank, int token) {}

  /// What two neighbours become, or null when they stay apart.
  @Nullable Merge of(int left, int right) {
    return byPair.get(new Pair(left, right));
  }

  /// Reads a header line with `#version:` and then two tokens a line.
  ///
  /// @throws BadInputException naming the line when it is not that, when a token or what two become
  ///     is not in the vocabulary, or when a pair comes twice
  static Merges read(Document file, Vocabulary vocabulary) {
    List<String> lines = lines(file);
    if (lines.isEmpty() || !lines.getFirst().contains("#version:")) {
      throw refuse(file, 1, "expected a header such as \"#version: 0.2\"");
    }
    Map<Pair, Merge> byPair = HashMap.newHashMap(lines.size());
    for (int i = 1; i < lines.size(); i++) {
      String line = lines.get(i);
      int space = line.indexOf(' ');
      if (space <= 0 || space == line.length() - 1 || space != line.lastIndexOf(' ')) {
        throw refuse(file, i + 1, quote(line) + " is not two tokens with a space between them");
      }
      String left = line.substring(0, space);
      String right = line.substring(space + 1);
      Pair pair = new Pair(id(left, vocabulary, file, i + 1), id(right, vocabulary, file, i + 1));
      Merge merge = new Merge(i - 1, id(left + right, vocabulary, file, i + 1));
      if (byPair.put(pair, merge) != null) {
        throw refuse(file, i + 1, quote(line) + " comes a second time");
      }
    }
    return new Merges(byPair);
  }

  private static List<String> lines(Document file) {
    try {
      CharBuffer text =
          StandardCharsets.UTF_8
              .newDecoder() // which reports what is malformed
              .decode(ByteBuffer.wrap(file.bytes()));
      return text.toString().lines().toList();
    } catch (CharacterCodingException e) {
      throw new BadInputException(file.origin(), "is not UTF-8 text", e);
    }
  }

  private static int id(String token, Vocabulary vocabulary, Document file, int line) {
    Integer id = vocabulary.find(token);
    if (id == null) {
      throw refuse(
          file, line, quote(token) + " is not in the vocabulary; do both files belong together?");
    }
    return id;
  }

  private static BadInputException refuse(Document file, int line, String cause) {
    return new BadInputException(file.origin(), "line " + line + ": " + cause);
  }
}
