package org.clipscribe.gpt2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class Gpt2WordsTest {
  /// White space spelt out, since `\s` of Java is another set.
  private static final String SPACE =
      "\\t-\\r \\x85\\xA0\\u1680\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000";

  /// OpenAI's pattern, as slow and as plain as it comes.
  private static final Pattern PATTERN =
      Pattern.compile(
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^S\\p{L}\\p{N}]+|[S]+(?![^S])|[S]+"
              .replace("S", SPACE));

  @Test
  void cutsLikeThePattern() {
    String alphabet =
        "  \n\u00A0\u3000'''strevmlldSx\u00E9\uD835\uDC00059\u00BD.,\u0301\uD83D\uDE00";
    int[] letters = alphabet.codePoints().toArray();
    Random random = new Random(3);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(12); length > 0; length--) {
        text.appendCodePoint(letters[random.nextInt(letters.length)]);
      }
      assertThat(words(text.toString()))
          .as("words of \"%s\"", text)
          .isEqualTo(PATTERN.matcher(text).results().map(r -> r.group()).toList());
    }
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    Gpt2Words.forEach(text, words::add);
    return words;
  }
}
