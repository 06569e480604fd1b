package org.clipscribe.captioner.training;

import java.util.List;
import org.clipscribe.gpt2.Gpt2Config;
import org.clipscribe.nn.training.NamePatterns;

/// Which parameters of a model are trained: those that match a pattern of `train` and none of
/// `freeze`.
public record TrainedParts(NamePatterns train, NamePatterns freeze) {
  /// The original's rule, and our default: the mapping network wholly; of GPT-2 its embeddings, its
  /// first and its last block, and the last layer norm.
  public static TrainedParts ofCaptioner(Gpt2Config gpt2) {
    return training(
        List.of(
            "mapping.*",
            "gpt2.wte.*",
            "gpt2.wpe.*",
            "gpt2.h.0.*",
            "gpt2.h." + (gpt2.layers() - 1) + ".*",
            "gpt2.ln_f.*"));
  }

  /// Those that match one of these patterns.
  public static TrainedParts training(List<String> patterns) {
    return new TrainedParts(new NamePatterns(patterns), NamePatterns.of());
  }

  /// The same, less some.
  public TrainedParts freezing(List<String> patterns) {
    return new TrainedParts(train, new NamePatterns(patterns));
  }

  public boolean contains(String name) {
    return train.test(name) && !freeze.test(name);
  }
}
