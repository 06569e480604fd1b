package org.clipscribe.clip;

import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Document;
import org.clipscribe.nn.text.BytePairEncoding;
import org.clipscribe.nn.text.CharacterClass;
import org.clipscribe.nn.text.SpecialTokens;
import org.clipscribe.nn.text.Utf8;

/// Text to CLIP's tokens and back (Radford et al., 2021). Mirrors `CLIPTokenizer` in Hugging Face
/// `tokenization_clip.py` with the cleaning of its fast sibling: Unicode NFC, ends trimmed, lower
/// case. Immutable, and so safe to share between threads.
///
/// Differs: from OpenAI's, which also repairs mojibake (ftfy) and unescapes HTML.
public final class ClipTokenizer {
  /// How many tokens the text tower of every published CLIP takes.
  public static final int CONTEXT_LENGTH = 77;

  static final String START_OF_TEXT = "<|startoftext|>";
  static final String END_OF_TEXT = "<|endoftext|>";
  private static final String END_OF_WORD = "</w>";

  private final BytePairEncoding encoding;
  private final SpecialTokens special;
  private final int startOfText;
  private final int endOfText;

  private ClipTokenizer(BytePairEncoding encoding) {
    this.encoding = encoding;
    this.startOfText = encoding.id(START_OF_TEXT);
    this.endOfText = encoding.id(END_OF_TEXT);
    this.special = new SpecialTokens(Map.of(START_OF_TEXT, startOfText, END_OF_TEXT, endOfText));
  }

  /// @param vocabJson CLIP's `vocab.json`
  /// @param mergesTxt CLIP's `merges.txt`
  /// @throws BadInputException when a file is missing, malformed or does not fit the other
  public static ClipTokenizer open(Path vocabJson, Path mergesTxt) {
    return new ClipTokenizer(BytePairEncoding.open(vocabJson, mergesTxt, END_OF_WORD));
  }

  /// The same of files in memory.
  public static ClipTokenizer of(Document vocabJson, Document mergesTxt) {
    return new ClipTokenizer(BytePairEncoding.of(vocabJson, mergesTxt, END_OF_WORD));
  }

  /// Number of tokens; ids go from 0 to below it.
  public int vocabularySize() {
    return encoding.size();
  }

  /// The token that every text starts with, 49406 in OpenAI's vocabulary.
  public int startOfText() {
    return startOfText;
  }

  /// The token that every text ends with, 49407 in OpenAI's vocabulary.
  public int endOfText() {
    return endOfText;
  }

  /// Encodes a text of any length between [#startOfText()] and [#endOfText()]. Special tokens in it
  /// are recognised.
  public int[] encode(String text) {
    IntStream.Builder tokens = IntStream.builder();
    tokens.add(startOfText);
    special.split(Utf8.wellFormed(text), part -> encodePart(part, tokens), tokens);
    tokens.add(endOfText);
    return tokens.build().toArray();
  }

  /// The same, cut to at most `limit` tokens, of which the last is [#endOfText()] still.
  ///
  /// @param limit at least 2
  public int[] encode(String text, int limit) {
    if (limit < 2) {
      throw new IllegalArgumentException("encode: a limit of " + limit + " has no room for a text");
    }
    int[] tokens = encode(text);
    if (tokens.length <= limit) {
      return tokens;
    }
    int[] cut = Arrays.copyOf(tokens, limit);
    cut[limit - 1] = endOfText;
    return cut;
  }

  /// Encodes texts for the text tower, each cut or padded to `length`.
  ///
  /// @param texts at least one
  /// @param length at least 2; [#CONTEXT_LENGTH] for published models
  public TextBatch encodeBatch(List<String> texts, int length) {
    int[][] tokens = new int[texts.size()][];
    int[] lengths = new int[tokens.length];
    for (int row = 0; row < tokens.length; row++) {
      int[] encoded = encode(texts.get(row), length);
      tokens[row] = Arrays.copyOf(encoded, length);
      Arrays.fill(tokens[row], encoded.length, length, endOfText);
      lengths[row] = encoded.length;
    }
    return new TextBatch(tokens, lengths);
  }

  /// Decodes tokens without the special ones: words in lower case with a space between any two,
  /// punctuation included. Bytes that are not UTF-8 become U+FFFD.
  ///
  /// @throws IllegalArgumentException when a token is outside the vocabulary
  public String decode(int... tokens) {
    int[] words =
        Arrays.stream(tokens).filter(token -> token != startOfText && token != endOfText).toArray();
    return strip(encoding.decode(words).replace(END_OF_WORD, " "));
  }

  private void encodePart(String part, IntConsumer tokens) {
    // Runs of white space need no cleaning: the words leave it out.
    String clean = LowerCase.of(strip(Normalizer.normalize(part, Normalizer.Form.NFC)));
    ClipWords.forEach(clean, word -> encodeWord(word, tokens));
  }

  /// In lower case, a word may have become a special token.
  private void encodeWord(String word, IntConsumer tokens) {
    Integer id = special.find(word);
    if (id == null) {
      encoding.encode(word, tokens);
    } else {
      tokens.accept(id);
    }
  }

  /// Trims both ends like Python's `str.strip`.
  private static String strip(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isPythonSpace(text.charAt(from))) {
      from++;
    }
    while (to > from && isPythonSpace(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  /// White space and the four information separators, which Python counts as such; all are of one
  /// `char`.
  private static boolean isPythonSpace(char c) {
    return CharacterClass.of(c) == CharacterClass.SPACE || (c >= 0x1C && c <= 0x1F);
  }
}
