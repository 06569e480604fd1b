package org.clipscribe.bench.peer;

/// Somebody who multiplies matrices: `y = x Wᵀ`, weights prepared once if the engine can do that.
public interface GemmEngine extends AutoCloseable {
  /// Column of the tables.
  String name();

  /// Version, and which kernels it chose where it tells.
  String version();

  /// Brings a product to the point where only the multiplication itself is left.
  ///
  /// @param x `[m, k]`
  /// @param w `[n, k]`
  Product prepare(Shape shape, float[] x, float[] w, int threads);

  @Override
  void close();

  /// `[m, k]` times `[k, n]`.
  record Shape(int m, int n, int k) {
    /// Floating-point operations.
    public double flops() {
      return 2.0 * m * n * k;
    }

    /// What the weights take in float.
    public double weightBytes() {
      return 4.0 * n * k;
    }

    /// Like `50x2304x768`.
    @Override
    public String toString() {
      return m + "x" + n + "x" + k;
    }
  }

  /// One product, ready to be run again and again.
  interface Product extends AutoCloseable {
    void run();

    /// `y` of the last run, `[m, n]`.
    float[] result();

    @Override
    void close();
  }
}
