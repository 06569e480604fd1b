package org.clipscribe.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.clipscribe.captioner.training.Subject;
import org.clipscribe.captioner.training.TrainedParts;
import org.clipscribe.captioner.training.TrainingPlan;
import org.clipscribe.captioner.training.TrainingPreset;
import org.clipscribe.captioner.training.TrainingSession;
import org.clipscribe.captioner.training.language.LanguageSubject;
import org.clipscribe.captioner.training.language.TextDocuments;
import org.clipscribe.captioner.training.language.TokenBlocks;
import org.clipscribe.captioner.training.language.TokenStream;
import org.clipscribe.convert.TrainableCheckpoint;
import org.clipscribe.tensor.spi.Backend;

/// Trains a GPT-2.
///
/// @param lines whether each line is a text of its own
/// @param block tokens that are read at once; as many as the model can
/// @param holdout the share of the text to judge by
record TextWork(
    Path model,
    Path data,
    boolean lines,
    Optional<Integer> block,
    double holdout,
    Optional<Path> tokenizer,
    boolean fresh,
    LearningOptions learning)
    implements TrainingWork {
  @Override
  public Opened open(Backend backend, Path run) {
    TrainableCheckpoint.Text text = TrainableCheckpoint.text(model, tokenizer);
    try {
      TokenStream stream = TokenStream.open(run, TextDocuments.at(data, lines), text.tokenizer());
      LanguageSubject subject =
          LanguageSubject.open(
              backend,
              new LanguageSubject.Setup(
                  text.config(),
                  text.tokenizer(),
                  text.checkpoint().weights(),
                  text.checkpoint().digest(),
                  new TokenBlocks(stream, block.orElse(text.config().positions()), holdout),
                  fresh ? OptionalLong.of(learning.seed()) : OptionalLong.empty()));
      return new Work(text, subject, fresh, learning);
    } catch (RuntimeException | Error e) {
      text.close();
      throw e;
    }
  }

  private record Work(
      TrainableCheckpoint.Text text, Subject subject, boolean fresh, LearningOptions learning)
      implements Opened {
    @Override
    public TrainingPlan plan(int samples) {
      return learning.plan(
          fresh ? TrainingPreset.FRESH_GPT2 : TrainingPreset.GPT2,
          TrainedParts.training(List.of("gpt2.*")),
          samples);
    }

    @Override
    public Written write(Path run, TrainingSession.Trained trained) {
      Path target = run.resolve("model");
      String description =
          text.checkpoint()
              .write(target, trained.weights(), trained.origin(), Clipscribe.version());
      return new Written(
          target, description, "clipscribe generate 'Once upon a time' --model " + target);
    }

    @Override
    public void close() {
      subject.close();
      text.close();
    }
  }
}
