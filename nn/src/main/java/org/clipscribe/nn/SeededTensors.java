package org.clipscribe.nn;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.clipscribe.tensor.spi.Backend;

/// Parameters of a model that has not been trained: random, and the same whenever and wherever they
/// are drawn.
///
/// Every element is a function of the seed, the name and its index alone, so neither the order of
/// reading nor other parameters matter, and a model of any size needs no memory here. Load it with
/// a [Checkpoint], or write it to a file.
public final class SeededTensors implements NamedTensors {
  /// The fractional part of the golden ratio, odd: steps through all 64-bit numbers (Steele, Lea
  /// and Flood, 2014, "Fast splittable pseudorandom number generators").
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private final Map<String, TensorInfo> layout;
  private final long seed;
  private final Initialisation initialisation;

  /// @param layout names and shapes; types are floating
  public SeededTensors(Map<String, TensorInfo> layout, long seed, Initialisation initialisation) {
    this.layout = Collections.unmodifiableMap(new LinkedHashMap<>(layout));
    this.seed = seed;
    this.initialisation = initialisation;
  }

  /// All parameters of a model.
  ///
  /// @param optional which parameters that a model may lack are there
  /// @param model builds the model, like `source -> Gpt2.of(source, config)`
  public static SeededTensors of(
      Backend backend,
      long seed,
      Initialisation initialisation,
      Predicate<String> optional,
      Function<ParameterSource, ?> model) {
    return new SeededTensors(ParameterLayout.of(backend, optional, model), seed, initialisation);
  }

  @Override
  public String origin() {
    return "random model with seed " + seed;
  }

  @Override
  public Set<String> names() {
    return layout.keySet();
  }

  @Override
  public TensorInfo info(String name) {
    TensorInfo info = layout.get(name);
    if (info == null) {
      throw new IllegalArgumentException(origin() + ": no tensor " + name);
    }
    return info;
  }

  @Override
  public void readFloats(String name, long first, int count, float[] into) {
    TensorInfo info = info(name);
    Objects.checkFromIndexSize(first, count, info.elements());
    Objects.checkFromIndexSize(0, count, into.length);
    long key = mix(seed) ^ hash(name);
    switch (initialisation.of(name, info)) {
      case Initialisation.Normal(float mean, float deviation) when deviation == 0 ->
          Arrays.fill(into, 0, count, mean);
      case Initialisation.Normal normal -> drawNormal(key, normal, first, count, into);
      case Initialisation.Uniform(float bound) -> {
        for (int i = 0; i < count; i++) {
          into[i] = (float) (bound * (2 * uniform(key, first + i) - 1));
        }
      }
    }
  }

  private static void drawNormal(
      long key, Initialisation.Normal normal, long first, int count, float[] into) {
    for (long pair = first >> 1; pair << 1 < first + count; pair++) {
      // Box and Muller (1958): two uniform numbers to two normal ones. StrictMath, because Math may
      // differ in the last place from one machine to the next.
      double radius = Math.sqrt(-2 * StrictMath.log(uniform(key, 2 * pair)));
      double angle = 2 * Math.PI * uniform(key, 2 * pair + 1);
      put(into, 2 * pair - first, count, normal, radius * StrictMath.cos(angle));
      put(into, 2 * pair + 1 - first, count, normal, radius * StrictMath.sin(angle));
    }
  }

  private static void put(
      float[] into, long at, int count, Initialisation.Normal normal, double value) {
    if (at >= 0 && at < count) {
      into[(int) at] = (float) (normal.mean() + normal.deviation() * value);
    }
  }

  /// The random number of this index, above 0 and at most 1.
  private static double uniform(long key, long index) {
    return ((mix(key + GOLDEN * (index + 1)) >>> 11) + 1) * 0x1p-53;
  }

  /// Spreads every bit over all others (Stafford's variant 13 of the MurmurHash3 finaliser).
  private static long mix(long z) {
    long x = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    x = (x ^ (x >>> 27)) * 0x94d049bb133111ebL;
    return x ^ (x >>> 31);
  }

  /// FNV-1a over the characters, 64 bits wide, since 32 would make two parameters of a large model
  /// equal now and then.
  private static long hash(String name) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
    }
    return mix(hash);
  }

  @Override
  public void readLongs(String name, long first, int count, long[] into) {
    throw new BadInputException(origin(), "tensor " + name + " is of floating type");
  }
}
