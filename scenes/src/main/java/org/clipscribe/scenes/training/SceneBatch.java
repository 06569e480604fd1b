package org.clipscribe.scenes.training;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.clipscribe.clip.ImagePreprocessor;
import org.clipscribe.scenes.Scene;
import org.clipscribe.scenes.SceneFacts;
import org.clipscribe.scenes.Scenes;

/// Scenes ready for the model.
///
/// @param pixels normalised `[B, 3, S, S]`
/// @param patches labels `[B * N]`
/// @param places labels `[B * N]`, see [Scene#places]
/// @param facts of each scene
/// @param captions of each scene, for the decoder
/// @param queries of each scene, for the text tower
record SceneBatch(
    float[] pixels,
    int[] patches,
    int[] places,
    List<SceneFacts> facts,
    List<String> captions,
    List<String> queries) {

  /// Scenes `first` to before `first + count`.
  ///
  /// @param streams which stream each scene is taken from
  static SceneBatch of(
      LongFunction<Scenes> streams, ImagePreprocessor preprocessor, long first, int count) {
    List<SceneFacts> facts = new ArrayList<>();
    List<String> captions = new ArrayList<>();
    List<String> queries = new ArrayList<>();
    float[] pixels = new float[0];
    int[] patches = new int[0];
    int[] places = new int[0];
    for (int i = 0; i < count; i++) {
      Scenes stream = streams.apply(first + i);
      Scene scene = stream.scene(first + i);
      float[] own = preprocessor.pixels(scene.image());
      if (i == 0) {
        pixels = new float[count * own.length];
        patches = new int[count * scene.patches().length];
        places = new int[patches.length];
      }
      System.arraycopy(own, 0, pixels, i * own.length, own.length);
      System.arraycopy(
          scene.patches(), 0, patches, i * scene.patches().length, scene.patches().length);
      System.arraycopy(scene.places(), 0, places, i * scene.places().length, scene.places().length);
      facts.add(scene.facts());
      captions.add(scene.caption());
      queries.add(stream.query(scene.facts(), first + i, 0));
    }
    return new SceneBatch(pixels, patches, places, facts, captions, queries);
  }

  int size() {
    return facts.size();
  }
}
