package org.clipscribe.captioner.training;

import java.util.List;
import org.clipscribe.nn.Parameter;

/// What a run of training cannot do without, in bytes. Everything else that the process takes is
/// room that the garbage collector leaves, and the JVM itself.
///
/// @param weights of all that was loaded, frozen ones included
/// @param gradients of what is trained, once; batches that are added up take them twice
/// @param moments both of the optimiser's
/// @param activations the most that a batch had to keep for its gradients
public record TrainingMemory(long weights, long gradients, long moments, long activations) {
  static TrainingMemory of(List<Parameter> all, long trained, long activations) {
    long weights = all.stream().mapToLong(parameter -> parameter.info().elements()).sum();
    long gradients = trained * Float.BYTES;
    return new TrainingMemory(
        weights * Float.BYTES, gradients, 2 * gradients, activations * Float.BYTES);
  }

  public long sum() {
    return weights + gradients + moments + activations;
  }
}
