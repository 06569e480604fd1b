package org.clipscribe.bench.jmh;

import java.util.SplittableRandom;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// A back-end that is open while a benchmark runs.
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH does
public class Opened {
  private static final long SEED = 1;

  @Param("cpu")
  String device;

  @Param({"1", "2"})
  int cores;

  private Backend backend;

  @Setup(Level.Trial)
  public void open() {
    backend = Backends.open(device, cores).backend();
  }

  @TearDown(Level.Trial)
  public void close() {
    backend.close();
  }

  Backend backend() {
    return backend;
  }

  Tensor random(int... extents) {
    Shape shape = Shape.of(extents);
    return Tensor.of(backend, shape, floats(shape.size()));
  }

  /// Elements between -2 and 2.
  static float[] floats(int size) {
    SplittableRandom random = new SplittableRandom(SEED);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextDouble(-2, 2);
    }
    return values;
  }
}
