package org.clipscribe.scenes.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.clipscribe.captioner.Caption;
import org.clipscribe.captioner.Captioner;
import org.clipscribe.captioner.training.log.TrainingLog;
import org.clipscribe.clip.ClipModel;
import org.clipscribe.clip.ClipTokenizer;
import org.clipscribe.clip.Image;
import org.clipscribe.clip.ImagePreprocessor;
import org.clipscribe.nn.Probe;
import org.clipscribe.scenes.CaptionFacts;
import org.clipscribe.scenes.CaptionScore;
import org.clipscribe.scenes.Concept;
import org.clipscribe.scenes.Scene;
import org.clipscribe.scenes.Scenes;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;

/// Measures how true the miniature's captions are and how well its towers match, on scenes that
/// training never sees.
///
/// @param name of the scenes, for the log: `training-styles` or `unseen-style`
/// @param scenes held out
record MiniEvaluation(String name, Scenes scenes) {
  private static final int RETRIEVAL = 100;

  /// Captions scenes as a user would, from a bundle.
  CaptionScore captions(Captioner captioner, int count) {
    CaptionScore score = CaptionScore.none();
    for (int from = 0; from < count; from += Captioner.BATCH) {
      List<Scene> batch = new ArrayList<>();
      for (int i = from; i < Math.min(count, from + Captioner.BATCH); i++) {
        batch.add(scenes.scene(i));
      }
      List<Image> images = batch.stream().map(Scene::image).toList();
      List<Caption> captions = captioner.captions(images);
      for (int i = 0; i < batch.size(); i++) {
        CaptionFacts stated = CaptionFacts.parse(captions.get(i).text(), scenes.concepts());
        score = score.plus(CaptionScore.of(batch.get(i).facts(), stated));
      }
    }
    return score;
  }

  /// Of scenes with one object, the share whose concept is the likeliest of all; and of a hundred
  /// scenes, the share that finds its own caption first among theirs.
  ///
  /// @param zeroShot the first
  /// @param retrieval the second
  record Matching(double zeroShot, double retrieval) {}

  Matching matching(
      Backend backend, ClipModel clip, ClipTokenizer tokenizer, ImagePreprocessor preprocessor) {
    List<Image> lone = new ArrayList<>();
    List<Integer> concepts = new ArrayList<>();
    for (int i = 0; lone.size() < 2 * RETRIEVAL; i++) {
      var objects = scenes.facts(i).objects();
      if (objects.size() == 1 && objects.get(0).count() == 1) {
        lone.add(scenes.scene(i).image());
        concepts.add(objects.get(0).concept().index());
      }
    }
    List<String> prompts =
        scenes.concepts().all().stream()
            .map(Concept::name)
            .map(concept -> "a picture of " + Concept.withArticle(concept))
            .toList();
    int positions = clip.text().config().positions();
    Tensor labels =
        clip.textEmbeddings(backend, tokenizer.encodeBatch(prompts, positions), Probe.NONE);
    int[] likeliest =
        embeddings(backend, clip, preprocessor, lone).matmulTransposed(labels).argMax();
    int right = 0;
    for (int i = 0; i < likeliest.length; i++) {
      right += likeliest[i] == concepts.get(i) ? 1 : 0;
    }
    List<Scene> hundred = new ArrayList<>();
    for (int i = 0; i < RETRIEVAL; i++) {
      hundred.add(scenes.scene(i));
    }
    List<String> captions = hundred.stream().map(Scene::caption).toList();
    Tensor words =
        clip.textEmbeddings(backend, tokenizer.encodeBatch(captions, positions), Probe.NONE);
    List<Image> images = hundred.stream().map(Scene::image).toList();
    int[] first = embeddings(backend, clip, preprocessor, images).matmulTransposed(words).argMax();
    int found = 0;
    for (int i = 0; i < first.length; i++) {
      found += first[i] == i ? 1 : 0;
    }
    return new Matching((double) right / likeliest.length, (double) found / RETRIEVAL);
  }

  private static Tensor embeddings(
      Backend backend, ClipModel clip, ImagePreprocessor preprocessor, List<Image> images) {
    int side = clip.vision().config().imageSize();
    Tensor[] all =
        images.stream()
            .map(
                image ->
                    clip.imageEmbeddings(
                        Tensor.of(backend, Shape.of(1, 3, side, side), preprocessor.pixels(image)),
                        Probe.NONE))
            .toArray(Tensor[]::new);
    return Tensor.concatenate(0, all[0], java.util.Arrays.copyOfRange(all, 1, all.length));
  }

  /// Logs all figures.
  void log(long step, CaptionScore score, Matching matching, TrainingLog log) {
    log.scalar(step, name + "/recall", score.recall());
    log.scalar(step, name + "/precision", score.precision());
    log.scalar(step, name + "/exact-set", score.exactSet());
    log.scalar(step, name + "/counts", score.countsRight());
    log.scalar(step, name + "/relation", score.relationRight());
    log.scalar(step, name + "/between", score.betweenRight());
    log.scalar(step, name + "/background", score.backgroundRight());
    log.scalar(step, name + "/zero-shot", matching.zeroShot());
    log.scalar(step, name + "/retrieval", matching.retrieval());
  }

  static Captioner open(Path bundle) {
    return Captioner.open(
        bundle,
        org.clipscribe.captioner.CaptionerOptions.defaults()
            .withThreads(2)
            .withCache(org.clipscribe.captioner.CaptionerOptions.WeightCache.OFF));
  }
}
