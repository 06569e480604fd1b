package org.clipscribe.nn.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTextTest {
  private static Map<String, Object> document() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("file", "caf\u00e9 \"\\\n\u0001\ud83d\ude00.jpg");
    document.put("tokens", List.of(1L, -2L, Long.MAX_VALUE));
    document.put("score", -12.5);
    document.put("small", 1e-300);
    document.put("model", Map.of("name", "S"));
    document.put("ok", true);
    document.put("none", null);
    document.put("empty", List.of());
    return document;
  }

  @Test
  void writesOneLineThatParsesBackToTheSameValues() {
    String text = Json.write(document());

    assertThat(text).doesNotContain("\n");
    assertThat(Json.parse(text.getBytes(StandardCharsets.UTF_8), "test")).isEqualTo(document());
  }

  @Test
  void writesPrettyTextThatParsesBackToTheSameValues() {
    String text = Json.writePretty(document());

    assertThat(Json.parse(text.getBytes(StandardCharsets.UTF_8), "test")).isEqualTo(document());
  }

  @Test
  void indentsObjectsAndKeepsNumbersOnOneLine() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("a", List.of(1, 2));
    document.put("b", Map.of("c", "d"));
    document.put("e", Map.of());

    assertThat(Json.writePretty(document))
        .isEqualTo("{\n  \"a\": [1, 2],\n  \"b\": {\n    \"c\": \"d\"\n  },\n  \"e\": {}\n}\n");
  }

  @Test
  void writesTheSameInATurkishAndAnArabicLocale() {
    Locale before = Locale.getDefault();
    String text = Json.write(document());
    try {
      for (String tag : List.of("tr-TR", "ar-EG-u-nu-arab")) {
        Locale.setDefault(Locale.forLanguageTag(tag));
        assertThat(Json.write(document())).isEqualTo(text);
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void refusesWhatJsonCannotHold() {
    List<Object> values = new ArrayList<>(List.of(Double.NaN, Float.POSITIVE_INFINITY, 'c'));
    values.add(new int[1]);
    for (Object value : values) {
      assertThatThrownBy(() -> Json.write(List.of(value)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("JSON cannot hold");
    }
  }
}
