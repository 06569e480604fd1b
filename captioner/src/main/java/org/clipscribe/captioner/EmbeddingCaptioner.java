package org.clipscribe.captioner;

import java.util.List;
import org.clipscribe.gpt2.Gpt2;
import org.clipscribe.gpt2.Gpt2Decoder;
import org.clipscribe.gpt2.decoding.Decoding;
import org.clipscribe.gpt2.decoding.SearchStrategy;
import org.clipscribe.nn.Probe;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;

/// Captions image embeddings: the half of a captioner behind CLIP's vision tower, for who has the
/// networks in hand, as training does.
///
/// @param form under which the networks were trained
public record EmbeddingCaptioner(
    Backend backend, MappingNetwork mapping, Gpt2 gpt2, CaptionForm form, Gpt2Decoder tokenizer) {
  /// The likeliest token at every step, as [Captioner#caption].
  ///
  /// @param embeddings `[B, D]`, one row after another
  /// @param width `D`
  /// @return `B` captions
  public List<Caption> captions(float[] embeddings, int width) {
    CaptionRequest request =
        CaptionRequest.of(Decoding.of(new SearchStrategy.Greedy(), form.maxLength()));
    return candidates(embeddings, width, request, Probe.NONE).stream().map(List::getFirst).toList();
  }

  /// The same in other ways.
  ///
  /// @param request without a prompt
  /// @param probe sees the stages of the mapping network below `mapping`, and below `steps` the
  ///     `logits [A, V]` of each step under its number; `A` counts the lanes of that step
  /// @return of each embedding its candidates
  public List<List<Caption>> candidates(
      float[] embeddings, int width, CaptionRequest request, Probe probe) {
    Shape shape = Shape.of(embeddings.length / width, width);
    Tensor prefixes =
        mapping.forward(Tensor.of(backend, shape, embeddings), probe.at("mapping"), Dropout.NONE);
    return new CaptionWriter(backend, gpt2, form, tokenizer)
        .write(new ImageContext.Prefix(prefixes), request, new int[0], probe.at("steps"));
  }
}
