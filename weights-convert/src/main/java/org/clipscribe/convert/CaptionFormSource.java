package org.clipscribe.convert;

import java.util.Map;
import java.util.Optional;
import org.clipscribe.captioner.Architecture;
import org.clipscribe.captioner.CaptionForm;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.jspecify.annotations.Nullable;

/// How captions begin and end, from what lies beside the weights of a captioner.
///
/// @param about the configuration, if there is one
record CaptionFormSource(Architecture architecture, Optional<JsonObject> about, WeightFiles files) {
  private static final String GENERATION = "generation_config.json";

  /// Puts the form into the configuration of a bundle that otherwise is complete.
  void addTo(Map<String, @Nullable Object> document) {
    Object rule = stated("position_rule");
    if (rule != null) {
      document.put("position_rule", rule);
    } else if (architecture == Architecture.CLIP_GPT) {
      document.put("position_rule", "original");
    }
    switch (architecture) {
      case CLIP_GPT -> {}
      case CLIPCAP -> {
        Object stop = first(stated("end_token"), stated("stop_token"));
        document.put("end_token", stop == null ? CaptionForm.FULL_STOP : stop);
      }
      case ENCODER_DECODER -> {
        put(document, "begin_token", first(stated("begin_token"), token("decoder_start_token_id")));
        put(document, "end_token", first(stated("end_token"), token("eos_token_id")));
      }
    }
    Object length = first(stated("max_len"), stated("max_tokens"));
    document.put("max_len", length == null ? usualLength(document) : length);
  }

  private @Nullable Object stated(String key) {
    return about.map(json -> json.get(key)).orElse(null);
  }

  /// Files of today keep the tokens beside the configuration, older ones in it.
  private @Nullable Object token(String key) {
    Object stated = stated(key);
    return stated != null
        ? stated
        : files.sibling(GENERATION).map(Json::readObject).map(json -> json.get(key)).orElse(null);
  }

  private static void put(Map<String, @Nullable Object> document, String key, @Nullable Object at) {
    if (at != null) {
      document.put(key, at);
    }
  }

  private static @Nullable Object first(@Nullable Object one, @Nullable Object other) {
    return one == null ? other : one;
  }

  /// As usual for the family, or less where the decoder has fewer positions.
  private long usualLength(Map<String, @Nullable Object> document) {
    long before =
        number(document, "mapping", "ep_len") + number(document, "mapping", "prefix_length");
    long room = number(document, "gpt2", "n_positions") - before - (architecture.begins() ? 1 : 0);
    return Math.min(architecture.usualLength(), room);
  }

  private static long number(Map<String, @Nullable Object> document, String section, String key) {
    return document.get(section) instanceof Map<?, ?> sizes && sizes.get(key) instanceof Long value
        ? value
        : 0;
  }
}
