package org.clipscribe.nn.training;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.TensorInfo;

/// The tensors whose names begin with a prefix, without it.
record TensorsBelow(NamedTensors all, String prefix, Set<String> names) implements NamedTensors {
  static TensorsBelow of(NamedTensors all, String prefix) {
    Set<String> names =
        all.names().stream()
            .filter(name -> name.startsWith(prefix))
            .map(name -> name.substring(prefix.length()))
            .collect(Collectors.toCollection(LinkedHashSet::new));
    return new TensorsBelow(all, prefix, names);
  }

  @Override
  public String origin() {
    return all.origin();
  }

  @Override
  public TensorInfo info(String name) {
    return all.info(prefix + name);
  }

  @Override
  public void readFloats(String name, long first, int count, float[] into) {
    all.readFloats(prefix + name, first, count, into);
  }

  @Override
  public void readLongs(String name, long first, int count, long[] into) {
    all.readLongs(prefix + name, first, count, into);
  }
}
