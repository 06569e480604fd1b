package org.clipscribe.captioner;

import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import org.clipscribe.nn.json.JsonObject;

/// How captions begin, go on and end.
///
/// @param maxLength the most tokens of a caption (`max_len`)
/// @param positionRule `position_rule`, `original` or `clean`; the former only of
///     [Architecture#CLIP_GPT]
/// @param begin the token before all others (`begin_token`), if it is not the one that ends a text
/// @param end the token that ends a caption (`end_token`), if it is not the one that ends a text
public record CaptionForm(
    Architecture architecture,
    int maxLength,
    PositionRule positionRule,
    OptionalInt begin,
    OptionalInt end) {

  /// GPT-2's full stop, with which ClipCap ends a caption.
  public static final int FULL_STOP = 13;

  /// That of clip-gpt-captioning.
  public static CaptionForm of(int maxLength, PositionRule rule) {
    return new CaptionForm(
        Architecture.CLIP_GPT, maxLength, rule, OptionalInt.empty(), OptionalInt.empty());
  }

  /// Reads the top of a bundle's configuration.
  ///
  /// @param vocabulary tokens are below
  static CaptionForm of(JsonObject json, int vocabulary) {
    String label = json.string("architecture", Architecture.CLIP_GPT.label());
    Architecture architecture =
        Architecture.labelled(label)
            .orElseThrow(() -> json.refuse("architecture", label, "one that clipscribe knows"));
    int maxLength = json.integer("max_len", 1, 1 << 16, architecture.usualLength());
    PositionRule rule = rule(json, architecture);
    OptionalInt end = token(json, "end_token", vocabulary);
    return new CaptionForm(
        architecture,
        maxLength,
        rule,
        token(json, "begin_token", vocabulary),
        end.isEmpty() && architecture == Architecture.CLIPCAP ? OptionalInt.of(FULL_STOP) : end);
  }

  private static PositionRule rule(JsonObject json, Architecture architecture) {
    PositionRule usual =
        architecture == Architecture.CLIP_GPT ? PositionRule.ORIGINAL : PositionRule.CLEAN;
    String label = json.string("position_rule", usual.label());
    return Arrays.stream(PositionRule.values())
        .filter(rule -> rule.label().equals(label))
        .filter(rule -> rule == PositionRule.CLEAN || architecture == Architecture.CLIP_GPT)
        .findFirst()
        .orElseThrow(
            () ->
                json.refuse(
                    "position_rule",
                    label,
                    architecture == Architecture.CLIP_GPT
                        ? "\"original\" or \"clean\""
                        : "\"clean\""));
  }

  private static OptionalInt token(JsonObject json, String key, int vocabulary) {
    return json.has(key)
        ? OptionalInt.of(json.integer(key, 0, vocabulary - 1))
        : OptionalInt.empty();
  }

  /// The same under another rule.
  public CaptionForm with(PositionRule rule) {
    return new CaptionForm(architecture, maxLength, rule, begin, end);
  }

  /// What [#of] reads.
  void addTo(Map<String, Object> json) {
    json.put("max_len", maxLength);
    json.put("position_rule", positionRule.label());
    begin.ifPresent(token -> json.put("begin_token", token));
    end.ifPresent(token -> json.put("end_token", token));
  }
}
