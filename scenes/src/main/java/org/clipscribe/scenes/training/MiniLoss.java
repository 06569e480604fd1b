package org.clipscribe.scenes.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.clipscribe.captioner.training.Loss;
import org.clipscribe.clip.ClipModel;
import org.clipscribe.clip.ClipTokenizer;
import org.clipscribe.clip.TextBatch;
import org.clipscribe.gpt2.Gpt2Tokenizer;
import org.clipscribe.gpt2.Pass;
import org.clipscribe.nn.Probe;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;

/// What the miniature is trained by.
///
/// *Naming*: each patch names what it shows, and the image embedding the facts of the scene; labels
/// are free, since scenes are composed. *Contrastive*: CLIP's symmetric loss of pictures and
/// queries. *Captioning*: the decoder predicts each token of the caption from the prefix and the
/// tokens before it, all the way back through the mapping network into the vision tower, as in CoCa
/// (Yu et al., 2022, "CoCa: Contrastive Captioners are Image-Text Foundation Models").
///
/// @param decoderTokenizer for captions
/// @param textTokenizer for queries
record MiniLoss(
    Backend backend,
    MiniConfig config,
    MiniModel model,
    SceneFactTargets targets,
    Gpt2Tokenizer decoderTokenizer,
    ClipTokenizer textTokenizer) {

  /// How much each part counts. Captioning counts most, as in CoCa; naming stays on, so that the
  /// tower does not forget patches while it learns words.
  private static final float NAMING = 0.4f;

  /// Telling objects apart takes less than telling what they are.
  private static final float PLACING = 0.2f;

  private static final float CONTRASTIVE = 0.5f;

  /// A caption names two concepts or three among its nine tokens, and these are what it is about.
  private static final float FACTS = 0.5f;

  /// Has no factor in common with the 8 patches of a row, so that all columns come up.
  private static final int BACKGROUND_EVERY = 5;

  /// Naming alone.
  Loss naming(SceneBatch batch) {
    return see(batch).named(1, 2 * PLACING, FACTS);
  }

  /// All together.
  Loss joint(SceneBatch batch) {
    Seen seen = see(batch);
    Tensor contrastive = contrastive(seen.pooled, batch.queries());
    Tensor captions = captioning(seen.pooled, batch.captions());
    Loss named = seen.named(NAMING, PLACING, FACTS);
    Tensor total = captions.plus(contrastive.times(CONTRASTIVE)).plus(named.total());
    List<Loss.Part> parts = new ArrayList<>(named.parts());
    parts.add(Loss.Part.of("caption", captions));
    parts.add(Loss.Part.of("contrastive", contrastive));
    return new Loss(total, parts);
  }

  /// What the vision tower makes of a batch, with the losses that only it decides.
  ///
  /// @param pooled `[B, C]`
  /// @param patches how badly patches say what they show
  /// @param places how badly patches say which object they belong to
  /// @param facts how badly the pooled vector says what is true: four losses, summed
  private record Seen(Tensor pooled, Tensor patches, Tensor places, Tensor facts) {
    Loss named(float patchWeight, float placeWeight, float factWeight) {
      Tensor total =
          patches.times(patchWeight).plus(places.times(placeWeight)).plus(facts.times(factWeight));
      return new Loss(
          total,
          List.of(
              Loss.Part.of("patch-naming", patches),
              Loss.Part.of("patch-placing", places),
              Loss.Part.of("scene-naming", facts)));
    }
  }

  private Seen see(SceneBatch batch) {
    int side = config.bundle().vision().imageSize();
    Tensor pixels = Tensor.of(backend, Shape.of(batch.size(), 3, side, side), batch.pixels());
    Tensor[] named = new Tensor[1];
    Probe probe =
        Probe.only("encoder.hidden." + config.namingLayers(), hidden -> named[0] = hidden);
    Tensor pooled = model.clip().vision().forward(pixels, probe).poolerOutput();
    Tensor patches = model.patches(named[0]);
    return new Seen(
        pooled,
        model.patchHead().forward(patches).crossEntropy(thinned(batch, batch.patches())),
        model.placeHead().forward(patches).crossEntropy(thinned(batch, batch.places())),
        targets.loss(model.sceneHead().forward(pooled), batch.facts()));
  }

  /// Leaves out four of five patches of background: there are many, they are soon learnt, and they
  /// would drown out the concepts.
  private int[] thinned(SceneBatch batch, int[] labels) {
    int[] kept = labels.clone();
    for (int i = 0; i < kept.length; i++) {
      if (batch.places()[i] == 0 && i % BACKGROUND_EVERY != 0) {
        kept[i] = Tensor.IGNORED;
      }
    }
    return kept;
  }

  private Tensor contrastive(Tensor embeddings, List<String> queries) {
    TextBatch texts = textTokenizer.encodeBatch(queries, longest(queries));
    Tensor images = ClipModel.unitLength(model.clip().visualProjection().forward(embeddings));
    Tensor words = model.clip().textEmbeddings(backend, texts, Probe.NONE);
    Tensor logits = model.clip().logits(images, words);
    int[] diagonal = new int[queries.size()];
    Arrays.setAll(diagonal, i -> i);
    return logits
        .crossEntropy(diagonal)
        .plus(logits.permute(1, 0).crossEntropy(diagonal))
        .times(0.5f);
  }

  /// Padding is computed and thrown away, so the batch is as long as its longest text.
  private int longest(List<String> queries) {
    int longest =
        queries.stream().mapToInt(query -> textTokenizer.encode(query).length).max().orElse(2);
    return Math.min(longest, config.clip().text().positions());
  }

  private Tensor captioning(Tensor embeddings, List<String> captions) {
    int batch = captions.size();
    int[][] tokens = new int[batch][];
    int longest = 0;
    for (int b = 0; b < batch; b++) {
      tokens[b] = decoderTokenizer.encode(captions.get(b));
      longest = Math.max(longest, tokens[b].length);
    }
    int end = decoderTokenizer.endOfText();
    int prefixRows = config.bundle().rowsBeforeCaption() - 1; // less the begin token
    int rows = 1 + prefixRows + longest;
    int[] inputs = new int[batch * longest];
    int[] wanted = new int[batch * rows];
    Arrays.fill(inputs, end);
    Arrays.fill(wanted, Tensor.IGNORED);
    for (int b = 0; b < batch; b++) {
      // The row of each token predicts the next one, and the last row of the prefix the first.
      int first = b * rows + prefixRows;
      System.arraycopy(tokens[b], 0, inputs, b * longest, tokens[b].length);
      System.arraycopy(tokens[b], 0, wanted, first, tokens[b].length);
      wanted[first + tokens[b].length] = end;
    }
    int width = config.bundle().gpt2().width();
    int[] begin = new int[batch];
    Arrays.fill(begin, end);
    Tensor x =
        Tensor.concatenate(
                1,
                model.gpt2().embed(backend, begin).reshape(batch, 1, width),
                model.mapping().forward(embeddings, Probe.NONE),
                model.gpt2().embed(backend, inputs).reshape(batch, longest, width))
            .plus(model.gpt2().positions(backend, 0, rows));
    return model
        .gpt2()
        .forward(x, Pass.PLAIN)
        .linearCrossEntropy(model.gpt2().wte().table(), wanted);
  }
}
