package org.clipscribe.captioner.training.contrastive;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.clipscribe.captioner.dataset.CaptionedImage;
import org.clipscribe.captioner.dataset.EmbeddingDataset;
import org.clipscribe.captioner.dataset.Samples;
import org.clipscribe.captioner.dataset.ShuffledOrder;
import org.clipscribe.captioner.dataset.Split;
import org.clipscribe.captioner.training.Batch;
import org.clipscribe.captioner.training.Loss;
import org.clipscribe.captioner.training.Task;
import org.clipscribe.captioner.training.log.TrainingLog;
import org.clipscribe.clip.ClipConfig;
import org.clipscribe.clip.ClipModel;
import org.clipscribe.clip.ClipTokenizer;
import org.clipscribe.clip.ImagePreprocessor;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.Parameter;
import org.clipscribe.nn.Probe;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;
import org.jspecify.annotations.Nullable;

/// Teaches both towers of a CLIP which text belongs to which picture (Radford et al., 2021,
/// "Learning Transferable Visual Models From Natural Language Supervision").
///
/// A sample is an image with one of its captions, another one each epoch until all have had their
/// turn: so no image stands twice in a batch, where it would be told from itself. What a picture is
/// told from are the others of its batch; batches that are accumulated stay apart.
public final class ContrastiveTask implements Task {
  /// The paper's bound: logits are scaled by 100 at most.
  static final float LARGEST_LOGIT_SCALE = (float) Math.log(100);

  /// Pairs among which each picture looks for its text when an epoch is over.
  private static final int SEARCHED = 256;

  private static final int SHOWN = 8;

  /// What a task is made of.
  ///
  /// @param weights of the CLIP below `clip`, or what takes the place of some of them
  /// @param weightsDigest stands for the weights that training began with
  /// @param dataset of pictures; opened by the caller, who closes it after training
  /// @param seed of the order of samples and the choice of captions
  public record Setup(
      ClipConfig config,
      ImagePreprocessor preprocessor,
      ClipTokenizer tokenizer,
      NamedTensors weights,
      String weightsDigest,
      EmbeddingDataset dataset,
      long seed) {}

  private final Backend backend;
  private final Setup setup;
  private final ClipModel model;
  private final List<Parameter> parameters;
  private final Samples train;
  private final Samples validation;

  /// @throws BadInputException when weights do not fit the configuration, or there is nothing to
  ///     tell a picture from
  public ContrastiveTask(Backend backend, Setup setup) {
    this.backend = backend;
    this.setup = setup;
    Checkpoint.Loaded<ClipModel> loaded =
        Checkpoint.of(setup.weights, "CLIP (" + setup.config.vision() + ")")
            .strictBelow("clip")
            .loadNamed(
                backend, WeightFormat.F32, source -> ClipModel.of(source.at("clip"), setup.config));
    this.model = loaded.model();
    this.parameters = loaded.parameters();
    this.train = setup.dataset.samples(Split.TRAIN);
    this.validation = setup.dataset.samples(Split.VAL);
    if (train.images() == 1) {
      throw new BadInputException(
          setup.dataset.folder(), "has one picture to train on, which is told from no other");
    }
  }

  /// What is trained, as it is now.
  public ClipModel model() {
    return model;
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
    return train.images();
  }

  @Override
  public String unit() {
    return "pictures";
  }

  @Override
  public Batch batch(long epoch, int position, int count) {
    ShuffledOrder order = new ShuffledOrder(setup.seed, epoch, train.images());
    return new Pairs(
        IntStream.range(position, position + count)
            .mapToObj(i -> pair(train.imageRow(order.at(i)), epoch))
            .toList());
  }

  @Override
  public Stream<Batch> validation(int count) {
    int size = validation.images();
    return IntStream.iterate(0, from -> from < size, from -> from + count)
        .mapToObj(from -> new Pairs(pairs(validation, from, Math.min(size, from + count))));
  }

  /// Images in the order of the files, each with its first caption.
  private List<Pair> pairs(Samples samples, int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> pair(samples.imageRow(i), -1)).toList();
  }

  /// @param row of the data set
  private record Pair(int row, String id, String text) {}

  /// @param epoch whose caption it is; -1 for the first caption
  private Pair pair(int row, long epoch) {
    CaptionedImage image = setup.dataset.image(row);
    int captions = image.captions().size();
    int chosen =
        epoch < 0
            ? 0
            : new ShuffledOrder(setup.seed + row, epoch / captions, captions)
                .at((int) (epoch % captions));
    return new Pair(row, image.id(), image.captions().get(chosen));
  }

  private final class Pairs implements Batch {
    private final List<Pair> pairs;

    Pairs(List<Pair> pairs) {
      this.pairs = pairs;
    }

    /// One pair alone has nothing to be told from.
    @Override
    public int weight() {
      return pairs.size() < 2 ? 0 : pairs.size();
    }

    @Override
    public Loss loss(Dropout dropout) {
      ClipModel.ContrastiveLoss loss = model.loss(images(pairs), texts(pairs));
      return new Loss(
          loss.total(),
          List.of(
              Loss.Part.of("image-to-text", loss.imageToText()),
              Loss.Part.of("text-to-image", loss.textToImage())));
    }
  }

  private Tensor images(List<Pair> pairs) {
    int side = setup.config.vision().imageSize();
    Shape shape = Shape.of(pairs.size(), 3, side, side);
    float[] pixels = new float[shape.size()];
    for (int i = 0; i < pairs.size(); i++) {
      byte[] picture = setup.dataset.picture(pairs.get(i).row());
      setup.preprocessor.normalise(picture, pixels, i * picture.length);
    }
    return model.imageEmbeddings(Tensor.of(backend, shape, pixels), Probe.NONE);
  }

  private Tensor texts(List<Pair> pairs) {
    List<String> texts = pairs.stream().map(Pair::text).toList();
    // Padding is computed and thrown away, so a batch is as long as its longest text.
    int longest =
        texts.stream().mapToInt(text -> setup.tokenizer.encode(text).length).max().orElse(2);
    int length = Math.min(longest, setup.config.text().positions());
    return model.textEmbeddings(backend, setup.tokenizer.encodeBatch(texts, length), Probe.NONE);
  }

  /// As in the paper the temperature is learned, and bounded, without which training is unstable.
  @Override
  public void updated() {
    Tensor scale = model.logitScale();
    float[] value = scale.toArray();
    if (value[0] > LARGEST_LOGIT_SCALE) {
      value[0] = LARGEST_LOGIT_SCALE;
      backend.upload(value, 0, scale.storage(), scale.offset(), 1);
    }
  }

  /// How often a picture finds its text among those of other pictures and a text its picture, and
  /// what the first few pictures found.
  @Override
  public void show(TrainingLog log, long step) {
    Samples from = validation.images() > 1 ? validation : train;
    List<Pair> pairs = pairs(from, 0, Math.min(SEARCHED, from.images()));
    Ranking ranking = Ranking.of(rows(pairs, this::images), rows(pairs, this::texts));
    String split = from.split() == Split.VAL ? "validation/" : "train/";
    log.scalar(step, split + "image-to-text-accuracy", ranking.imageAccuracy());
    log.scalar(step, split + "text-to-image-accuracy", ranking.textAccuracy());
    log.scalar(step, "train/logit-scale", Math.exp(model.logitScale().toArray()[0]));
    for (int i = 0; i < Math.min(SHOWN, pairs.size()); i++) {
      log.text(step, "samples/" + pairs.get(i).id(), pairs.get(ranking.textOf(i)).text());
    }
  }

  /// Embeddings of many pairs, some at a time.
  private static float[][] rows(List<Pair> pairs, Function<List<Pair>, Tensor> tower) {
    int together = 32; // as large as a usual batch, so that no more memory is taken than training
    float[][] rows = new float[pairs.size()][];
    for (int from = 0; from < rows.length; from += together) {
      Tensor some = tower.apply(pairs.subList(from, Math.min(rows.length, from + together)));
      for (int i = 0; i < some.shape().extent(0); i++) {
        rows[from + i] = some.leading(i, i + 1).toArray();
      }
    }
    return rows;
  }

  @Override
  public Map<String, @Nullable Object> identity() {
    Map<String, @Nullable Object> identity = new LinkedHashMap<>();
    identity.put("task", "clip");
    identity.put("model", setup.weightsDigest);
    identity.put("dataset", setup.dataset.digest());
    return identity;
  }
}
