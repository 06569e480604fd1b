package org.clipscribe.nn.text;

import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Tokens such as `<|endoftext|>` that mean something to a model and are recognised in a text
/// before anything else is done to it.
public final class SpecialTokens {
  private final Map<String, Integer> ids;
  private final Pattern any;

  /// @param ids token ids by text; none is part of another
  public SpecialTokens(Map<String, Integer> ids) {
    this.ids = Map.copyOf(ids);
    this.any =
        Pattern.compile(ids.keySet().stream().map(Pattern::quote).collect(Collectors.joining("|")));
  }

  /// The id of the special token that is this text, or null when none is.
  public @Nullable Integer find(String text) {
    return ids.get(text);
  }

  /// Takes a text apart, in order.
  ///
  /// @param onText gets each stretch of ordinary text, never empty
  /// @param onToken gets the id of each special token
  public void split(String text, Consumer<String> onText, IntConsumer onToken) {
    Matcher matcher = any.matcher(text);
    int at = 0;
    while (matcher.find()) {
      if (matcher.start() > at) {
        onText.accept(text.substring(at, matcher.start()));
      }
      onToken.accept(Objects.requireNonNull(find(matcher.group())));
      at = matcher.end();
    }
    if (at < text.length()) {
      onText.accept(text.substring(at));
    }
  }
}
