package org.clipscribe.bench.jmh;

import java.util.concurrent.TimeUnit;
import org.clipscribe.tensor.AttentionMask;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.Unary;
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

/// What a layer of B/32 or GPT-2 124M does beside its matrix products.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@SuppressWarnings("NullAway.Init") // JMH does
public class LayerBenchmark {
  private static final int WIDTH = 768;
  private static final int HEADS = 12;

  /// Tokens of one picture of B/32, and the keys that a word of a caption looks back on.
  @Param("50")
  int tokens;

  private Opened opened;
  private Tensor x;
  private Tensor wide;
  private Tensor last;
  private Tensor gain;

  @Setup(Level.Trial)
  public void prepare(Opened now) {
    opened = now;
    x = now.random(1, tokens, WIDTH);
    wide = now.random(1, tokens, 4 * WIDTH);
    last = now.random(1, 1, WIDTH);
    gain = now.random(WIDTH);
  }

  @Benchmark
  public Tensor layerNorm() {
    return opened.backend().layerNorm(x, gain, gain, 1e-5f);
  }

  @Benchmark
  public Tensor softmax() {
    return opened.backend().softmax(x);
  }

  @Benchmark
  public Tensor quickGelu() {
    return opened.backend().map(Unary.QUICK_GELU, wide);
  }

  @Benchmark
  public Tensor geluTanh() {
    return opened.backend().map(Unary.GELU_TANH, wide);
  }

  @Benchmark
  public Tensor attention() {
    return opened.backend().attention(x, x, x, HEADS, AttentionMask.NONE, Dropout.NONE);
  }

  @Benchmark
  public Tensor attentionOfOneQuery() {
    return opened.backend().attention(last, x, x, HEADS, AttentionMask.NONE, Dropout.NONE);
  }
}
