package org.clipscribe.scenes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.clipscribe.clip.ClipTokenizer;
import org.clipscribe.gpt2.Gpt2Tokenizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SceneVocabularyTest {
  @Test
  void bothTokenizersReadTheirFilesAndGiveCaptionsBack(@TempDir Path folder) throws Exception {
    SceneVocabulary.write(folder);
    Path decoder = folder.resolve(SceneVocabulary.DECODER);
    Path tower = folder.resolve(SceneVocabulary.TEXT_TOWER);
    Gpt2Tokenizer gpt2 =
        Gpt2Tokenizer.open(decoder.resolve("vocab.json"), decoder.resolve("merges.txt"));
    ClipTokenizer clip =
        ClipTokenizer.open(tower.resolve("vocab.json"), tower.resolve("merges.txt"));
    assertThat(gpt2.vocabularySize()).isLessThanOrEqualTo(1024);
    assertThat(clip.vocabularySize()).isLessThanOrEqualTo(1280);
    Scenes scenes = new Scenes(Art.madeUp(), SceneOptions.training(96, 12, 5));
    long tokens = 0;
    long words = 0;
    for (int i = 0; i < 1000; i++) {
      String caption = scenes.caption(scenes.facts(i), i, 0);
      assertThat(gpt2.decode(gpt2.encode(caption))).isEqualTo(caption);
      assertThat(clip.decode(clip.encode(caption)).replace(" ,", ",")).isEqualTo(caption);
      tokens += gpt2.encode(caption).length;
      words += caption.split(" ").length;
    }
    // Nearly every word is one token: a comma is one too, and a rare word takes two.
    assertThat((double) tokens / words).isLessThan(1.1);
    // Whatever else someone types can be encoded as well.
    assertThat(gpt2.decode(gpt2.encode("Ünïcode 🦔!"))).isEqualTo("Ünïcode 🦔!");
  }
}
