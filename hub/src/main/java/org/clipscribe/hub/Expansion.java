package org.clipscribe.hub;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Paths in variables: `~` and `$NAME` stand for what they do in a shell. A name that is not set
/// stays as it is, like in Python's `expandvars`.
record Expansion(Map<String, String> environment, Path home) {
  private static final Pattern VARIABLE = Pattern.compile("\\$(?:(\\w+)|\\{([^}]*)\\})");

  Optional<Path> path(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return Optional.empty();
    }
    String tilde = text.equals("~") || text.startsWith("~/") ? home + text.substring(1) : text;
    String expanded =
        VARIABLE
            .matcher(tilde)
            .replaceAll(
                found ->
                    Matcher.quoteReplacement(value(found.group(1), found.group(2), found.group())));
    return Optional.of(Path.of(expanded));
  }

  private String value(@Nullable String plain, @Nullable String braced, String whole) {
    String name = plain == null ? braced : plain;
    return environment.getOrDefault(name, whole);
  }
}
