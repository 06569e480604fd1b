package org.clipscribe.nn.training;

import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Parameters by name. In a pattern `*` stands for any characters, dots included, and everything
/// else for itself: `gpt2.h.0.*` is the first block, `*.bias` every bias.
public record NamePatterns(List<String> patterns) implements Predicate<String> {
  /// What is best kept from shrinking: biases and the gains of layer norms, in the names of GPT-2,
  /// CLIP, ViT and PyTorch, and CLIP's temperature.
  public static final NamePatterns BIASES_AND_NORMS =
      of(
          "*bias",
          "*.ln_1.weight",
          "*.ln_2.weight",
          "*.ln_f.weight",
          "ln_f.weight",
          "*norm.weight",
          "*norm1.weight",
          "*norm2.weight",
          "*logit_scale");

  public NamePatterns {
    patterns = List.copyOf(patterns);
  }

  public static NamePatterns of(String... patterns) {
    return new NamePatterns(List.of(patterns));
  }

  @Override
  public boolean test(String name) {
    return patterns.stream().anyMatch(pattern -> matches(pattern, name));
  }

  /// Patterns that match none of these names: usually a slip of the pen.
  public List<String> without(List<String> names) {
    return patterns.stream()
        .filter(pattern -> names.stream().noneMatch(name -> matches(pattern, name)))
        .toList();
  }

  private static boolean matches(String pattern, String name) {
    String expression =
        Pattern.compile("\\*")
            .splitAsStream(pattern + "\0") // keeps the empty part behind a star at the end
            .map(Pattern::quote)
            .collect(Collectors.joining(".*"));
    return (name + "\0").matches(expression);
  }
}
