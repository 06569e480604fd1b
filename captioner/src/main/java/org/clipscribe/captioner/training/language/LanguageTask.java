package org.clipscribe.captioner.training.language;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.clipscribe.captioner.dataset.ShuffledOrder;
import org.clipscribe.captioner.training.Batch;
import org.clipscribe.captioner.training.Loss;
import org.clipscribe.captioner.training.Task;
import org.clipscribe.captioner.training.log.TrainingLog;
import org.clipscribe.gpt2.GeneratedText;
import org.clipscribe.gpt2.Gpt2;
import org.clipscribe.gpt2.Gpt2Config;
import org.clipscribe.gpt2.Gpt2Tokenizer;
import org.clipscribe.gpt2.Pass;
import org.clipscribe.gpt2.TextGenerator;
import org.clipscribe.gpt2.TextModel;
import org.clipscribe.gpt2.decoding.Decoding;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.Parameter;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;
import org.jspecify.annotations.Nullable;

/// Teaches GPT-2 to predict each token of a text from those before it (Radford et al., 2019).
///
/// A sample is a block of the stream of tokens; blocks touch, so every token is a target once an
/// epoch. Documents follow each other within a block with an end token between them, as GPT-2's
/// did.
public final class LanguageTask implements Task {
  /// Texts that are continued when an epoch is over, from so many of their first tokens.
  private static final int SHOWN = 3;

  private static final int PROMPT = 8;
  private static final int CONTINUED = 40;

  /// What a task is made of.
  ///
  /// @param weights of the model below `gpt2`, or what takes the place of some of them
  /// @param weightsDigest stands for the weights that training began with
  /// @param blocks opened by the caller, who closes them after training
  /// @param seed of the order of blocks
  public record Setup(
      Gpt2Config config,
      Gpt2Tokenizer tokenizer,
      NamedTensors weights,
      String weightsDigest,
      TokenBlocks blocks,
      long seed) {}

  private final Backend backend;
  private final Setup setup;
  private final Gpt2 model;
  private final List<Parameter> parameters;

  /// @throws org.clipscribe.nn.BadInputException when weights do not fit the configuration
  public LanguageTask(Backend backend, Setup setup) {
    this.backend = backend;
    this.setup = setup;
    Checkpoint.Loaded<Gpt2> loaded =
        Checkpoint.of(setup.weights, setup.config.toString())
            .strictBelow("gpt2")
            .loadNamed(
                backend, WeightFormat.F32, source -> Gpt2.of(source.at("gpt2"), setup.config));
    this.model = loaded.model();
    this.parameters = loaded.parameters();
  }

  /// What is trained, as it is now.
  public Gpt2 model() {
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
    return setup.blocks.training();
  }

  @Override
  public String unit() {
    return "blocks";
  }

  @Override
  public Batch batch(long epoch, int position, int count) {
    ShuffledOrder order = new ShuffledOrder(setup.seed, epoch, samples());
    return new Blocks(IntStream.range(position, position + count).map(order::at).toArray());
  }

  @Override
  public Stream<Batch> validation(int count) {
    int first = setup.blocks.training();
    int end = setup.blocks.count();
    return IntStream.iterate(first, from -> from < end, from -> from + count)
        .mapToObj(from -> new Blocks(IntStream.range(from, Math.min(end, from + count)).toArray()));
  }

  private final class Blocks implements Batch {
    private final int[][] blocks;

    /// @param numbers of the blocks
    Blocks(int[] numbers) {
      this.blocks = Arrays.stream(numbers).mapToObj(setup.blocks::block).toArray(int[][]::new);
    }

    /// Each token but the first of a block is predicted.
    @Override
    public int weight() {
      return Arrays.stream(blocks).mapToInt(block -> block.length - 1).sum();
    }

    @Override
    public Loss loss(Dropout dropout) {
      int longest = Arrays.stream(blocks).mapToInt(block -> block.length - 1).max().orElse(0);
      int[] tokens = new int[blocks.length * longest];
      int[] targets = new int[tokens.length];
      Arrays.fill(tokens, setup.tokenizer.endOfText());
      Arrays.fill(targets, Tensor.IGNORED);
      for (int i = 0; i < blocks.length; i++) {
        int learned = blocks[i].length - 1;
        System.arraycopy(blocks[i], 0, tokens, i * longest, learned);
        System.arraycopy(blocks[i], 1, targets, i * longest, learned);
      }
      Tensor embedded =
          model
              .embed(backend, tokens)
              .reshape(blocks.length, longest, -1)
              .plus(model.positions(backend, 0, longest));
      // What pads the last block stands behind it, where no other token sees it.
      Tensor hidden = model.forward(embedded, Pass.training(null, dropout.at("gpt2")));
      return Loss.of(model.loss(hidden, targets));
    }
  }

  /// Goes on with the beginnings of a few blocks.
  @Override
  public void show(TrainingLog log, long step) {
    boolean held = setup.blocks.count() > setup.blocks.training();
    int first = held ? setup.blocks.training() : 0;
    int end = held ? setup.blocks.count() : setup.blocks.training();
    TextModel text = new TextModel(new TextGenerator(model, backend), setup.tokenizer);
    for (int i = first; i < Math.min(end, first + SHOWN); i++) {
      int[] block = setup.blocks.block(i);
      int known = Math.min(PROMPT, Math.max(1, block.length / 2));
      String prompt = setup.tokenizer.decode(Arrays.copyOf(block, known));
      GeneratedText found = text.generate(prompt, Decoding.greedy(CONTINUED), List.of()).getFirst();
      log.text(step, "samples/block " + (i + 1), prompt + " | " + found.text());
    }
  }

  @Override
  public Map<String, @Nullable Object> identity() {
    Map<String, @Nullable Object> identity = new LinkedHashMap<>();
    identity.put("task", "gpt2");
    identity.put("model", setup.weightsDigest);
    identity.put("text", setup.blocks.stream().digest());
    identity.put("block", setup.blocks.length());
    identity.put("holdout", setup.blocks.holdout());
    return identity;
  }
}
