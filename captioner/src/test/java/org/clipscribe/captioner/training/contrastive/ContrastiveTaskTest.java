package org.clipscribe.captioner.training.contrastive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.clipscribe.captioner.dataset.CaptionedImage;
import org.clipscribe.captioner.dataset.Split;
import org.clipscribe.captioner.dataset.TinyDataset;
import org.clipscribe.captioner.training.RememberingLog;
import org.clipscribe.captioner.training.RunFolder;
import org.clipscribe.captioner.training.StopSignal;
import org.clipscribe.captioner.training.TinySubjects;
import org.clipscribe.captioner.training.TinyWords;
import org.clipscribe.captioner.training.TrainedParts;
import org.clipscribe.captioner.training.Trainer;
import org.clipscribe.captioner.training.TrainingListener;
import org.clipscribe.captioner.training.TrainingPlan;
import org.clipscribe.captioner.training.TrainingPreset;
import org.clipscribe.clip.ClipConfig;
import org.clipscribe.clip.ClipTokenizer;
import org.clipscribe.clip.EncoderConfig;
import org.clipscribe.clip.ImagePreprocessor;
import org.clipscribe.clip.PreprocessorConfig;
import org.clipscribe.clip.TextConfig;
import org.clipscribe.clip.VisionConfig;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Initialisation;
import org.clipscribe.nn.SeededTensors;
import org.clipscribe.nn.training.LearningRate;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.Unary;
import org.clipscribe.tensor.spi.Backend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ContrastiveTaskTest {
  private static final int SIDE = 8;

  @TempDir private Path folder;
  private final Backend backend = Backends.open("cpu", 2).backend();

  @AfterEach
  void close() {
    backend.close();
  }

  private ContrastiveSubject subject(List<CaptionedImage> images) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(3);
    byte[][] pictures = new byte[images.size()][3 * SIDE * SIDE];
    for (byte[] picture : pictures) {
      random.nextBytes(picture);
    }
    TinyDataset.write(folder.resolve("pictures"), images, pictures);
    ClipTokenizer tokenizer = TinyWords.clip(folder.resolve("words"));
    EncoderConfig encoder = new EncoderConfig(16, 32, 2, 2, Unary.QUICK_GELU, 1e-5f);
    return ContrastiveSubject.open(
        backend,
        new ContrastiveSubject.Setup(
            new ClipConfig(
                new VisionConfig(encoder, SIDE, 4),
                new TextConfig(encoder, tokenizer.vocabularySize(), 40),
                8),
            new ImagePreprocessor(PreprocessorConfig.clip(SIDE)),
            tokenizer,
            new SeededTensors(Map.of(), 0, Initialisation.normal(0)),
            "none",
            folder.resolve("pictures"),
            OptionalLong.of(5)));
  }

  private static List<CaptionedImage> images(int count, String... captions) {
    List<CaptionedImage> images = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<String> own = new ArrayList<>();
      for (String caption : captions) {
        own.add(caption + " " + "abcdefghijkl".charAt(i));
      }
      images.add(new CaptionedImage("image" + i, i + ".jpg", Split.TRAIN, own));
    }
    return images;
  }

  private static TrainingPlan plan(int epochs, double rate, List<String> frozen) {
    TrainingPreset preset = TrainingPreset.FRESH_CLIP;
    return new TrainingPlan(
        epochs,
        8,
        1,
        new LearningRate.Constant(rate, 5),
        preset.optimiser(),
        preset.clip(),
        0,
        1,
        TrainedParts.training(List.of("clip.*")).freezing(frozen),
        0,
        Duration.ofHours(1));
  }

  private RememberingLog train(ContrastiveTask task, TrainingPlan plan) {
    RememberingLog log = new RememberingLog();
    RunFolder run = RunFolder.open(folder.resolve("run"));
    Trainer.begin(task, plan, run, log, TrainingListener.NONE).run(new StopSignal());
    return log;
  }

  @Test
  void learnsWhichTextBelongsToWhichPicture() {
    try (ContrastiveSubject subject = subject(images(8, "the letter"))) {
      TrainingPlan plan = plan(60, 0.003, List.of());
      ContrastiveTask task = (ContrastiveTask) subject.task(subject.weights(), plan);
      // Before training all texts are nearly alike: the loss is that of guessing among eight.
      double before = task.batch(0, 0, 8).loss(Dropout.NONE).total().toArray()[0];
      assertThat(before).isCloseTo(Math.log(8), within(0.3));
      RememberingLog log = train(task, plan);
      assertThat(log.last("train/loss")).isLessThan(0.05);
      assertThat(log.scalars())
          .containsEntry("train/image-to-text-accuracy", 1.0)
          .containsEntry("train/text-to-image-accuracy", 1.0);
      assertThat((log.last("train/image-to-text") + log.last("train/text-to-image")) / 2)
          .isCloseTo(log.last("train/loss"), within(1e-6)); // of single precision
      assertThat(log.texts()).containsEntry("samples/image3", "the letter d");
    }
  }

  @Test
  void keepsTheTemperatureWithinThePapersBound() {
    try (ContrastiveSubject subject = subject(images(8, "the letter"))) {
      // Only the temperature may move, and each step of Adam moves it by a whole unit.
      List<String> others = List.of("clip.vision*", "clip.text*", "clip.visual*");
      TrainingPlan plan = plan(12, 1, others);
      ContrastiveTask task = (ContrastiveTask) subject.task(subject.weights(), plan);
      float[] start = task.model().logitScale().toArray();
      assertThat(start[0]).isCloseTo((float) Math.log(1 / 0.07), within(1e-6f));
      float[] over = {7};
      backend.upload(
          over, 0, task.model().logitScale().storage(), task.model().logitScale().offset(), 1);
      task.updated();
      assertThat(Math.exp(task.model().logitScale().toArray()[0])).isCloseTo(100, within(1e-4));
      RememberingLog log = train(task, plan);
      assertThat(log.last("train/logit-scale")).isLessThanOrEqualTo(100.0001);
    }
  }

  @Test
  void leavesAFrozenTowerAsItIs() {
    try (ContrastiveSubject subject = subject(images(8, "the letter"))) {
      TrainingPlan plan = plan(3, 0.01, List.of("clip.vision_model.*"));
      ContrastiveTask task = (ContrastiveTask) subject.task(subject.weights(), plan);
      float[] vision = task.model().vision().classEmbedding().toArray();
      float[] text = task.model().text().finalNorm().gain().toArray();
      train(task, plan);
      assertThat(task.model().vision().classEmbedding().toArray()).containsExactly(vision);
      assertThat(task.model().text().finalNorm().gain().toArray()).isNotEqualTo(text);
    }
  }

  /// Each image once an epoch, with all its captions in as many epochs.
  @Test
  void takesTheCaptionsOfAnImageInTurn() {
    List<CaptionedImage> images = images(4, "one", "two", "three");
    try (ContrastiveSubject subject = subject(images)) {
      TrainingPlan plan = plan(1, 0.01, List.of());
      ContrastiveTask task = (ContrastiveTask) subject.task(subject.weights(), plan);
      assertThat(task.samples()).isEqualTo(4);
      Set<Float> losses = new HashSet<>();
      for (int epoch = 0; epoch < 3; epoch++) {
        float loss = task.batch(epoch, 0, 4).loss(Dropout.NONE).total().toArray()[0];
        assertThat(task.batch(epoch, 0, 4).loss(Dropout.NONE).total().toArray()[0]).isEqualTo(loss);
        losses.add(loss);
      }
      assertThat(losses).as("other captions").hasSize(3);
    }
  }

  @Test
  void refusesADatasetOfEmbeddingsAndPicturesOfAnotherSize() {
    TinyDataset.write(
        folder.resolve("pictures"), images(2, "x"), new float[][] {{1, 2, 3}, {4, 5, 6}});
    assertThatThrownBy(() -> TinySubjects.CLIP.open(backend, folder))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("keeps embeddings")
        .hasMessageContaining("--pictures");
    TinyDataset.write(folder.resolve("pictures"), images(2, "x"), new byte[2][3 * 4 * 4]);
    assertThatThrownBy(() -> TinySubjects.CLIP.open(backend, folder))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("48 bytes")
        .hasMessageContaining("8 x 8 pixels");
  }

  @Test
  void refusesASinglePicture() {
    try (ContrastiveSubject subject = subject(images(1, "x"))) {
      assertThatThrownBy(() -> subject.task(subject.weights(), plan(1, 0.01, List.of())))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("told from no other");
    }
  }
}
