package org.clipscribe.gpt2;

import org.clipscribe.gpt2.decoding.Lanes;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;

/// One prompt of tokens, and what grows from it over a cache.
final class PromptLanes implements Lanes {
  private final Gpt2 model;
  private final Backend backend;
  private final int[] prompt;
  private final KvCache cache;

  /// @param maxTokens the most that are added; the last one is not read
  PromptLanes(Gpt2 model, Backend backend, int[] prompt, int maxTokens) {
    this.model = model;
    this.backend = backend;
    this.prompt = prompt;
    this.cache = model.newCache(backend, prompt.length + maxTokens - 1);
  }

  @Override
  public Tensor begin() {
    Tensor positions = model.positions(backend, 0, prompt.length);
    Tensor hidden = model.forward(model.embed(backend, prompt).plus(positions), Pass.over(cache));
    return model.logits(hidden.leading(prompt.length - 1, prompt.length));
  }

  @Override
  public Tensor advance(int[] parents, int[] tokens) {
    cache.select(parents);
    int lanes = parents.length;
    Tensor rows = model.embed(backend, tokens).reshape(lanes, 1, -1);
    Tensor placed = rows.plus(model.positions(backend, cache.size(), 1));
    Tensor hidden = model.forward(placed, Pass.over(cache));
    return model.logits(hidden.reshape(lanes, -1));
  }
}
