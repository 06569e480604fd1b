package org.clipscribe.captioner.training.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.clipscribe.captioner.training.Batch;
import org.clipscribe.captioner.training.RememberingLog;
import org.clipscribe.captioner.training.RunFolder;
import org.clipscribe.captioner.training.StopSignal;
import org.clipscribe.captioner.training.TinyWords;
import org.clipscribe.captioner.training.TrainedParts;
import org.clipscribe.captioner.training.Trainer;
import org.clipscribe.captioner.training.TrainingListener;
import org.clipscribe.captioner.training.TrainingPlan;
import org.clipscribe.captioner.training.TrainingPreset;
import org.clipscribe.gpt2.Gpt2Config;
import org.clipscribe.gpt2.Gpt2Tokenizer;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Initialisation;
import org.clipscribe.nn.SeededTensors;
import org.clipscribe.nn.training.LearningRate;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.Unary;
import org.clipscribe.tensor.spi.Backend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LanguageTaskTest {
  private static final String TEXT = "She sells sea shells by the sea shore.";
  private static final int POSITIONS = 16;

  @TempDir private Path folder;
  private final Backend backend = Backends.open("cpu", 2).backend();
  private Gpt2Tokenizer tokenizer;

  @BeforeEach
  void words() {
    tokenizer = TinyWords.gpt2(folder.resolve("words"));
  }

  @AfterEach
  void close() {
    backend.close();
  }

  private TokenStream stream(String text, boolean lines) throws IOException {
    Path file = folder.resolve("text.txt");
    Files.writeString(file, text);
    return TokenStream.open(folder, TextDocuments.at(file, lines), tokenizer);
  }

  private LanguageSubject subject(TokenStream stream, int block, double holdout) {
    Gpt2Config config =
        new Gpt2Config(
            tokenizer.vocabularySize(), POSITIONS, 32, 2, 2, 64, Unary.GELU_TANH, 1e-5f, true);
    return LanguageSubject.open(
        backend,
        new LanguageSubject.Setup(
            config,
            tokenizer,
            new SeededTensors(Map.of(), 0, Initialisation.normal(0)),
            "none",
            new TokenBlocks(stream, block, holdout),
            OptionalLong.of(6)));
  }

  private static TrainingPlan plan(int epochs) {
    TrainingPreset preset = TrainingPreset.FRESH_GPT2;
    return new TrainingPlan(
        epochs,
        4,
        1,
        new LearningRate.Constant(0.01, 5),
        preset.optimiser(),
        preset.clip(),
        0,
        1,
        TrainedParts.training(List.of("gpt2.*")),
        0,
        Duration.ofHours(1));
  }

  @Test
  void learnsATextByHeart() throws IOException {
    try (LanguageSubject subject = subject(stream(TEXT, false), POSITIONS, 0)) {
      TrainingPlan plan = plan(80);
      LanguageTask task = (LanguageTask) subject.task(subject.weights(), plan);
      // Before training every token is as likely as any other.
      double before = task.batch(0, 0, 1).loss(Dropout.NONE).total().toArray()[0];
      assertThat(before).isCloseTo(Math.log(tokenizer.vocabularySize()), within(0.2));
      RememberingLog log = new RememberingLog();
      RunFolder run = RunFolder.open(folder.resolve("run"));
      Trainer.begin(task, plan, run, log, TrainingListener.NONE).run(new StopSignal());
      assertThat(log.last("train/loss")).isLessThan(0.05);
      assertThat(log.texts().get("samples/block 1")).startsWith("She sells |  sea shell");
    }
  }

  /// Blocks touch: each token but the very first is a target once.
  @Test
  void cutsTheTextIntoBlocksThatLeaveNothingOut() throws IOException {
    TokenStream stream = stream(TEXT, false);
    int tokens = tokenizer.encode(TEXT).length + 1;
    assertThat(stream.count()).isEqualTo(tokens);
    for (int length : new int[] {1, 3, 7, POSITIONS, tokens - 1}) {
      TokenBlocks blocks = new TokenBlocks(stream, length, 0);
      int targets = 0;
      StringBuilder text = new StringBuilder(tokenizer.decode(blocks.block(0)[0]));
      for (int i = 0; i < blocks.count(); i++) {
        int[] block = blocks.block(i);
        assertThat(block.length).isBetween(2, length + 1);
        targets += block.length - 1;
        for (int j = 1; j < block.length; j++) {
          text.append(tokenizer.decode(block[j]));
        }
      }
      assertThat(targets).isEqualTo(tokens - 1);
      assertThat(text).hasToString(TEXT + "<|endoftext|>");
    }
    stream.close();
  }

  /// A short block beside a long one weighs what it weighs alone.
  @Test
  void padsTheLastBlockWithoutLearningFromPadding() throws IOException {
    try (LanguageSubject subject = subject(stream(TEXT, false), POSITIONS, 0)) {
      LanguageTask task = (LanguageTask) subject.task(subject.weights(), plan(1));
      Batch all = task.batch(0, 0, task.samples());
      double sum = 0;
      int weight = 0;
      for (int i = 0; i < task.samples(); i++) {
        Batch one = task.batch(0, i, 1);
        sum += one.weight() * (double) one.loss(Dropout.NONE).total().toArray()[0];
        weight += one.weight();
      }
      assertThat(task.samples()).isEqualTo(3);
      assertThat(all.weight()).isEqualTo(weight);
      // Single precision, and another order of summation.
      assertThat((double) all.loss(Dropout.NONE).total().toArray()[0])
          .isCloseTo(sum / weight, within(1e-5));
    }
  }

  @Test
  void holdsOutTheLastBlocks() throws IOException {
    TokenStream stream = stream(TEXT.repeat(20), false);
    TokenBlocks blocks = new TokenBlocks(stream, 10, 0.25);
    assertThat(blocks.training()).isEqualTo(blocks.count() - Math.round(blocks.count() * 0.25f));
    try (LanguageSubject subject = subject(stream, 10, 0.25)) {
      LanguageTask task = (LanguageTask) subject.task(subject.weights(), plan(1));
      assertThat(task.samples()).isEqualTo(blocks.training());
      assertThat(task.validation(4).mapToInt(Batch::weight).sum())
          .isEqualTo((int) (stream.count() - 1) - 10 * blocks.training());
    }
    assertThat(new TokenBlocks(stream, 10, 0).training()).isEqualTo(blocks.count());
  }

  @Test
  void refusesBlocksThatAreLongerThanTheModelReads() throws IOException {
    TokenStream stream = stream(TEXT, false);
    assertThatThrownBy(() -> subject(stream, POSITIONS + 1, 0))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("block of 17 tokens")
        .hasMessageContaining("reads 16");
    stream.close();
  }
}
