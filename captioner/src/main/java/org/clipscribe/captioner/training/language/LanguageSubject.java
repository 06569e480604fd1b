package org.clipscribe.captioner.training.language;

import java.util.OptionalLong;
import org.clipscribe.captioner.training.Subject;
import org.clipscribe.captioner.training.Task;
import org.clipscribe.captioner.training.TrainingPlan;
import org.clipscribe.gpt2.Gpt2;
import org.clipscribe.gpt2.Gpt2Config;
import org.clipscribe.gpt2.Gpt2Tokenizer;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Initialisation;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.SeededTensors;
import org.clipscribe.nn.training.OverlaidTensors;
import org.clipscribe.tensor.spi.Backend;

/// A GPT-2 to be trained on texts.
public final class LanguageSubject implements Subject {
  /// What to train on what.
  ///
  /// @param weights below `gpt2`; closed by the caller after training
  /// @param weightsDigest stands for them
  /// @param blocks closed with the subject
  /// @param fresh the seed of weights to begin with instead of those
  public record Setup(
      Gpt2Config config,
      Gpt2Tokenizer tokenizer,
      NamedTensors weights,
      String weightsDigest,
      TokenBlocks blocks,
      OptionalLong fresh) {
    /// As GPT-2 starts: what is added to the residual stream is smaller the more of it there is.
    private NamedTensors fresh(Backend backend, long seed) {
      float added = (float) (0.02 / Math.sqrt(2 * config.layers()));
      return SeededTensors.of(
          backend,
          seed,
          Initialisation.normal(0.02f)
              .with(name -> name.endsWith(".c_proj.weight"), new Initialisation.Normal(0, added)),
          _ -> false,
          source -> Gpt2.of(source.at("gpt2"), config));
    }
  }

  private final Backend backend;
  private final Setup setup;
  private final NamedTensors weights;

  private LanguageSubject(Backend backend, Setup setup) {
    this.backend = backend;
    this.setup = setup;
    this.weights =
        setup.fresh.isPresent()
            ? new OverlaidTensors(setup.weights, setup.fresh(backend, setup.fresh.getAsLong()))
            : setup.weights;
  }

  /// @throws BadInputException when the tokenizer or the length of blocks does not fit the model
  public static LanguageSubject open(Backend backend, Setup setup) {
    int tokens = setup.tokenizer.vocabularySize();
    if (tokens != setup.config.vocabulary()) {
      throw new BadInputException(
          "tokenizer",
          "has %d tokens, but the model is for %d".formatted(tokens, setup.config.vocabulary()));
    }
    if (setup.blocks.length() > setup.config.positions()) {
      throw new BadInputException(
          "block of %d tokens".formatted(setup.blocks.length()),
          "is too long: the model reads %d at once".formatted(setup.config.positions()));
    }
    return new LanguageSubject(backend, setup);
  }

  @Override
  public int samples() {
    return setup.blocks.training();
  }

  @Override
  public NamedTensors weights() {
    return weights;
  }

  @Override
  public Task task(NamedTensors from, TrainingPlan plan) {
    return new LanguageTask(
        backend,
        new LanguageTask.Setup(
            setup.config,
            setup.tokenizer,
            from,
            setup.fresh.isPresent()
                ? "new weights of seed " + setup.fresh.getAsLong()
                : setup.weightsDigest,
            setup.blocks,
            plan.seed()));
  }

  @Override
  public void close() {
    setup.blocks.stream().close();
  }
}
