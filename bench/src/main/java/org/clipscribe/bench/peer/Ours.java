package org.clipscribe.bench.peer;

import java.util.Objects;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.MatrixSource;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.Unary;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;
import org.jspecify.annotations.Nullable;

/// This project, through its public interface only.
public final class Ours implements GemmEngine {
  public static final String NAME = "clipscribe";

  private final String device;

  /// @param device what `--device` of the command line takes
  public Ours(String device) {
    this.device = device;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String version() {
    try (Backend backend = open(1)) {
      return backend.description();
    }
  }

  /// @throws org.clipscribe.tensor.DeviceUnavailableException when there is no such device
  public Backend open(int threads) {
    return Backends.open(device, threads).backend();
  }

  @Override
  public Product prepare(Shape shape, float[] x, float[] w, int threads) {
    Backend backend = open(threads);
    PackedWeight weight =
        backend.pack(MatrixSource.of(shape.n(), shape.k(), w), false, WeightFormat.F32);
    Tensor input = Tensor.of(backend, org.clipscribe.tensor.Shape.of(shape.m(), shape.k()), x);
    return new Product() {
      private @Nullable Tensor y;

      @Override
      public void run() {
        y = null; // or the collector copies it
        y = input.linear(weight, null, Unary.IDENTITY, null);
      }

      @Override
      public float[] result() {
        return Objects.requireNonNull(y, "not run yet").toArray();
      }

      @Override
      public void close() {
        backend.close();
      }
    };
  }

  @Override
  public void close() {}
}
