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
/// @param rule under which the networks were trained
/// @param maxLength the most tokens of a caption
public record EmbeddingCaptioner(
    Backend backend,
    MappingNetwork mapping,
    Gpt2 gpt2,
    PositionRule rule,
    Gpt2Decoder tokenizer,
    int maxLength) {
  /// The likeliest token at every step, as [Captioner#caption].
  ///
  /// @param embeddings `[B, C]`, one row after another
  /// @return `B` captions
  public List<Caption> captions(float[] embeddings) {
    int width = gpt2.config().width();
    Shape shape = Shape.of(embeddings.length / width, width);
    Tensor prefixes =
        mapping.forward(Tensor.of(backend, shape, embeddings), Probe.NONE, Dropout.NONE);
    CaptionRequest request = CaptionRequest.of(Decoding.of(new SearchStrategy.Greedy(), maxLength));
    return new CaptionWriter(backend, gpt2, rule, tokenizer)
        .write(prefixes, request, new int[0], Probe.NONE).stream().map(List::getFirst).toList();
  }
}
