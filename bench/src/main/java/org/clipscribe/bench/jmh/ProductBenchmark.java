package org.clipscribe.bench.jmh;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.clipscribe.tensor.MatrixSource;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.Unary;
import org.clipscribe.tensor.WeightFormat;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// `x Wᵀ` with weights of every format, which stay in the caches where they fit.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@SuppressWarnings("NullAway.Init") // JMH does
public class ProductBenchmark {
  /// Rows x outputs x inputs.
  @Param({"1x768x768", "1x3072x768", "5x3072x768", "50x3072x768", "50x768x3072", "257x4096x1024"})
  String shape;

  @Param WeightFormat format;

  private Tensor x;
  private PackedWeight weight;

  @Setup(Level.Trial)
  public void prepare(Opened opened) {
    int[] extents = Arrays.stream(shape.split("x", -1)).mapToInt(Integer::parseInt).toArray();
    int outputs = extents[1];
    int inputs = extents[2];
    x = opened.random(extents[0], inputs);
    MatrixSource w = MatrixSource.of(outputs, inputs, Opened.floats(outputs * inputs));
    weight = opened.backend().pack(w, false, format);
  }

  @Benchmark
  public Tensor linear() {
    return x.linear(weight, null, Unary.IDENTITY, null);
  }
}
