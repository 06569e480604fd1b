package org.clipscribe.captioner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.clipscribe.clip.Image;
import org.clipscribe.gpt2.Gpt2;
import org.clipscribe.gpt2.Pass;
import org.clipscribe.gpt2.decoding.Decoder;
import org.clipscribe.gpt2.decoding.Decoding;
import org.clipscribe.gpt2.decoding.Ending;
import org.clipscribe.gpt2.decoding.Generated;
import org.clipscribe.gpt2.decoding.RepetitionPenalty;
import org.clipscribe.gpt2.decoding.SearchStrategy;
import org.clipscribe.gpt2.decoding.SearchStrategy.Beam;
import org.clipscribe.gpt2.decoding.SearchStrategy.Sample;
import org.clipscribe.gpt2.decoding.TokenListener;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.Initialisation;
import org.clipscribe.nn.Probe;
import org.clipscribe.nn.SeededTensors;
import org.clipscribe.nn.json.Json;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Beams, candidates and prompts under both position rules, against the rules computed anew for
/// every text without a cache, as the original does it.
class CaptionDecodingTest {
  private static final BundleConfig CONFIG =
      BundleConfig.of(
          Json.parseObject(
              """
              {
                "clip": {"hidden_size": 24, "intermediate_size": 48, "num_hidden_layers": 1,
                  "num_attention_heads": 3, "image_size": 32, "patch_size": 16},
                "mapping": {"ep_len": 3, "num_layers": 1, "n_heads": 3, "embed_size": 24},
                "gpt2": {"n_embd": 24, "n_layer": 2, "n_head": 3, "n_positions": 24,
                  "vocab_size": 41},
                "max_len": 9
              }
              """
                  .getBytes(StandardCharsets.UTF_8),
              "test"));

  private static final int END = 7;
  private static final int PICTURES = 3;

  /// Scores are means of up to 9 logarithms, each within 1e-5 of the other arithmetic.
  private static final double TOLERANCE = 1e-5;

  @TempDir static Path temp;
  private static TinyBundle tiny;

  private final Backend backend = Backends.open("cpu", 2).backend();
  private final Gpt2 gpt2 = model().gpt2();

  @BeforeAll
  static void convertTheGoldenModel() {
    tiny = TinyBundle.write(temp);
  }

  @AfterEach
  void close() {
    backend.close();
  }

  private CaptionModel model() {
    SeededTensors seeded =
        SeededTensors.of(
            backend,
            3,
            Initialisation.normal(0.4f),
            _ -> true,
            source -> CaptionModel.of(source, CONFIG));
    return Checkpoint.of(seeded, "test")
        .load(backend, WeightFormat.F32, source -> CaptionModel.of(source, CONFIG));
  }

  private Tensor prefixes() {
    Random random = new Random(5);
    float[] values = new float[PICTURES * 3 * 24];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.of(backend, Shape.of(PICTURES, 3, 24), values);
  }

  private List<List<Generated>> decode(Decoding decoding, PositionRule rule, int... prompt) {
    CaptionForm form = CaptionForm.of(decoding.maxTokens(), rule);
    Beginning beginning =
        Beginning.of(backend, gpt2, new ImageContext.Prefix(prefixes()), form, END);
    CaptionLanes lanes =
        new CaptionLanes(backend, gpt2, rule, beginning, prompt, decoding.maxTokens(), Probe.NONE);
    return new Decoder(decoding, Ending.at(END), TokenListener.NONE)
        .decode(IntStream.range(0, PICTURES).mapToObj(_ -> prompt).toList(), lanes);
  }

  /// The mean logarithm of the probabilities of tokens behind a prompt.
  private double score(int picture, PositionRule rule, int[] prompt, List<Integer> tokens) {
    double sum = 0;
    List<Integer> text = new ArrayList<>(Arrays.stream(prompt).boxed().toList());
    for (int token : tokens) {
      sum += Math.log(probabilities(picture, rule, text)[token]);
      text.add(token);
    }
    return sum / tokens.size();
  }

  private float[] probabilities(int picture, PositionRule rule, List<Integer> text) {
    Tensor prefix = prefixes().leading(picture, picture + 1).reshape(3, 24);
    Tensor start = Tensor.concatenate(0, gpt2.embed(backend, END), prefix);
    int times = text.isEmpty() ? rule.firstPrefix() : rule.laterPrefix();
    Tensor rows = start.plus(gpt2.positions(backend, 0, 4).times(times));
    if (!text.isEmpty()) {
      Tensor tokens = gpt2.embed(backend, text.stream().mapToInt(t -> t).toArray());
      Tensor positions = gpt2.positions(backend, 4, text.size()).times(rule.token());
      rows = Tensor.concatenate(0, rows, tokens.plus(positions));
    }
    Tensor hidden = gpt2.forward(rows, Pass.PLAIN);
    int last = rows.shape().extent(0) - 1;
    return gpt2.logits(hidden.leading(last, last + 1)).softmax().toArray();
  }

  @ParameterizedTest
  @EnumSource
  void scoresEveryBeamAsTheRuleSays(PositionRule rule) {
    for (int[] prompt : new int[][] {{}, {11}, {30, 2, 19}}) {
      List<List<Generated>> found =
          decode(Decoding.of(Beam.of(5), 9).withCandidates(5), rule, prompt);
      for (int picture = 0; picture < PICTURES; picture++) {
        List<Generated> beams = found.get(picture);
        assertThat(beams).hasSize(5).doesNotHaveDuplicates();
        for (Generated beam : beams) {
          assertThat(beam.score())
              .isCloseTo(score(picture, rule, prompt, beam.tokens()), within(TOLERANCE));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void takesTheLikeliestOrDrawsByTheRule(PositionRule rule) {
    for (SearchStrategy strategy : List.of(new SearchStrategy.Greedy(), Sample.of(9))) {
      for (int[] prompt : new int[][] {{}, {30, 2, 19}}) {
        List<List<Generated>> found = decode(Decoding.of(strategy, 9), rule, prompt);
        for (int picture = 0; picture < PICTURES; picture++) {
          Generated one = found.get(picture).getFirst();
          assertThat(one.score())
              .isCloseTo(score(picture, rule, prompt, one.tokens()), within(TOLERANCE));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void readsAPromptAsIfItHadChosenIt(PositionRule rule) {
    List<List<Generated>> plain = decode(Decoding.greedy(9), rule);
    for (int picture = 0; picture < PICTURES; picture++) {
      List<Integer> tokens = plain.get(picture).getFirst().tokens();
      for (int length = 1; length < tokens.size(); length++) {
        int[] prompt = tokens.subList(0, length).stream().mapToInt(t -> t).toArray();
        Generated rest = decode(Decoding.greedy(9 - length), rule, prompt).get(picture).getFirst();
        assertThat(rest.tokens()).isEqualTo(tokens.subList(length, tokens.size()));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void isGreedyWithOneBeamAndAtTemperatureZero(PositionRule rule) {
    List<Image> photos = IntStream.range(0, 3).mapToObj(TinyBundle::photo).toList();
    try (Captioner captioner = tiny.open("cpu", rule)) {
      int most = captioner.config().maxLength();
      for (SearchStrategy strategy :
          List.of(Beam.of(1), Sample.of(1).withTemperature(0), Sample.of(1).withTopK(1))) {
        for (Image photo : photos) {
          assertThat(captioner.candidates(photo, CaptionRequest.of(Decoding.of(strategy, most))))
              .containsExactly(captioner.caption(photo));
        }
      }
    }
  }

  @Test
  void givesCandidatesOfManyPicturesAsOfEach() {
    try (Captioner captioner = tiny.open("cpu", PositionRule.ORIGINAL)) {
      CaptionRequest request =
          CaptionRequest.of(
                  Decoding.of(Beam.of(4), 12).withCandidates(3).with(new RepetitionPenalty(1.1)))
              .withPrompt("a photo");
      List<Image> photos = IntStream.range(0, 5).mapToObj(i -> TinyBundle.photo(i % 3)).toList();

      List<List<Caption>> together =
          captioner.candidatesPrepared(photos.stream().map(captioner::prepare).toList(), request);

      assertThat(together).hasSize(5);
      for (int i = 0; i < 5; i++) {
        assertThat(together.get(i))
            .isEqualTo(captioner.candidates(photos.get(i), request))
            .hasSize(3)
            .allSatisfy(caption -> assertThat(caption.text()).startsWith("A photo"))
            .allSatisfy(caption -> assertThat(caption.tokens()).startsWith(64, 4590)); // a, photo
        assertThat(together.get(i).stream().map(Caption::score))
            .isSortedAccordingTo((a, b) -> Double.compare(b, a));
      }
    }
  }

  @Test
  void stopsBehindAText() {
    try (Captioner captioner = tiny.open("cpu", PositionRule.ORIGINAL)) {
      Caption whole = captioner.caption(TinyBundle.photo(0));
      String word = whole.text().substring(2, 6);
      CaptionRequest request =
          CaptionRequest.of(Decoding.greedy(captioner.config().maxLength()))
              .withStops(List.of(word));

      Caption cut = captioner.candidates(TinyBundle.photo(0), request).getFirst();

      assertThat(cut.text()).contains(word).hasSizeLessThan(whole.text().length());
      assertThat(whole.text()).startsWith(cut.text());
    }
  }

  @Test
  void writesNoMoreThanThereIsRoomFor() {
    try (Captioner captioner = tiny.open("cpu", PositionRule.CLEAN)) {
      int positions = captioner.config().gpt2().positions();
      int prefix = captioner.config().rowsBeforeCaption();
      CaptionRequest endless = CaptionRequest.of(Decoding.greedy(10_000).withMinTokens(10_000));

      // The last token is read off the last position.
      assertThat(captioner.candidates(TinyBundle.photo(0), endless).getFirst().tokens())
          .hasSize(positions - prefix + 1);
      assertThat(
              captioner
                  .candidates(TinyBundle.photo(0), endless.withPrompt("a photo of"))
                  .getFirst()
                  .tokens())
          .hasSize(positions - prefix + 1);
      String novel = "word ".repeat(positions);
      assertThatThrownBy(() -> captioner.candidates(TinyBundle.photo(0), endless.withPrompt(novel)))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("too long: the model has room for a caption of");
    }
  }
}
