package org.clipscribe.scenes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.clipscribe.nn.text.BytePairTrainer;

/// The miniature's two vocabularies, learnt from captions and queries of scenes: small, but in the
/// format of the real ones and able to encode any text.
public final class SceneVocabulary {
  /// Folder of the decoder's files below a bundle's, as `Gpt2Tokenizer` reads them.
  public static final String DECODER = "tokenizer";

  /// Folder of the text tower's files, as `ClipTokenizer` reads them.
  public static final String TEXT_TOWER = "clip-tokenizer";

  /// Enough for each word of the grammar to be one token.
  private static final int DECODER_SIZE = 1024;

  private static final int TEXT_TOWER_SIZE = 1280;

  /// Captions have words, spaces and commas; both tokenizers cut these alike.
  private static final Pattern WORD = Pattern.compile(" ?([a-z]+|[^a-z ]+)");

  private static final int SENTENCES = 20_000;

  private SceneVocabulary() {}

  /// Learns both and writes their files below a folder. The same files everywhere.
  public static void write(Path folder) throws IOException {
    Scenes scenes = new Scenes(Art.madeUp(), SceneOptions.training(96, 12, 0));
    Map<String, Long> decoderWords = new HashMap<>();
    Map<String, Long> towerWords = new HashMap<>();
    for (int i = 0; i < SENTENCES; i++) {
      SceneFacts facts = scenes.facts(i);
      count(scenes.caption(facts, i, 0), (spaced, _) -> decoderWords.merge(spaced, 1L, Long::sum));
      count(scenes.caption(facts, i, 0), (_, word) -> towerWords.merge(word, 1L, Long::sum));
      count(scenes.query(facts, i, 0), (_, word) -> towerWords.merge(word, 1L, Long::sum));
    }
    write(
        folder.resolve(DECODER),
        BytePairTrainer.train(decoderWords, "", DECODER_SIZE, List.of("<|endoftext|>")));
    write(
        folder.resolve(TEXT_TOWER),
        BytePairTrainer.train(
            towerWords, "</w>", TEXT_TOWER_SIZE, List.of("<|startoftext|>", "<|endoftext|>")));
  }

  private static void write(Path folder, BytePairTrainer trained) throws IOException {
    Files.createDirectories(folder);
    trained.write(folder);
  }

  /// @param sink gets each word with the space before it, if any, and without
  private static void count(String text, BiConsumer<String, String> sink) {
    Matcher words = WORD.matcher(text);
    while (words.find()) {
      sink.accept(words.group(), words.group(1));
    }
  }
}
