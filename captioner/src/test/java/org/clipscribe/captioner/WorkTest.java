package org.clipscribe.captioner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.clipscribe.clip.VisionConfig;
import org.clipscribe.gpt2.Gpt2Config;
import org.clipscribe.tensor.Unary;
import org.junit.jupiter.api.Test;

class WorkTest {
  private static final Gpt2Config GPT2 =
      new Gpt2Config(50257, 1024, 768, 12, 12, 3072, Unary.GELU_TANH, 1e-5f, true);

  @Test
  void countsTheWeightsThatAPartReads() {
    // 12 layers of 12 C C, and 3 * 32 * 32 * C of the patches or V * C of the vocabulary.
    assertThat(Work.image(VisionConfig.BASE).weights()).isEqualTo(12 * 12 * 589_824 + 3072 * 768);
    assertThat(Work.words(GPT2, 1, 0).weights()).isEqualTo(12 * 12 * 589_824 + 50257 * 768);
  }

  @Test
  void countsTwoOperationsForEachWeightAndRow() {
    Work one = Work.words(GPT2, 1, 0);
    // One query sees one key: 4 C a layer beside the products.
    assertThat(one.operations()).isEqualTo(2 * one.weights() + 12 * 4 * 768);
    // Papers say 4.4 billion multiply-adds for ViT-B/32.
    assertThat(Work.image(VisionConfig.BASE).operations()).isCloseTo(8.8e9, within(1e8));
  }

  @Test
  void readingTogetherIsAsMuchWorkAsOneAfterAnotherButForTheScores() {
    double scores = 2.0 * 768 * 50257;
    double together = Work.words(GPT2, 3, 5).operations();
    double apart = 0;
    for (int i = 0; i < 3; i++) {
      apart += Work.words(GPT2, 1, 5 + i).operations();
    }
    assertThat(together).isEqualTo(apart - 2 * scores);
  }

  @Test
  void takesAsLongAsTheSlowerOfMultiplyingAndReading() {
    Work work = new Work(100, 10);

    assertThat(work.seconds(50, 4, 1000)).isEqualTo(2);
    assertThat(work.seconds(1000, 4, 10)).isEqualTo(4);
    assertThat(work.plus(work)).isEqualTo(new Work(200, 20));
  }
}
