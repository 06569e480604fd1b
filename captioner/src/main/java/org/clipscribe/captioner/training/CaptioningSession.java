package org.clipscribe.captioner.training;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.BundleConfig;
import org.clipscribe.captioner.ImageEmbedder;
import org.clipscribe.captioner.MappingNetwork;
import org.clipscribe.captioner.dataset.EmbeddingDataset;
import org.clipscribe.captioner.dataset.Split;
import org.clipscribe.captioner.training.log.TrainingLog;
import org.clipscribe.gpt2.Gpt2Decoder;
import org.clipscribe.gpt2.Gpt2Tokenizer;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Initialisation;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.SeededTensors;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.nn.training.OverlaidTensors;
import org.clipscribe.nn.training.TrainingCheckpoint;
import org.clipscribe.tensor.spi.Backend;

/// A captioner's training from opening the files to the weights that come out.
///
/// ```java
/// try (var session = CaptioningSession.open(backend, setup)) {
///   Trainer.Outcome outcome = session.train(plan, log, listener, stop);
///   session.withWeights(weights -> write(weights));
/// }
/// ```
public final class CaptioningSession implements AutoCloseable {
  /// What to train on what.
  ///
  /// @param bundle where training begins
  /// @param dataset what `clipscribe dataset build` wrote, by the vision tower of that bundle
  /// @param folder where checkpoints are
  /// @param rule how the networks see a caption
  /// @param freshMapping the seed of a mapping network to begin with instead of the bundle's
  /// @param resume whether to go on from the checkpoint in the folder; else there must be none
  public record Setup(
      Bundle bundle,
      Path dataset,
      RunFolder folder,
      CaptionRule rule,
      OptionalLong freshMapping,
      boolean resume) {}

  private final Backend backend;
  private final Setup setup;
  private final EmbeddingDataset dataset;
  private final SafetensorsFile stored;
  private final NamedTensors weights;

  private CaptioningSession(Backend backend, Setup setup) {
    this.backend = backend;
    this.setup = setup;
    this.dataset = EmbeddingDataset.open(setup.dataset);
    this.stored = SafetensorsFile.open(setup.bundle.directory().resolve(Bundle.WEIGHTS));
    this.weights =
        setup.freshMapping.isPresent()
            ? new OverlaidTensors(stored, freshMapping(setup.freshMapping.getAsLong()))
            : stored;
  }

  /// @throws BadInputException when the data set or the weights cannot be used, or when the folder
  ///     holds a run that is not to be resumed
  public static CaptioningSession open(Backend backend, Setup setup) {
    if (!setup.resume && setup.folder.last().toFile().exists()) {
      throw new BadInputException(
          setup.folder.last(), "is there already; go on with --resume, or name another folder");
    }
    return new CaptioningSession(backend, setup);
  }

  private NamedTensors freshMapping(long seed) {
    BundleConfig config = setup.bundle.config();
    return SeededTensors.of(
        backend,
        seed,
        Initialisation.ofMappingNetwork(),
        _ -> false,
        source -> MappingNetwork.of(source.at("mapping"), CaptioningTask.trainable(config)));
  }

  /// Captions to train on.
  public int samples() {
    return dataset.samples(Split.TRAIN).size();
  }

  /// A line for a person when the data set was embedded by another vision tower than the bundle's.
  /// Reads the tower's weights.
  public Optional<String> notice() {
    return dataset.modelDigest().equals(ImageEmbedder.digest(setup.bundle))
        ? Optional.empty()
        : Optional.of(
            "the data set was embedded by another vision tower than that of %s, which will not"
                    .formatted(setup.bundle.directory())
                + " caption pictures as well as the numbers promise");
  }

  /// Trains, from the beginning or from the checkpoint.
  ///
  /// @throws BadInputException when the checkpoint is damaged or of another run, when there is
  ///     nothing to learn from, or when a loss is no longer a number
  public Trainer.Outcome train(
      TrainingPlan plan, TrainingLog log, TrainingListener listener, StopSignal stop) {
    Optional<TrainingCheckpoint> found = setup.resume ? setup.folder.resume() : Optional.empty();
    Trainer trainer;
    try (TrainingCheckpoint checkpoint = found.orElse(null)) {
      trainer =
          checkpoint == null
              ? Trainer.begin(task(weights, plan), plan, setup.folder, log, listener)
              : Trainer.resume(
                  checkpoint,
                  task(new OverlaidTensors(weights, checkpoint.model()), plan),
                  plan,
                  setup.folder,
                  log,
                  listener);
    }
    return trainer.run(stop);
  }

  private Task task(NamedTensors from, TrainingPlan plan) {
    Bundle bundle = setup.bundle;
    Path vocabulary = bundle.directory().resolve(Bundle.VOCABULARY);
    Path merges = bundle.directory().resolve(Bundle.MERGES);
    String digest = bundle.info().digest();
    return new CaptioningTask(
        backend,
        new CaptioningTask.Setup(
            bundle.config(),
            from,
            setup.freshMapping.isPresent()
                ? digest + " with mapping of seed " + setup.freshMapping.getAsLong()
                : digest,
            dataset,
            Gpt2Tokenizer.open(vocabulary, merges),
            Gpt2Decoder.open(vocabulary),
            setup.rule,
            plan.seed()));
  }

  /// All weights of the bundle that comes out: those of the best epoch where something was
  /// trained, as they were elsewhere. To be read while this is open.
  ///
  /// @return to be closed
  public Trained trained() {
    return new Trained(weights, TrainingCheckpoint.open(setup.folder.best()));
  }

  /// @param base what training began with
  /// @param best the checkpoint of the best epoch
  public record Trained(NamedTensors base, TrainingCheckpoint best) implements AutoCloseable {
    public NamedTensors weights() {
      return new OverlaidTensors(base, best.model());
    }

    /// For the manifest of a bundle: what training was asked to do, and how far it got.
    public Map<String, Object> origin() {
      return Map.of(
          "kind", "trained by clipscribe",
          "configuration", best.configuration().toMap(),
          "progress", best.progress().toMap());
    }

    @Override
    public void close() {
      best.close();
    }
  }

  /// The configuration of the bundle that comes out.
  public BundleConfig config() {
    return setup.bundle.config().withPositionRule(setup.rule.positionRule());
  }

  @Override
  public void close() {
    stored.close();
    dataset.close();
  }
}
