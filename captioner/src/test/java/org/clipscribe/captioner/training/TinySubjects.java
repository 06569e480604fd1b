package org.clipscribe.captioner.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.TinyBundle;
import org.clipscribe.captioner.dataset.CaptionedImage;
import org.clipscribe.captioner.dataset.Split;
import org.clipscribe.captioner.dataset.TinyDataset;
import org.clipscribe.captioner.training.contrastive.ContrastiveSubject;
import org.clipscribe.captioner.training.language.LanguageSubject;
import org.clipscribe.captioner.training.language.TextDocuments;
import org.clipscribe.captioner.training.language.TokenBlocks;
import org.clipscribe.captioner.training.language.TokenStream;
import org.clipscribe.clip.ClipConfig;
import org.clipscribe.clip.ClipTokenizer;
import org.clipscribe.clip.EncoderConfig;
import org.clipscribe.clip.ImagePreprocessor;
import org.clipscribe.clip.PreprocessorConfig;
import org.clipscribe.clip.TextConfig;
import org.clipscribe.clip.VisionConfig;
import org.clipscribe.gpt2.Gpt2Config;
import org.clipscribe.gpt2.Gpt2Tokenizer;
import org.clipscribe.nn.Initialisation;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.SeededTensors;
import org.clipscribe.tensor.Unary;
import org.clipscribe.tensor.spi.Backend;

/// Something small to train of every kind, in a folder: seconds, but everything takes part.
public enum TinySubjects {
  CAPTIONING("mapping.* gpt2.wpe.* gpt2.h.0.* gpt2.ln_f.*") {
    @Override
    public void prepare(Path folder) {
      TinyBundle.write(folder.resolve("bundle"));
      Random random = new Random(7);
      float[][] embeddings = new float[IMAGES][10];
      for (float[] embedding : embeddings) {
        for (int j = 0; j < embedding.length; j++) {
          embedding[j] = (float) random.nextGaussian();
        }
      }
      TinyDataset.write(folder.resolve("data"), images(), embeddings);
    }

    @Override
    public Subject open(Backend backend, Path folder) {
      return CaptioningSubject.open(
          backend,
          new CaptioningSubject.Setup(
              Bundle.open(folder.resolve("bundle")),
              folder.resolve("data"),
              CaptionRule.SANE_B,
              OptionalLong.of(3)));
    }
  },
  CLIP("clip.*") {
    @Override
    public void prepare(Path folder) {
      Random random = new Random(8);
      byte[][] pictures = new byte[IMAGES][3 * SIDE * SIDE];
      for (int i = 0; i < pictures.length; i++) {
        random.nextBytes(pictures[i]);
      }
      TinyDataset.write(folder.resolve("pictures"), images(), pictures);
    }

    @Override
    public Subject open(Backend backend, Path folder) {
      ClipTokenizer tokenizer = TinyWords.clip(folder.resolve("clip-words"));
      EncoderConfig encoder = new EncoderConfig(16, 32, 2, 2, Unary.QUICK_GELU, 1e-5f);
      ClipConfig config =
          new ClipConfig(
              new VisionConfig(encoder, SIDE, 4),
              new TextConfig(encoder, tokenizer.vocabularySize(), 40),
              8);
      return ContrastiveSubject.open(
          backend,
          new ContrastiveSubject.Setup(
              config,
              new ImagePreprocessor(PreprocessorConfig.clip(SIDE)),
              tokenizer,
              NOTHING,
              "none",
              folder.resolve("pictures"),
              OptionalLong.of(5)));
    }
  },
  GPT2("gpt2.*") {
    @Override
    public void prepare(Path folder) {
      try {
        Files.createDirectories(folder);
        Files.writeString(
            folder.resolve("text.txt"),
            String.join("\n", images().stream().map(image -> image.captions().get(0)).toList()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Subject open(Backend backend, Path folder) {
      Gpt2Tokenizer tokenizer = TinyWords.gpt2(folder.resolve("gpt2-words"));
      TokenStream stream =
          TokenStream.open(folder, TextDocuments.at(folder.resolve("text.txt"), true), tokenizer);
      Gpt2Config config =
          new Gpt2Config(
              tokenizer.vocabularySize(), 24, 16, 2, 2, 32, Unary.GELU_TANH, 1e-5f, true);
      return LanguageSubject.open(
          backend,
          new LanguageSubject.Setup(
              config,
              tokenizer,
              NOTHING,
              "none",
              new TokenBlocks(stream, 24, 0.2),
              OptionalLong.of(6)));
    }
  };

  private static final int IMAGES = 12;
  private static final int SIDE = 8;

  /// All weights are drawn anew.
  private static final NamedTensors NOTHING =
      new SeededTensors(Map.of(), 0, Initialisation.normal(0));

  private final String trained;

  /// @param trained patterns of names
  TinySubjects(String trained) {
    this.trained = trained;
  }

  /// What is trained by default.
  public List<String> trained() {
    return List.of(trained.split(" "));
  }

  /// Makes the files that [#open] reads.
  public abstract void prepare(Path folder);

  /// Opens what was prepared; the same in every process.
  public abstract Subject open(Backend backend, Path folder);

  /// Nine images to train on, three to judge by.
  static List<CaptionedImage> images() {
    List<CaptionedImage> rows = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      Split split = i % 4 == 3 ? Split.VAL : Split.TRAIN;
      String caption = "Picture number " + i + " of a " + (i % 2 == 0 ? "cat." : "dog on a hill.");
      rows.add(new CaptionedImage("image" + i, i + ".jpg", split, List.of(caption)));
    }
    return rows;
  }
}
