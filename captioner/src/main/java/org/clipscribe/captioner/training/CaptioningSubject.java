package org.clipscribe.captioner.training;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.BundleConfig;
import org.clipscribe.captioner.ImageEmbedder;
import org.clipscribe.captioner.MappingNetwork;
import org.clipscribe.captioner.dataset.EmbeddingDataset;
import org.clipscribe.captioner.dataset.Split;
import org.clipscribe.gpt2.Gpt2Decoder;
import org.clipscribe.gpt2.Gpt2Tokenizer;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Initialisation;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.SeededTensors;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.nn.training.OverlaidTensors;
import org.clipscribe.tensor.spi.Backend;

/// A captioner to be trained on a data set of embeddings.
public final class CaptioningSubject implements Subject {
  /// What to train on what.
  ///
  /// @param bundle where training begins
  /// @param dataset what `clipscribe dataset build` wrote, by the vision tower of that bundle
  /// @param rule how the networks see a caption
  /// @param freshMapping the seed of a mapping network to begin with instead of the bundle's
  public record Setup(Bundle bundle, Path dataset, CaptionRule rule, OptionalLong freshMapping) {}

  private final Backend backend;
  private final Setup setup;
  private final EmbeddingDataset dataset;
  private final SafetensorsFile stored;
  private final NamedTensors weights;

  private CaptioningSubject(Backend backend, Setup setup) {
    this.backend = backend;
    this.setup = setup;
    this.dataset = EmbeddingDataset.open(setup.dataset);
    this.stored = SafetensorsFile.open(setup.bundle.directory().resolve(Bundle.WEIGHTS));
    this.weights =
        setup.freshMapping.isPresent()
            ? new OverlaidTensors(stored, freshMapping(setup.freshMapping.getAsLong()))
            : stored;
  }

  /// @throws BadInputException when the data set or the weights cannot be used
  public static CaptioningSubject open(Backend backend, Setup setup) {
    return new CaptioningSubject(backend, setup);
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

  @Override
  public int samples() {
    return dataset.samples(Split.TRAIN).size();
  }

  @Override
  public NamedTensors weights() {
    return weights;
  }

  /// Says so when the data set was embedded by another vision tower than the bundle's. Reads the
  /// tower's weights.
  @Override
  public Optional<String> notice() {
    return dataset.modelDigest().equals(ImageEmbedder.digest(setup.bundle))
        ? Optional.empty()
        : Optional.of(
            "the data set was embedded by another vision tower than that of %s, which will not"
                    .formatted(setup.bundle.directory())
                + " caption pictures as well as the numbers promise");
  }

  @Override
  public Task task(NamedTensors from, TrainingPlan plan) {
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
