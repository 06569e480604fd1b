package org.clipscribe.nn.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class BytePairEncodingTest {
  @TempDir private Path folder;

  @Test
  void mergesTheBestPairFirst() {
    BytePairEncoding encoding = TokenizerFiles.write(folder, List.of("b c", "a b")).open();

    assertThat(tokens(encoding, "abc")).containsExactly("a", "bc");
  }

  @Test
  void mergesOverlappingPairsFromTheLeft() {
    BytePairEncoding encoding = TokenizerFiles.write(folder, List.of("a a")).open();

    assertThat(tokens(encoding, "aaa")).containsExactly("aa", "a");
  }

  @Test
  void mergesAllPlacesOfAPairBeforeThePairsThatThisMakes() {
    // "ab a" is the better one, but there is none until "a b" is done, and that is done everywhere.
    BytePairEncoding encoding = TokenizerFiles.write(folder, List.of("ab a", "a b")).open();

    assertThat(tokens(encoding, "abab")).containsExactly("ab", "ab");
  }

  @Test
  void closesTheLastByteOfAWord() {
    List<String> vocabulary = new ArrayList<>(TokenizerFiles.bytes());
    TokenizerFiles.bytes().forEach(token -> vocabulary.add(token + "</w>"));
    vocabulary.add("ab</w>");
    TokenizerFiles files =
        TokenizerFiles.write(
            folder, TokenizerFiles.vocabJson(vocabulary), "#version: 0.2\na b</w>\n");
    BytePairEncoding encoding = BytePairEncoding.open(files.vocab(), files.merges(), "</w>");

    assertThat(tokens(encoding, "ab")).containsExactly("ab</w>");
    assertThat(tokens(encoding, "abb")).containsExactly("a", "b", "b</w>");
    assertThat(tokens(encoding, "a")).containsExactly("a</w>");
  }

  @Test
  void agreesWithTheTextbookLoopOnRandomMergesAndWords() {
    Random random = new Random(1);
    for (int round = 0; round < 100; round++) {
      List<String> merges = randomMerges(random);
      BytePairEncoding encoding = TokenizerFiles.write(folder, merges).open();
      for (int i = 0; i < 50; i++) {
        String word = randomWord(random, "abc", 1 + random.nextInt(30));
        assertThat(tokens(encoding, word))
            .as("%s with %s", word, merges)
            .isEqualTo(textbook(word, merges));
      }
    }
  }

  /// `bpe` of OpenAI's `encoder.py`, word for word: quadratic and plain.
  private static List<String> textbook(String word, List<String> merges) {
    List<String> parts = new ArrayList<>(Arrays.asList(word.split("")));
    while (true) {
      int best = merges.size();
      for (int i = 0; i + 1 < parts.size(); i++) {
        int rank = merges.indexOf(parts.get(i) + " " + parts.get(i + 1));
        best = rank < 0 ? best : Math.min(best, rank);
      }
      if (best == merges.size()) {
        return parts;
      }
      for (int i = 0; i + 1 < parts.size(); i++) {
        if (merges.get(best).equals(parts.get(i) + " " + parts.get(i + 1))) {
          parts.set(i, parts.get(i) + parts.remove(i + 1));
        }
      }
    }
  }

  /// Pairs whose parts are made by other lines, in an order that no training would give, and with
  /// several ways to make one token.
  private static List<String> randomMerges(Random random) {
    List<String> tokens = new ArrayList<>(List.of("a", "b", "c"));
    Set<String> merges = new LinkedHashSet<>();
    for (int i = 0; i < 12; i++) {
      String left = tokens.get(random.nextInt(tokens.size()));
      String right = tokens.get(random.nextInt(tokens.size()));
      merges.add(left + " " + right);
      tokens.add(left + right);
    }
    List<String> shuffled = new ArrayList<>(merges);
    Collections.shuffle(shuffled, random);
    return shuffled;
  }

  private static String randomWord(Random random, String letters, int length) {
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < length; i++) {
      word.append(letters.charAt(random.nextInt(letters.length())));
    }
    return word.toString();
  }

  @Test
  @Timeout(100) // takes about a second; a quadratic loop would take hours
  void encodesAWordOfAMillionLetters() {
    BytePairEncoding encoding =
        TokenizerFiles.write(folder, List.of("a a", "aa aa", "aaaa aaaa")).open();

    List<String> tokens = tokens(encoding, "a".repeat(1_000_003));

    assertThat(tokens).hasSize(125_002).endsWith("aaaaaaaa", "aa", "a");
  }

  @Test
  void encodesAndDecodesEveryByte() {
    BytePairEncoding encoding = TokenizerFiles.write(folder, List.of()).open();
    String text = "\0 \n~\u007F\u00A0\u00AD\u00FF\u0100\uFFFD\uD83D\uDE00";

    List<Integer> ids = new ArrayList<>();
    encoding.encode(text, ids::add);

    assertThat(ids)
        .containsExactlyElementsOf(
            IntStream.range(0, text.getBytes(StandardCharsets.UTF_8).length)
                .map(i -> text.getBytes(StandardCharsets.UTF_8)[i] & 0xFF)
                .boxed()
                .toList());
    assertThat(encoding.decode(ids.stream().mapToInt(i -> i).toArray())).isEqualTo(text);
  }

  @Test
  void decodesATokenOutsideTheByteAlphabetAsItsText() {
    List<String> vocabulary = new ArrayList<>(TokenizerFiles.bytes());
    vocabulary.add("<中 文>");
    TokenizerFiles files =
        TokenizerFiles.write(folder, TokenizerFiles.vocabJson(vocabulary), "#version: 0.2\n");

    assertThat(files.open().decode('a', 256)).isEqualTo("a<中 文>");
  }

  @Test
  void decodingRefusesATokenOutsideTheVocabulary() {
    BytePairEncoding encoding = TokenizerFiles.write(folder, List.of()).open();

    assertThatThrownBy(() -> encoding.decode(256))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("token 256 is outside the vocabulary of 256");
    assertThatThrownBy(() -> encoding.decode(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  private static List<String> tokens(BytePairEncoding encoding, String word) {
    List<String> tokens = new ArrayList<>();
    encoding.encode(word, id -> tokens.add(encoding.decode(id)));
    return tokens;
  }
}
