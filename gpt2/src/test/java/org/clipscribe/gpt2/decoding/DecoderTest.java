package org.clipscribe.gpt2.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.clipscribe.gpt2.decoding.SearchStrategy.Beam;
import org.clipscribe.gpt2.decoding.SearchStrategy.EarlyStopping;
import org.clipscribe.gpt2.decoding.SearchStrategy.Greedy;
import org.clipscribe.gpt2.decoding.SearchStrategy.LengthRule;
import org.clipscribe.gpt2.decoding.SearchStrategy.Sample;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Searches over a made-up model whose every text can be looked at.
class DecoderTest {
  private static final int TOKENS = 4;
  private static final int END = 3;

  private final Backend backend = Backends.open("reference", 1).backend();

  @AfterEach
  void close() {
    backend.close();
  }

  /// Logits that are a function of the tokens so far.
  private final class Toy implements Lanes {
    private List<List<Integer>> texts;
    private int steps;

    Toy(int lanes) {
      texts = IntStream.range(0, lanes).mapToObj(i -> List.of(10 + i)).toList();
    }

    @Override
    public Tensor begin() {
      return logits();
    }

    @Override
    public Tensor advance(int[] parents, int[] tokens) {
      List<List<Integer>> next = new ArrayList<>();
      for (int i = 0; i < parents.length; i++) {
        List<Integer> text = new ArrayList<>(texts.get(parents[i]));
        text.add(tokens[i]);
        next.add(text);
      }
      texts = next;
      steps++;
      return logits();
    }

    private Tensor logits() {
      float[] rows = new float[TOKENS * texts.size()];
      for (int lane = 0; lane < texts.size(); lane++) {
        System.arraycopy(scores(texts.get(lane)), 0, rows, TOKENS * lane, TOKENS);
      }
      return Tensor.of(backend, Shape.of(texts.size(), TOKENS), rows);
    }
  }

  private static float[] scores(List<Integer> text) {
    Random random = new Random(text.hashCode());
    float[] scores = new float[TOKENS];
    for (int i = 0; i < TOKENS; i++) {
      scores[i] = (float) random.nextGaussian() * 2;
    }
    return scores;
  }

  private List<List<Generated>> decode(Decoding decoding, int texts) {
    return new Decoder(decoding, Ending.at(END), TokenListener.NONE)
        .decode(IntStream.range(0, texts).mapToObj(_ -> new int[0]).toList(), new Toy(texts));
  }

  /// Every text of at most `most` tokens, with the sum of its logarithms.
  private static void enumerate(
      List<Integer> text, double sum, int most, List<List<Integer>> texts, List<Double> sums) {
    int added = text.size() - 1;
    if (added == most || (added > 0 && text.getLast() == END)) {
      texts.add(text.subList(1, text.size()));
      sums.add(sum);
      return;
    }
    float[] scores = scores(text);
    double total = 0;
    for (float score : scores) {
      total += Math.exp(score);
    }
    for (int token = 0; token < TOKENS; token++) {
      List<Integer> longer = new ArrayList<>(text);
      longer.add(token);
      enumerate(longer, sum + scores[token] - Math.log(total), most, texts, sums);
    }
  }

  @Test
  void findsTheBestOfAllTextsWithEnoughBeams() {
    for (double penalty : new double[] {-1, 0, 0.5, 1, 2}) {
      List<List<Integer>> texts = new ArrayList<>();
      List<Double> sums = new ArrayList<>();
      enumerate(List.of(10), 0, 4, texts, sums);
      List<Integer> ranked =
          IntStream.range(0, texts.size())
              .boxed()
              .sorted(
                  (a, b) ->
                      Double.compare(
                          sums.get(b) / Math.pow(texts.get(b).size(), penalty),
                          sums.get(a) / Math.pow(texts.get(a).size(), penalty)))
              .toList();
      Beam beam = new Beam(256, penalty, EarlyStopping.WHEN_IMPOSSIBLE, LengthRule.NEW_TOKENS);

      List<Generated> found = decode(Decoding.of(beam, 4).withCandidates(100), 1).getFirst();

      for (int i = 0; i < 100; i++) {
        assertThat(found.get(i).tokens()).isEqualTo(texts.get(ranked.get(i)));
        double expected =
            sums.get(ranked.get(i)) / Math.pow(texts.get(ranked.get(i)).size(), penalty);
        // Logits and soft-max are single precision.
        assertThat(found.get(i).score()).isCloseTo(expected, within(1e-5));
      }
    }
  }

  @Test
  void scoresATextWithTheMeanOfTheModelsOwnLogarithms() {
    List<List<Integer>> texts = new ArrayList<>();
    List<Double> sums = new ArrayList<>();
    enumerate(List.of(10), 0, 4, texts, sums);
    for (SearchStrategy strategy :
        List.of(new Greedy(), Sample.of(4), Sample.of(4).withTemperature(2).withTopK(2))) {
      Decoding penalised = Decoding.of(strategy, 4).with(new RepetitionPenalty(1.5));
      for (Decoding decoding : List.of(Decoding.of(strategy, 4), penalised)) {
        Generated found = decode(decoding, 1).getFirst().getFirst();
        double sum = sums.get(texts.indexOf(found.tokens()));
        assertThat(found.score()).isCloseTo(sum / found.tokens().size(), within(1e-6));
      }
    }
  }

  @Test
  void oneBeamThatStopsAtTheFirstEndIsGreedy() {
    for (int text = 0; text < 20; text++) {
      Toy toy = new Toy(1);
      toy.texts = List.of(List.of(100 + text));
      Beam one = new Beam(1, 0, EarlyStopping.AT_ONCE, LengthRule.NEW_TOKENS);
      Decoding decoding = Decoding.of(one, 12);
      BeamSearch search = new BeamSearch(Draft.of(), one, decoding, Ending.at(END));
      Tensor logits = toy.begin();
      for (List<Search.Move> moves = search.step(new StepLogits(logits), 0);
          !moves.isEmpty();
          moves = search.step(new StepLogits(logits), 0)) {
        logits = toy.advance(new int[] {0}, new int[] {moves.getFirst().token()});
      }
      toy.texts = List.of(List.of(100 + text));
      Generated greedy =
          new Decoder(Decoding.greedy(12), Ending.at(END), TokenListener.NONE)
              .decode(List.of(new int[0]), toy)
              .getFirst()
              .getFirst();
      assertThat(search.results().getFirst().tokens()).isEqualTo(greedy.tokens());
      assertThat(search.results().getFirst().score())
          .isCloseTo(greedy.score() * greedy.tokens().size(), within(1e-12));
    }
  }

  @Test
  void givesEachTextWhatItGetsAlone() {
    for (Decoding decoding :
        List.of(
            Decoding.greedy(9),
            Decoding.of(Beam.of(3), 9).withCandidates(2),
            Decoding.of(Sample.of(3), 9).withCandidates(3),
            Decoding.of(new Greedy(), 9).with(new NoRepeatNgram(1)))) {
      List<List<Generated>> together = decode(decoding, 7);
      for (int i = 0; i < 7; i++) {
        Toy alone = new Toy(1);
        alone.texts = List.of(List.of(10 + i));
        assertThat(
                new Decoder(decoding, Ending.at(END), TokenListener.NONE)
                    .decode(List.of(new int[0]), alone))
            .containsExactly(together.get(i));
      }
    }
  }

  @Test
  void readsTheModelOnceAStepWhateverTheNumberOfBeams() {
    Toy toy = new Toy(5);
    new Decoder(Decoding.of(Beam.of(8), 6), Ending.at(), TokenListener.NONE)
        .decode(IntStream.range(0, 5).mapToObj(_ -> new int[0]).toList(), toy);
    assertThat(toy.steps).isEqualTo(5); // and the beginning
  }

  @Test
  void drawsAsOftenAsTokensAreLikely() {
    int candidates = 4000;
    List<Generated> drawn =
        decode(Decoding.of(Sample.of(11), 1).withCandidates(candidates), 1).getFirst();
    double[] expected = new double[TOKENS];
    float[] scores = scores(List.of(10));
    for (int i = 0; i < TOKENS; i++) {
      expected[i] = scores[i];
    }
    expected = Softmax.of(expected);
    for (int token = 0; token < TOKENS; token++) {
      int wanted = token;
      long count = drawn.stream().filter(one -> one.tokens().getFirst() == wanted).count();
      // Five standard deviations at most: 5 * sqrt(4000 / 4); the draws are always the same.
      assertThat((double) count).isCloseTo(candidates * expected[token], within(158.0));
    }
  }

  @Test
  void keepsTextsAtLeastAsLongAsWanted() {
    for (SearchStrategy strategy : List.of(new Greedy(), Beam.of(3), Sample.of(1))) {
      for (List<Generated> found : decode(Decoding.of(strategy, 9).withMinTokens(4), 20)) {
        List<Integer> tokens = found.getFirst().tokens();
        assertThat(tokens.subList(0, 4)).doesNotContain(END);
      }
    }
  }

  @Test
  void endsWhenEveryTokenIsForbidden() {
    BadWords all = new BadWords(List.of(List.of(0), List.of(1), List.of(2), List.of(3)));
    BadWords allAfterOne =
        new BadWords(List.of(List.of(1, 0), List.of(1, 1), List.of(1, 2), List.of(1, 3)));
    for (SearchStrategy strategy : List.of(new Greedy(), Beam.of(3), Sample.of(1))) {
      assertThat(decode(Decoding.of(strategy, 9).with(all), 1).getFirst().getFirst())
          .isEqualTo(new Generated(List.of(), 0, false));
      assertThat(decode(Decoding.of(strategy, 9).with(allAfterOne), 9)).doesNotContain(List.of());
    }
  }

  @Test
  void survivesNumbersThatAreNone() {
    Lanes broken =
        new Lanes() {
          @Override
          public Tensor begin() {
            return logits(1);
          }

          @Override
          public Tensor advance(int[] parents, int[] tokens) {
            return logits(parents.length);
          }

          private Tensor logits(int lanes) {
            float[] values = new float[lanes * TOKENS];
            Arrays.fill(values, Float.NaN);
            return Tensor.of(backend, Shape.of(lanes, TOKENS), values);
          }
        };
    for (SearchStrategy strategy : List.of(new Greedy(), Beam.of(3), Sample.of(1))) {
      assertThat(
              new Decoder(Decoding.of(strategy, 5), Ending.at(END), TokenListener.NONE)
                  .decode(List.of(new int[0]), broken)
                  .getFirst())
          .hasSize(1);
    }
  }

  @Test
  void forbidsRunsOfTokens() {
    double[] scores = new double[10];
    new NoRepeatNgram(3).process(Draft.of(1, 2, 3, 1, 2, 5, 1).plus(2), scores);
    assertThat(scores).isEqualTo(forbidden(3, 5));
    scores = new double[10];
    new NoRepeatNgram(1).process(Draft.of(1).plus(2), scores);
    assertThat(scores).isEqualTo(forbidden(1, 2));
    scores = new double[10];
    new NoRepeatNgram(3).process(Draft.of(1), scores);
    assertThat(scores).isEqualTo(forbidden());
    scores = new double[10];
    new BadWords(List.of(List.of(4), List.of(1, 6), List.of(9, 7), List.of(0, 0, 1, 8)))
        .process(Draft.of(0).plus(1), scores);
    assertThat(scores).isEqualTo(forbidden(4, 6));
  }

  private static double[] forbidden(int... tokens) {
    double[] scores = new double[10];
    for (int token : tokens) {
      scores[token] = Double.NEGATIVE_INFINITY;
    }
    return scores;
  }

  @Test
  void punishesRepeatedTokensOnce() {
    double[] scores = {4, -4, 4, 0};
    new RepetitionPenalty(2).process(Draft.of(0, 0, 1).plus(1), scores);
    assertThat(scores).containsExactly(2, -8, 4, 0);
  }

  @Test
  void refusesWhatMakesNoSense() {
    List<org.assertj.core.api.ThrowableAssert.ThrowingCallable> wrong =
        List.of(
            () -> Beam.of(0),
            () -> new Beam(2, Double.NaN, EarlyStopping.AT_ONCE, LengthRule.NEW_TOKENS),
            () -> Sample.of(0).withTemperature(-1),
            () -> Sample.of(0).withTemperature(Double.NaN),
            () -> Sample.of(0).withTopK(-1),
            () -> Sample.of(0).withTopP(0),
            () -> Sample.of(0).withTopP(1.5),
            () -> Sample.of(0).withTypicalP(Double.NaN),
            () -> new RepetitionPenalty(0),
            () -> new RepetitionPenalty(Double.NaN),
            () -> new NoRepeatNgram(0),
            () -> new BadWords(List.of(List.of())),
            () -> Decoding.greedy(0),
            () -> Decoding.greedy(5).withCandidates(2),
            () -> Decoding.of(Beam.of(2), 5).withCandidates(3),
            () -> Decoding.of(Sample.of(0), 5).withCandidates(0),
            () -> Decoding.greedy(5).withMinTokens(-1),
            () -> Ending.at(1).orAfter(List.of(""), _ -> ""));
    wrong.forEach(call -> assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class));
  }
}
