package org.clipscribe.captioner.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.clipscribe.captioner.BundleConfig;
import org.clipscribe.captioner.Caption;
import org.clipscribe.captioner.EmbeddingCaptioner;
import org.clipscribe.captioner.MappingConfig;
import org.clipscribe.captioner.MappingNetwork;
import org.clipscribe.captioner.dataset.CaptionedImage;
import org.clipscribe.captioner.dataset.Content;
import org.clipscribe.captioner.dataset.EmbeddingDataset;
import org.clipscribe.captioner.dataset.Samples;
import org.clipscribe.captioner.dataset.ShuffledOrder;
import org.clipscribe.captioner.dataset.Split;
import org.clipscribe.captioner.training.log.TrainingLog;
import org.clipscribe.gpt2.Gpt2;
import org.clipscribe.gpt2.Gpt2Decoder;
import org.clipscribe.gpt2.Gpt2Tokenizer;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.Parameter;
import org.clipscribe.nn.ParameterSource;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;
import org.jspecify.annotations.Nullable;

/// Learns to caption the images of a data set of embeddings: trains the mapping network and the
/// decoder, or parts of them. The vision tower has done its work when the data set was built.
public final class CaptioningTask implements Task {
  /// Images that are captioned after each epoch for a person to look at.
  private static final int SHOWN = 8;

  /// What is trained.
  ///
  /// @param mapping below `mapping` in files
  /// @param gpt2 below `gpt2`
  public record Networks(MappingNetwork mapping, Gpt2 gpt2) {
    /// @throws BadInputException when there is no mapping network
    public static Networks of(ParameterSource source, BundleConfig config) {
      return new Networks(
          MappingNetwork.of(source.at("mapping"), trainable(config)),
          Gpt2.of(source.at("gpt2"), config.gpt2()));
    }
  }

  /// The mapping network of a captioner that can be trained here.
  ///
  /// @throws BadInputException when there is none
  static MappingConfig trainable(BundleConfig config) {
    return config
        .mapping()
        .orElseThrow(
            () ->
                new BadInputException(
                    config.architecture().label(),
                    "cannot be trained here: it has no mapping network; begin with a captioner of"
                        + " clip-gpt-captioning or ClipCap"));
  }

  /// What a task is made of.
  ///
  /// @param config of the bundle
  /// @param weights of the bundle, or what takes the place of some of them
  /// @param weightsDigest stands for the weights that training began with
  /// @param dataset opened by the caller, who closes it after training
  /// @param rule in which order the decoder sees things
  /// @param seed of the order of samples
  public record Setup(
      BundleConfig config,
      NamedTensors weights,
      String weightsDigest,
      EmbeddingDataset dataset,
      Gpt2Tokenizer tokenizer,
      Gpt2Decoder decoder,
      CaptionRule rule,
      long seed) {}

  private final Backend backend;
  private final Setup setup;
  private final Networks networks;
  private final List<Parameter> parameters;
  private final CaptionLoss loss;
  private final Samples train;
  private final Samples validation;

  /// @throws BadInputException when weights do not fit the configuration, or the data set was made
  ///     by another CLIP
  public CaptioningTask(Backend backend, Setup setup) {
    BundleConfig config = setup.config;
    EmbeddingDataset dataset = setup.dataset;
    dataset.require(Content.EMBEDDINGS);
    int width = trainable(config).inputs();
    if (!setup.rule.fits(config.architecture())) {
      throw new BadInputException(
          "rule " + setup.rule.label(),
          "is not one for "
              + config.architecture().label()
              + "; use "
              + CaptionRule.usual(config.architecture()).label());
    }
    if (dataset.width() != width) {
      throw new BadInputException(
          dataset.folder(),
          "has embeddings of %d numbers, but the model's mapping network takes %d"
              .formatted(dataset.width(), width));
    }
    this.backend = backend;
    this.setup = setup;
    Checkpoint.Loaded<Networks> loaded =
        Checkpoint.of(setup.weights, "captioner")
            .strictBelow("mapping", "gpt2")
            .loadNamed(backend, WeightFormat.F32, source -> Networks.of(source, config));
    this.networks = loaded.model();
    this.parameters = loaded.parameters();
    this.loss =
        new CaptionLoss(networks.mapping, networks.gpt2, setup.rule, setup.tokenizer.endOfText());
    this.train = dataset.samples(Split.TRAIN);
    this.validation = dataset.samples(Split.VAL);
  }

  /// What is trained, as it is now.
  public Networks networks() {
    return networks;
  }

  @Override
  public Backend backend() {
    return backend;
  }

  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  @Override
  public int samples() {
    return train.size();
  }

  @Override
  public String unit() {
    return "captions";
  }

  @Override
  public Batch batch(long epoch, int position, int count) {
    ShuffledOrder order = new ShuffledOrder(setup.seed, epoch, train.size());
    return batch(train, IntStream.range(position, position + count).map(order::at).toArray());
  }

  @Override
  public Stream<Batch> validation(int count) {
    int size = validation.size();
    return IntStream.iterate(0, from -> from < size, from -> from + count)
        .mapToObj(
            from ->
                batch(validation, IntStream.range(from, Math.min(size, from + count)).toArray()));
  }

  /// Captions without a token are left out.
  private Batch batch(Samples samples, int[] numbers) {
    int width = setup.dataset.width();
    List<int[]> captions = new ArrayList<>();
    float[] embeddings = new float[numbers.length * width];
    for (int number : numbers) {
      int[] tokens = setup.tokenizer.encode(samples.sample(number).caption().strip());
      if (tokens.length > 0) {
        setup.dataset.embedding(samples.row(number), embeddings, captions.size() * width);
        captions.add(
            setup.rule.learned(tokens, setup.tokenizer.endOfText(), setup.config.maxLength()));
      }
    }
    int[][] learned = captions.toArray(int[][]::new);
    float[] used = Arrays.copyOf(embeddings, learned.length * width);
    return new CaptionBatch(used, learned);
  }

  /// Embeddings `[B, C]`, and a caption for each.
  private final class CaptionBatch implements Batch {
    private final float[] embeddings;
    private final int[][] captions;

    CaptionBatch(float[] embeddings, int[][] captions) {
      this.embeddings = embeddings;
      this.captions = captions;
    }

    @Override
    public int weight() {
      return loss.targets(captions);
    }

    @Override
    public Loss loss(Dropout dropout) {
      Shape shape = Shape.of(captions.length, setup.dataset.width());
      return Loss.of(loss.of(Tensor.of(backend, shape, embeddings), captions, dropout));
    }
  }

  @Override
  public void show(TrainingLog log, long step) {
    Samples shown = validation.images() > 0 ? validation : train;
    int count = Math.min(SHOWN, shown.images());
    int width = setup.dataset.width();
    float[] embeddings = new float[count * width];
    for (int i = 0; i < count; i++) {
      setup.dataset.embedding(shown.imageRow(i), embeddings, i * width);
    }
    EmbeddingCaptioner captioner =
        new EmbeddingCaptioner(
            backend,
            networks.mapping,
            networks.gpt2,
            setup.config.form().with(setup.rule.positionRule()),
            setup.decoder);
    List<Caption> captions = captioner.captions(embeddings, width);
    for (int i = 0; i < count; i++) {
      CaptionedImage image = setup.dataset.image(shown.imageRow(i));
      log.text(step, "samples/" + image.id(), captions.get(i).text());
    }
  }

  @Override
  public Map<String, @Nullable Object> identity() {
    Map<String, @Nullable Object> identity = new LinkedHashMap<>();
    identity.put("task", "captioning");
    identity.put("rule", setup.rule.label());
    identity.put("model", setup.weightsDigest);
    identity.put("dataset", setup.dataset.digest());
    return identity;
  }
}
