package org.clipscribe.captioner.training.contrastive;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.clipscribe.captioner.dataset.Content;
import org.clipscribe.captioner.dataset.EmbeddingDataset;
import org.clipscribe.captioner.dataset.PictureCrops;
import org.clipscribe.captioner.dataset.Split;
import org.clipscribe.captioner.training.Subject;
import org.clipscribe.captioner.training.Task;
import org.clipscribe.captioner.training.TrainingPlan;
import org.clipscribe.clip.ClipConfig;
import org.clipscribe.clip.ClipInitialisation;
import org.clipscribe.clip.ClipModel;
import org.clipscribe.clip.ClipTokenizer;
import org.clipscribe.clip.ImagePreprocessor;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.SeededTensors;
import org.clipscribe.nn.training.OverlaidTensors;
import org.clipscribe.tensor.spi.Backend;

/// A CLIP to be trained on a data set of pictures.
public final class ContrastiveSubject implements Subject {
  /// What to train on what.
  ///
  /// @param weights below `clip`; closed by the caller after training
  /// @param weightsDigest stands for them
  /// @param dataset what `clipscribe dataset build --pictures` wrote
  /// @param fresh the seed of weights to begin with instead of those
  public record Setup(
      ClipConfig config,
      ImagePreprocessor preprocessor,
      ClipTokenizer tokenizer,
      NamedTensors weights,
      String weightsDigest,
      Path dataset,
      OptionalLong fresh) {
    private NamedTensors fresh(Backend backend, long seed) {
      return SeededTensors.of(
          backend,
          seed,
          new ClipInitialisation(config),
          _ -> false,
          source -> ClipModel.of(source.at("clip"), config));
    }
  }

  private final Backend backend;
  private final Setup setup;
  private final EmbeddingDataset dataset;
  private final NamedTensors weights;

  private ContrastiveSubject(Backend backend, Setup setup, EmbeddingDataset dataset) {
    this.backend = backend;
    this.setup = setup;
    this.dataset = dataset;
    this.weights =
        setup.fresh.isPresent()
            ? new OverlaidTensors(setup.weights, setup.fresh(backend, setup.fresh.getAsLong()))
            : setup.weights;
  }

  /// @throws BadInputException when the data set cannot be used, or not by this model
  public static ContrastiveSubject open(Backend backend, Setup setup) {
    EmbeddingDataset dataset = EmbeddingDataset.open(setup.dataset);
    try {
      dataset.require(Content.PICTURES);
      int side = setup.config.vision().imageSize();
      if (dataset.width() != 3 * side * side) {
        throw new BadInputException(
            setup.dataset,
            "has pictures of %d bytes, but the model looks at %d x %d pixels; build it for this one"
                .formatted(dataset.width(), side, side));
      }
      int tokens = setup.tokenizer.vocabularySize();
      int expected = setup.config.text().vocabulary();
      if (tokens != expected) {
        throw new BadInputException(
            "CLIP's tokenizer",
            "has %d tokens, but the model is for %d".formatted(tokens, expected));
      }
      return new ContrastiveSubject(backend, setup, dataset);
    } catch (RuntimeException | Error e) {
      dataset.close();
      throw e;
    }
  }

  @Override
  public int samples() {
    return dataset.samples(Split.TRAIN).images();
  }

  @Override
  public NamedTensors weights() {
    return weights;
  }

  @Override
  public Optional<String> notice() {
    return dataset.modelDigest().equals(PictureCrops.digest(setup.preprocessor.config()))
        ? Optional.empty()
        : Optional.of(
            "the data set's pictures were cut out in another way than this model cuts them out");
  }

  @Override
  public Task task(NamedTensors from, TrainingPlan plan) {
    return new ContrastiveTask(
        backend,
        new ContrastiveTask.Setup(
            setup.config,
            setup.preprocessor,
            setup.tokenizer,
            from,
            setup.fresh.isPresent()
                ? "new weights of seed " + setup.fresh.getAsLong()
                : setup.weightsDigest,
            dataset,
            plan.seed()));
  }

  @Override
  public void close() {
    dataset.close();
  }
}
