package org.clipscribe.nn.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpecialTokensTest {
  private final SpecialTokens special = new SpecialTokens(Map.of("<|a|>", 7, "<|b|>", 8));

  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "plain, plain",
    "<|a|>, 7",
    "<|a|><|b|><|a|>, '7,8,7'",
    "x <|b|> y, 'x ,8, y'",
    "<|a<|a|>|>, '<|a,7,|>'",
    "<|A|>, <|A|>",
  })
  void splitsTextInOrder(String text, String expected) {
    assertThat(String.join(",", split(text))).isEqualTo(expected);
  }

  @Test
  void takesNamesLiterally() {
    SpecialTokens dots = new SpecialTokens(Map.of("<.>", 1));
    List<String> parts = new ArrayList<>();

    dots.split("<x><.>", parts::add, id -> parts.add("#" + id));

    assertThat(parts).containsExactly("<x>", "#1");
  }

  private List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    special.split(text, parts::add, id -> parts.add(Integer.toString(id)));
    return parts;
  }
}
