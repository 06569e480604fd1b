package org.clipscribe.captioner.evaluation;

import java.util.List;

/// One picture's caption and what people wrote, all as words.
///
/// @param candidate the words of the caption under test, maybe none
/// @param references the words of each reference caption, maybe no reference at all
public record TokenisedCaption(List<String> candidate, List<List<String>> references) {
  public TokenisedCaption {
    candidate = List.copyOf(candidate);
    references = references.stream().map(List::copyOf).toList();
  }
}
