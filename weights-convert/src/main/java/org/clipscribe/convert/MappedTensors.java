package org.clipscribe.convert;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.TensorInfo;

/// A checkpoint under our names. Nothing is copied: reading goes through to the file.
final class MappedTensors implements NamedTensors {
  private record Source(String name, Piece piece) {}

  private final NamedTensors from;
  private final Map<String, Source> sources = new LinkedHashMap<>();
  private final List<String> leftOut = new ArrayList<>();
  private final List<String> unknown = new ArrayList<>();

  /// @param prefix what the names begin with before the table applies, often nothing
  /// @throws BadInputException when two tensors would get one name
  MappedTensors(NamedTensors from, String prefix, KeyMap keys) {
    this.from = from;
    for (String name : from.names()) {
      String theirs = name.substring(prefix.length());
      if (Checkpoint.isBuffer(name) || keys.leavesOut(theirs)) {
        leftOut.add(name);
        continue;
      }
      List<KeyMap.Target> targets = keys.targets(theirs);
      if (targets.isEmpty()) {
        unknown.add(name);
      }
      for (KeyMap.Target target : targets) {
        Source before = sources.put(target.name(), new Source(name, target.piece()));
        if (before != null) {
          throw new BadInputException(
              from.origin(), "%s and %s are both %s".formatted(before.name, name, target.name()));
        }
      }
    }
  }

  /// Names that carry nothing to learn (masks, position numbers), or nothing that captions need.
  List<String> leftOut() {
    return leftOut;
  }

  /// Names that the table does not know.
  List<String> unknown() {
    return unknown;
  }

  @Override
  public String origin() {
    return from.origin();
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(sources.keySet());
  }

  @Override
  public TensorInfo info(String name) {
    Source source = source(name);
    return source.piece.info(from, source.name);
  }

  @Override
  public void readFloats(String name, long first, int count, float[] into) {
    Source source = source(name);
    source.piece.read(from, source.name, first, count, into);
  }

  @Override
  public void readLongs(String name, long first, int count, long[] into) {
    from.readLongs(source(name).name, first, count, into);
  }

  private Source source(String name) {
    Source source = sources.get(name);
    if (source == null) {
      throw new IllegalArgumentException(origin() + ": no tensor " + name);
    }
    return source;
  }
}
