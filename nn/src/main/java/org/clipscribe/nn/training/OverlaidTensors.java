package org.clipscribe.nn.training;

import java.util.LinkedHashSet;
import java.util.Set;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.TensorInfo;

/// Tensors of which some are exchanged for others: a model of which a part was trained.
///
/// @param base everything
/// @param over takes the place of what has the same name; nothing else is in it
public record OverlaidTensors(NamedTensors base, NamedTensors over) implements NamedTensors {
  @Override
  public String origin() {
    return base.origin();
  }

  @Override
  public Set<String> names() {
    Set<String> names = new LinkedHashSet<>(base.names());
    names.addAll(over.names());
    return names;
  }

  @Override
  public TensorInfo info(String name) {
    return of(name).info(name);
  }

  @Override
  public void readFloats(String name, long first, int count, float[] into) {
    of(name).readFloats(name, first, count, into);
  }

  @Override
  public void readLongs(String name, long first, int count, long[] into) {
    of(name).readLongs(name, first, count, into);
  }

  private NamedTensors of(String name) {
    return over.names().contains(name) ? over : base;
  }
}
