package org.clipscribe.cli;

import java.util.List;
import java.util.Locale;
import org.clipscribe.gpt2.decoding.Decoding;
import org.clipscribe.gpt2.decoding.NoRepeatNgram;
import org.clipscribe.gpt2.decoding.RepetitionPenalty;
import org.clipscribe.gpt2.decoding.SearchStrategy;
import org.clipscribe.gpt2.decoding.SearchStrategy.Beam;
import org.clipscribe.gpt2.decoding.SearchStrategy.EarlyStopping;
import org.clipscribe.gpt2.decoding.SearchStrategy.LengthRule;
import org.clipscribe.gpt2.decoding.SearchStrategy.MeanBeam;
import org.clipscribe.gpt2.decoding.SearchStrategy.Sample;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How text is written: what all commands that write share.
final class DecodingOptions {
  /// More beams or candidates are a slip of the finger, and each takes memory for its text.
  private static final int MOST = 100;

  private static final int USUAL_BEAMS = 4;

  @Option(
      names = "--decode",
      paramLabel = "greedy|beam|sample",
      description =
          "The likeliest word each time, the best text of several followed at once, or words drawn"
              + " by chance (default: greedy, or beam with --beams).")
  private @Nullable Way decode;

  @Option(
      names = "--beams",
      paramLabel = "N",
      description = "Texts that beam search follows (default: " + USUAL_BEAMS + ").")
  private @Nullable Integer beams;

  @Option(
      names = "--length-penalty",
      paramLabel = "X",
      description =
          "Of beam search: above 0 favours long texts, below 0 short ones (default: 1, the mean).")
  private @Nullable Double lengthPenalty;

  @Option(
      names = "--early-stopping",
      paramLabel = "true|false|never",
      description =
          "Of beam search: end when there are as many texts as beams, when better ones are unlikely,"
              + " or when they are impossible (default: false).")
  private @Nullable Early earlyStopping;

  @Option(
      names = "--beam-rule",
      paramLabel = "huggingface|clipcap",
      description =
          "Of beam search: how texts are compared, as Hugging Face does it or as ClipCap does, which"
              + " goes by the mean and knows no other setting (default: huggingface).")
  private @Nullable BeamRule beamRule;

  @Option(
      names = {"-T", "--temperature"},
      paramLabel = "T",
      description =
          "Of --decode sample: below 1 more certain, above 1 more daring (default: 1). Accepted"
              + " elsewhere; like in the original it changes nothing.")
  private double temperature = 1;

  @Option(
      names = "--top-k",
      paramLabel = "N",
      description = "Draw from the N likeliest words only.")
  private @Nullable Integer topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description = "Draw from the likeliest words that make up this share, 0 to 1.")
  private @Nullable Double topP;

  @Option(
      names = "--typical-p",
      paramLabel = "P",
      description = "Draw from the most typical words that make up this share, 0 to 1.")
  private @Nullable Double typicalP;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of --decode sample; the same number draws the same words (default: 0).")
  private @Nullable Long seed;

  @Option(
      names = {"-n", "--candidates"},
      paramLabel = "N",
      description = "Results of each input: the best beams, or as many draws (default: 1).")
  private int candidates = 1;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "The most tokens to write; a word is one or a few (default: the model's own).")
  private @Nullable Integer maxTokens;

  @Option(
      names = "--min-tokens",
      paramLabel = "N",
      description = "The fewest tokens before the text may end (default: 0).")
  private int minTokens;

  @Option(
      names = "--repetition-penalty",
      paramLabel = "X",
      description = "Above 1, words that are there already become less likely (default: 1).")
  private double repetitionPenalty = 1;

  @Option(
      names = "--no-repeat-ngram",
      paramLabel = "N",
      description = "Never write the same N tokens in a row twice.")
  private int noRepeatNgram;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "End behind this text; may be given more than once.")
  private List<String> stops = List.of();

  /// What `--decode` takes.
  enum Way {
    GREEDY,
    BEAM,
    SAMPLE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// What `--beam-rule` takes.
  enum BeamRule {
    HUGGINGFACE,
    CLIPCAP
  }

  /// What `--early-stopping` takes.
  enum Early {
    TRUE(EarlyStopping.AT_ONCE),
    FALSE(EarlyStopping.WHEN_UNLIKELY),
    NEVER(EarlyStopping.WHEN_IMPOSSIBLE);

    private final EarlyStopping stopping;

    Early(EarlyStopping stopping) {
      this.stopping = stopping;
    }
  }

  private Way way() {
    if (decode != null) {
      return decode;
    }
    return beams == null ? Way.GREEDY : Way.BEAM;
  }

  /// Texts that end what is written, besides the model's own end.
  List<String> stops() {
    if (stops.contains("")) {
      throw CommandException.usage("--stop needs a text");
    }
    return stops;
  }

  /// @param usualTokens the most to write when nothing is said
  /// @throws CommandException for values that make no sense, alone or together
  Decoding decoding(int usualTokens) {
    checkRanges();
    Decoding decoding =
        Decoding.of(strategy(), maxTokens == null ? usualTokens : maxTokens)
            .withMinTokens(minTokens);
    if (repetitionPenalty != 1) {
      decoding = decoding.with(new RepetitionPenalty(repetitionPenalty));
    }
    if (noRepeatNgram > 0) {
      decoding = decoding.with(new NoRepeatNgram(noRepeatNgram));
    }
    int most =
        switch (decoding.strategy()) {
          case SearchStrategy.Greedy() -> 1;
          case Beam beam -> beam.width();
          case MeanBeam(int width) -> width;
          case Sample _ -> MOST;
        };
    require(
        candidates >= 1 && candidates <= most,
        switch (way()) {
          case GREEDY ->
              "--candidates is "
                  + candidates
                  + ", but there is one likeliest text;"
                  + " more come with --decode beam or --decode sample";
          case BEAM -> "--candidates is " + candidates + ", 1 to the number of beams, " + most;
          case SAMPLE -> "--candidates is " + candidates + ", 1 to " + MOST;
        });
    return decoding.withCandidates(candidates);
  }

  private void checkRanges() {
    require(maxTokens == null || maxTokens >= 1, "--max-tokens is " + maxTokens + ", at least 1");
    require(minTokens >= 0, "--min-tokens is " + minTokens + ", at least 0");
    require(
        maxTokens == null || minTokens <= maxTokens,
        "--min-tokens is %d and --max-tokens %s".formatted(minTokens, maxTokens));
    require(
        repetitionPenalty > 0 && repetitionPenalty < Double.POSITIVE_INFINITY,
        "--repetition-penalty is " + repetitionPenalty + ", above 0");
    require(noRepeatNgram >= 0, "--no-repeat-ngram is " + noRepeatNgram + ", at least 1");
  }

  private SearchStrategy strategy() {
    Way way = way();
    only(Way.BEAM, "--beams", beams);
    only(Way.BEAM, "--length-penalty", lengthPenalty);
    only(Way.BEAM, "--early-stopping", earlyStopping);
    only(Way.BEAM, "--beam-rule", beamRule);
    only(Way.SAMPLE, "--top-k", topK);
    only(Way.SAMPLE, "--top-p", topP);
    only(Way.SAMPLE, "--typical-p", typicalP);
    only(Way.SAMPLE, "--seed", seed);
    return switch (way) {
      case GREEDY -> new SearchStrategy.Greedy();
      case BEAM -> beam();
      case SAMPLE -> sample();
    };
  }

  private SearchStrategy beam() {
    int width = beams == null ? USUAL_BEAMS : beams;
    double penalty = lengthPenalty == null ? 1 : lengthPenalty;
    require(width >= 1 && width <= MOST, "--beams is " + width + ", 1 to " + MOST);
    require(Double.isFinite(penalty), "--length-penalty is " + penalty + ", no finite number");
    if (beamRule == BeamRule.CLIPCAP) {
      require(
          lengthPenalty == null && earlyStopping == null,
          "--beam-rule clipcap has no --length-penalty and no --early-stopping");
      return new MeanBeam(width);
    }
    EarlyStopping stopping = (earlyStopping == null ? Early.FALSE : earlyStopping).stopping;
    return new Beam(width, penalty, stopping, LengthRule.NEW_TOKENS);
  }

  private Sample sample() {
    int count = topK == null ? 0 : topK;
    require(
        temperature >= 0 && temperature < Double.POSITIVE_INFINITY,
        "--temperature is " + temperature + ", from 0 on");
    require(topK == null || count >= 1, "--top-k is " + count + ", at least 1");
    return new Sample(
        temperature, count, share("--top-p", topP), share("--typical-p", typicalP), seed());
  }

  private long seed() {
    return seed == null ? 0 : seed;
  }

  private static double share(String option, @Nullable Double share) {
    double value = share == null ? 1 : share;
    require(value > 0 && value <= 1, option + " is " + value + ", above 0 and at most 1");
    return value;
  }

  private void only(Way needed, String option, @Nullable Object value) {
    require(value == null || way() == needed, option + " needs --decode " + needed);
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw CommandException.usage(message);
    }
  }

  /// Says that a temperature is of no use where the likeliest word is taken; the original takes it
  /// in silence.
  void noteTemperature(Terminal terminal, boolean quiet) {
    if (way() == Way.SAMPLE) {
      return;
    }
    if (!(temperature > 0)) {
      terminal.warning("temperature " + temperature + " is not above 0, set to 1");
    } else if (temperature != 1 && !quiet) {
      terminal.note("note: temperature has no effect, the likeliest word is always taken");
    }
  }
}
