package org.clipscribe.captioner.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Splits captions into words the way the COCO caption evaluation does before it counts them: Penn
/// Treebank tokens (`don't` is `do n't`, `(` is `-lrb-`), lower case, without punctuation.
///
/// Behaves like Stanford CoreNLP 3.4.1's `PTBTokenizer -preserveLines -lowerCase` on English
/// captions of one line, followed by the removal of punctuation of tylin/coco-caption.
///
/// Differs: each caption is read by itself. That program reads a file of captions, where the first
/// word of the next one can decide about a full stop after a single letter. HTML entities for
/// letters (`&eacute;`) stay what they are.
public final class PtbTokenizer {
  /// Compared after lower-casing: `-LRB-` and its like are in that program's list, but never found,
  /// since its tokens are lower-case by then. So brackets stay.
  private static final Set<String> PUNCTUATION =
      Set.of("''", "'", "``", "`", ".", "?", "!", ",", ":", "-", "--", "...", ";");

  private PtbTokenizer() {}

  /// The words that are scored.
  ///
  /// @param caption any text; line breaks are spaces
  public static List<String> words(String caption) {
    List<String> words = new ArrayList<>();
    for (String token : tokens(caption)) {
      if (!PUNCTUATION.contains(token)) {
        words.add(token);
      }
    }
    return words;
  }

  /// All tokens, in lower case. Time and memory are proportional to the length of the text.
  static List<String> tokens(String caption) {
    List<String> tokens = new ArrayList<>();
    PtbLexer lexer = new PtbLexer(caption.replace('\n', ' '));
    for (String token = lexer.next(); !token.isEmpty(); token = lexer.next()) {
      // Telephone numbers and tags can hold spaces; whoever counts words splits there.
      for (String part : token.toLowerCase(Locale.ROOT).split("[\\s\u00A0]+")) {
        if (!part.isEmpty()) {
          tokens.add(part);
        }
      }
    }
    return tokens;
  }
}
