package org.clipscribe.captioner.evaluation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.clipscribe.captioner.dataset.CaptionedImage;

/// One picture with what was said of it, and how good that is.
///
/// @param image with what people wrote
/// @param caption under test
/// @param clip scores that look at the picture, where a CLIP model was at hand
public record ScoredImage(
    CaptionedImage image, String caption, ImageScores scores, Optional<ClipScores> clip) {
  /// One line of `images.jsonl`.
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", image.id());
    map.put("file", image.file());
    map.put("caption", caption);
    map.put("references", image.captions());
    List<Double> bleu = scores.bleu();
    for (int n = 1; n <= bleu.size(); n++) {
      map.put("bleu_" + n, bleu.get(n - 1));
    }
    map.put("rouge_l", scores.rougeL());
    map.put("cider_d", scores.ciderD());
    clip.ifPresent(
        both -> {
          map.put("clip_score", both.clipScore());
          map.put("ref_clip_score", both.refClipScore());
        });
    return map;
  }
}
