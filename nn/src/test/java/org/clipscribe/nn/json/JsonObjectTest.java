package org.clipscribe.nn.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.clipscribe.nn.BadInputException;
import org.junit.jupiter.api.Test;

class JsonObjectTest {
  private static JsonObject parse(String text) {
    return Json.parseObject(text.getBytes(StandardCharsets.UTF_8), "config.json");
  }

  @Test
  void checksTheRangeOfADefaultToo() {
    JsonObject json = parse("{\"n_head\": null}");

    assertThat(json.integer("n_head", 1, 12, 12)).isEqualTo(12);
    // Heads by default, in a model that is narrower than that.
    assertThatThrownBy(() -> json.integer("n_head", 1, 4, 12))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "config.json: n_head is absent and would be 12, expected an integer from 1 to 4");
  }
}
