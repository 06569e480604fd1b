package org.clipscribe.clip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ClipWordsTest {
  /// White space spelt out, since `\s` of Java is another set.
  private static final String SPACE =
      "\\t-\\r \\x85\\xA0\\u1680\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000";

  /// OpenAI's pattern, ignoring case.
  private static final Pattern PATTERN =
      Pattern.compile(
          "(?iu)<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d"
              + "|\\p{L}+|\\p{N}|[^\\p{L}\\p{N}SPACE]+".replace("SPACE", SPACE));

  @Test
  void cutsLikeThePattern() {
    List<String> pieces = new ArrayList<>(List.of(" ", "\n", "\u3000", "<|startoftext|>"));
    pieces.addAll(List.of("<|endoftext|>", "'", "'", "'", "'"));
    "<|>strevmlldſx\u00E9\uD835\uDC0009\u00BD.!\u0301\uD83D\uDE00"
        .codePoints()
        .forEach(c -> pieces.add(Character.toString(c)));
    Random random = new Random(4);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(10); length > 0; length--) {
        text.append(pieces.get(random.nextInt(pieces.size())));
      }
      assertThat(words(text.toString()))
          .as("words of \"%s\"", text)
          .isEqualTo(PATTERN.matcher(text).results().map(r -> r.group()).toList());
    }
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    ClipWords.forEach(text, words::add);
    return words;
  }
}
