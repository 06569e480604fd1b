package org.clipscribe.convert;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.TensorInfo;

/// Tensors from several checkpoints as one.
final class CombinedTensors implements NamedTensors {
  private record Place(NamedTensors tensors, String name) {}

  private final String origin;
  private final Map<String, Place> places = new LinkedHashMap<>();

  CombinedTensors(String origin) {
    this.origin = origin;
  }

  /// Adds a tensor, in place of one of the same name.
  void put(String name, NamedTensors tensors, String nameThere) {
    places.put(name, new Place(tensors, nameThere));
  }

  /// Adds all of these to others.
  void copyTo(CombinedTensors others) {
    others.places.putAll(places);
  }

  void remove(String name) {
    places.remove(name);
  }

  void rename(String name, String newName) {
    places.put(newName, place(name));
    places.remove(name);
  }

  @Override
  public String origin() {
    return origin;
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(places.keySet());
  }

  @Override
  public TensorInfo info(String name) {
    Place place = place(name);
    return place.tensors.info(place.name);
  }

  @Override
  public void readFloats(String name, long first, int count, float[] into) {
    Place place = place(name);
    place.tensors.readFloats(place.name, first, count, into);
  }

  @Override
  public void readLongs(String name, long first, int count, long[] into) {
    Place place = place(name);
    place.tensors.readLongs(place.name, first, count, into);
  }

  private Place place(String name) {
    Place place = places.get(name);
    if (place == null) {
      throw new IllegalArgumentException(origin + ": no tensor " + name);
    }
    return place;
  }
}
