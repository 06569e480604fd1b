package org.clipscribe.captioner.evaluation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import org.clipscribe.captioner.dataset.CaptionedImage;

/// What came out: scores of the corpus and of each picture, and what captions look like.
///
/// @param notes what a reader of the figures should know, a sentence each
public record Evaluation(
    CorpusScores corpus,
    TextStatistics statistics,
    TextStatistics referenceStatistics,
    List<ScoredImage> images,
    List<String> notes) {
  public Evaluation {
    images = List.copyOf(images);
    notes = List.copyOf(notes);
  }

  /// Scores captions.
  ///
  /// @param captions by the ids of the images; an id without an image has no reference
  /// @param clip scores by id, for all or for none
  public static Evaluation of(
      List<CaptionedImage> images, Map<String, String> captions, Map<String, ClipScores> clip) {
    List<TokenisedCaption> tokenised = new ArrayList<>();
    List<CaptionedImage> scored = new ArrayList<>();
    for (CaptionedImage image : images) {
      String caption = captions.get(image.id());
      if (caption != null) {
        scored.add(image);
        tokenised.add(
            new TokenisedCaption(
                PtbTokenizer.words(caption),
                image.captions().stream().map(PtbTokenizer::words).toList()));
      }
    }
    CorpusScores corpus = CorpusScores.of(tokenised);
    List<ScoredImage> results = new ArrayList<>();
    for (int i = 0; i < scored.size(); i++) {
      CaptionedImage image = scored.get(i);
      results.add(
          new ScoredImage(
              image,
              captions.getOrDefault(image.id(), ""),
              corpus.perImage().get(i),
              Optional.ofNullable(clip.get(image.id()))));
    }
    return new Evaluation(
        corpus,
        TextStatistics.of(tokenised.stream().map(TokenisedCaption::candidate).toList()),
        TextStatistics.of(tokenised.stream().flatMap(t -> t.references().stream()).toList()),
        results,
        notes(corpus, images.size(), scored.size(), captions.size()));
  }

  private static List<String> notes(CorpusScores corpus, int images, int scored, int captions) {
    List<String> notes = new ArrayList<>(corpus.notes());
    if (scored < images) {
      notes.add(
          "%d of %d images have no caption and are left out".formatted(images - scored, images));
    }
    if (scored < captions) {
      notes.add(
          "%d of %d captions are of images that the data lacks, and are left out"
              .formatted(captions - scored, captions));
    }
    return notes;
  }

  /// Average CLIPScore; empty when there is none.
  public OptionalDouble clipScore() {
    return mean(ClipScores::clipScore);
  }

  public OptionalDouble refClipScore() {
    return mean(ClipScores::refClipScore);
  }

  private OptionalDouble mean(ToDoubleFunction<ClipScores> score) {
    return images.stream().flatMap(image -> image.clip().stream()).mapToDouble(score).average();
  }

  /// The names people know scores by, with the scores of the corpus.
  public Map<String, Double> scores() {
    Map<String, Double> scores = new LinkedHashMap<>();
    for (int n = 1; n <= corpus.bleu().size(); n++) {
      scores.put("BLEU-" + n, corpus.bleu().get(n - 1));
    }
    scores.put("ROUGE-L", corpus.rougeL());
    scores.put("CIDEr-D", corpus.ciderD());
    clipScore().ifPresent(score -> scores.put("CLIPScore", score));
    refClipScore().ifPresent(score -> scores.put("RefCLIPScore", score));
    return scores;
  }

  /// What `--json` prints, without the single images.
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("images", corpus.images());
    map.put("scores", scores());
    Map<String, Object> counts = new LinkedHashMap<>();
    counts.put("candidate_length", corpus.counts().candidateLength());
    counts.put("reference_length", corpus.counts().referenceLength());
    counts.put("guesses", corpus.counts().guesses());
    counts.put("correct", corpus.counts().correct());
    map.put("bleu_counts", counts);
    map.put("captions", map(statistics));
    map.put("references", map(referenceStatistics));
    map.put("notes", notes);
    return map;
  }

  private static Map<String, Object> map(TextStatistics text) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("count", text.captions());
    map.put("words", text.words());
    map.put("vocabulary", text.vocabulary());
    map.put("distinct_1", text.distinct1());
    map.put("distinct_2", text.distinct2());
    map.put("different", text.different());
    map.put("shortest", text.shortest());
    map.put("longest", text.longest());
    map.put("mean_length", text.meanLength());
    map.put("standard_deviation", text.standardDeviation());
    return map;
  }
}
