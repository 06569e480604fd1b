package org.clipscribe.convert;

import java.util.List;
import java.util.Set;

/// What a published model is known to answer. Told by the digest of its weights, so that nobody's
/// fine-tuned model is taken for it.
sealed interface KnownAnswer {
  /// Its name on the Hub.
  String model();

  /// SHA-256 of files with its weights.
  Set<String> digests();

  /// How a language model goes on, always with the likeliest token.
  ///
  /// @param prompt tokens
  /// @param expected the tokens behind them
  record Continuation(
      String model, Set<String> digests, List<Integer> prompt, List<Integer> expected)
      implements KnownAnswer {}

  /// How near texts are to COCO's picture 39769, two cats on a couch.
  ///
  /// @param cosines one for each text
  record Likeness(String model, Set<String> digests, List<String> texts, List<Double> cosines)
      implements KnownAnswer {}

  /// Those of the integration tests of Hugging Face *transformers* (`test_modeling_gpt2.py`,
  /// `test_modeling_clip.py`): the text "The dog was found in a field near the intersection of West
  /// and West Streets.\n\nThe dog", and the logits 24.5701 and 19.3049, a hundred times the
  /// cosines.
  List<KnownAnswer> ALL =
      List.of(
          new Continuation(
              "openai-community/gpt2",
              Set.of("248dfc3911869ec493c76e65bf2fcf7f615828b0254c12b473182f0f81d3a707"),
              List.of(464, 3290),
              List.of(
                  373, 1043, 287, 257, 2214, 1474, 262, 16246, 286, 2688, 290, 2688, 27262, 13, 198,
                  198, 464, 3290)),
          new Likeness(
              "openai/clip-vit-base-patch32",
              Set.of("a63082132ba4f97a80bea76823f544493bffa8082296d62d71581a4feff1576f"),
              List.of("a photo of a cat", "a photo of a dog"),
              List.of(0.245701, 0.193049)));
}
