package org.clipscribe.captioner.evaluation;

import java.util.ArrayList;
import java.util.List;

/// The scores of many captions against their references, as the COCO caption evaluation computes
/// them.
///
/// @param images how many captions are scored: those that have a reference
/// @param counts what BLEU is computed from
/// @param bleu BLEU-1 to BLEU-4 of the corpus, 0 to 1; not the average of the captions' own
/// @param rougeL average over the captions
/// @param ciderD average over the captions
/// @param perImage as many as captions were given, in their order; zeros where there is no
///     reference
/// @param notes what a reader of the figures should know, a sentence each
public record CorpusScores(
    int images,
    Bleu.Counts counts,
    List<Double> bleu,
    double rougeL,
    double ciderD,
    List<ImageScores> perImage,
    List<String> notes) {
  public CorpusScores {
    bleu = List.copyOf(bleu);
    perImage = List.copyOf(perImage);
    notes = List.copyOf(notes);
  }

  /// Scores captions; never NaN, whatever they are.
  ///
  /// @param captions in any number, words from [PtbTokenizer]
  public static CorpusScores of(List<TokenisedCaption> captions) {
    List<TokenisedCaption> scored =
        captions.stream().filter(caption -> !caption.references().isEmpty()).toList();
    CiderD cider = new CiderD(scored);
    Bleu.Counts counts = Bleu.Counts.NONE;
    double rouge = 0;
    double ciders = 0;
    List<ImageScores> perImage = new ArrayList<>();
    for (TokenisedCaption caption : captions) {
      if (caption.references().isEmpty()) {
        perImage.add(ImageScores.NONE);
        continue;
      }
      Bleu.Counts own = Bleu.count(caption);
      ImageScores scores =
          new ImageScores(own.scores(), RougeL.score(caption), cider.score(caption));
      counts = counts.plus(own);
      rouge += scores.rougeL();
      ciders += scores.ciderD();
      perImage.add(scores);
    }
    int images = scored.size();
    return new CorpusScores(
        images,
        counts,
        counts.scores(),
        images == 0 ? 0 : rouge / images,
        images == 0 ? 0 : ciders / images,
        perImage,
        notes(captions, images));
  }

  private static List<String> notes(List<TokenisedCaption> captions, int images) {
    List<String> notes = new ArrayList<>();
    int without = captions.size() - images;
    if (without > 0) {
      notes.add(
          "%d of %d captions have no reference and are not scored"
              .formatted(without, captions.size()));
    }
    if (images == 1) {
      notes.add("CIDEr-D of a single image is 0 by definition: no word is rarer than another");
    }
    long empty = captions.stream().filter(c -> c.candidate().isEmpty()).count();
    if (empty > 0) {
      notes.add("%d of %d captions are empty".formatted(empty, captions.size()));
    }
    return notes;
  }
}
