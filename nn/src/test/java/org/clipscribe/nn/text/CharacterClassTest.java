package org.clipscribe.nn.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CharacterClassTest {
  @Test
  void spacesAreTheWhiteSpacePropertyOfUnicode() {
    // PropList.txt; Python's regex, which lists the same 25, leaves out U+001C to U+001F too.
    int[] expected = {
      0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003,
      0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000
    };

    int[] spaces =
        IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
            .filter(c -> CharacterClass.of(c) == CharacterClass.SPACE)
            .toArray();

    assertThat(spaces).containsExactly(expected);
  }

  @Test
  void lettersAndNumbersAreTheGeneralCategories() {
    Pattern letter = Pattern.compile("\\p{L}");
    Pattern number = Pattern.compile("\\p{N}");

    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      String text = Character.toString(c);
      CharacterClass actual = CharacterClass.of(c);
      assertThat(actual == CharacterClass.LETTER).isEqualTo(letter.matcher(text).matches());
      assertThat(actual == CharacterClass.NUMBER).isEqualTo(number.matcher(text).matches());
    }
  }

  @Test
  void aRunEndsBeforeTheFirstCharacterOfAnotherClass() {
    String text = "a\uD835\uDC00b1"; // the letter in the middle is two chars long

    assertThat(CharacterClass.LETTER.endOfRun(text, 0)).isEqualTo(4);
    assertThat(CharacterClass.NUMBER.endOfRun(text, 0)).isZero();
    assertThat(CharacterClass.NUMBER.endOfRun(text, 4)).isEqualTo(5);
    assertThat(CharacterClass.NUMBER.endOfRun(text, 5)).isEqualTo(5);
  }
}
