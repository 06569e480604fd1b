package org.clipscribe.bench.peer;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.core.Linear;
import ai.djl.pytorch.jni.JniUtils;

/// PyTorch's native library as DJL ships it, through its default path for a linear layer without
/// bias. Every call allocates its result, as ours does.
public final class LibTorch implements GemmEngine {
  private final Engine engine;
  private final NDManager manager;

  private LibTorch(Engine engine) {
    this.engine = engine;
    this.manager = engine.newBaseManager();
  }

  public static LibTorch open() {
    return new LibTorch(Engine.getEngine("PyTorch"));
  }

  @Override
  public String name() {
    return "libtorch";
  }

  @Override
  public String version() {
    return engine.getVersion() + " (DJL's build)";
  }

  @Override
  public Product prepare(Shape shape, float[] x, float[] w, int threads) {
    JniUtils.setNumThreads(threads);
    NDManager scope = manager.newSubManager();
    NDArray input = scope.create(x, new ai.djl.ndarray.types.Shape(shape.m(), shape.k()));
    NDArray weight = scope.create(w, new ai.djl.ndarray.types.Shape(shape.n(), shape.k()));
    return new Product() {
      @Override
      public void run() {
        multiply(input, weight).close();
      }

      @Override
      public float[] result() {
        try (NDArray y = multiply(input, weight)) {
          return y.toFloatArray();
        }
      }

      @Override
      public void close() {
        scope.close();
      }
    };
  }

  private static NDArray multiply(NDArray input, NDArray weight) {
    return Linear.linear(input, weight).singletonOrThrow();
  }

  @Override
  public void close() {
    manager.close();
  }
}
