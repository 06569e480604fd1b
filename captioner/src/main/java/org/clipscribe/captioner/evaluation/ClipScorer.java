package org.clipscribe.captioner.evaluation;

import java.util.List;
import java.util.stream.Stream;
import org.clipscribe.clip.ClipEncoder;
import org.clipscribe.clip.Image;

/// Scores captions with both towers of a CLIP.
///
/// @param encoder stays its owner's to close
public record ClipScorer(ClipEncoder encoder) {
  /// Scores the caption of a picture. A text beyond what the model reads counts up to there.
  ///
  /// @param references may be none
  public ClipScores score(Image picture, String caption, List<String> references) {
    List<String> texts =
        Stream.concat(Stream.of(caption), references.stream())
            .map(text -> ClipScores.PROMPT + text)
            .toList();
    List<float[]> vectors = encoder.texts(texts);
    return ClipScores.of(
        encoder.image(picture), vectors.getFirst(), vectors.subList(1, vectors.size()));
  }
}
