package org.clipscribe.bench.peer;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Set;

/// Microsoft's ONNX Runtime on a model of one `MatMul`, whose weights it packs once when the model
/// is loaded. Input and output are memory that it needs not copy.
public final class OnnxRuntime implements GemmEngine {
  private final OrtEnvironment environment;

  private OnnxRuntime(OrtEnvironment environment) {
    this.environment = environment;
  }

  public static OnnxRuntime open() {
    return new OnnxRuntime(OrtEnvironment.getEnvironment());
  }

  @Override
  public String name() {
    return "ONNX Runtime";
  }

  @Override
  public String version() {
    return environment.getVersion();
  }

  @Override
  public Product prepare(Shape shape, float[] x, float[] w, int threads) {
    try {
      return new MatMul(environment, shape, x, w, threads);
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime " + shape, e);
    }
  }

  @Override
  public void close() {} // the environment lives as long as the process

  private static final class MatMul implements Product {
    private final OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    private final OrtSession session;
    private final FloatBuffer output;
    private final Map<String, OnnxTensor> inputs;
    private final Map<String, OnnxValue> outputs;

    MatMul(OrtEnvironment environment, Shape shape, float[] x, float[] w, int threads)
        throws OrtException {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      session = environment.createSession(OnnxMatMul.model(shape, w), options);
      FloatBuffer input = floats(x.length).put(x).flip();
      output = floats(shape.m() * shape.n());
      inputs = Map.of("x", tensor(environment, input, shape.m(), shape.k()));
      outputs = Map.of("y", tensor(environment, output, shape.m(), shape.n()));
    }

    private static FloatBuffer floats(int count) {
      return ByteBuffer.allocateDirect(4 * count).order(ByteOrder.nativeOrder()).asFloatBuffer();
    }

    private static OnnxTensor tensor(OrtEnvironment environment, FloatBuffer data, long... shape)
        throws OrtException {
      return OnnxTensor.createTensor(environment, data, shape);
    }

    @Override
    public void run() {
      try {
        session.run(inputs, Set.of(), outputs).close();
      } catch (OrtException e) {
        throw new IllegalStateException("ONNX Runtime", e);
      }
    }

    @Override
    public float[] result() {
      float[] values = new float[output.capacity()];
      output.get(0, values);
      return values;
    }

    @Override
    public void close() {
      try {
        inputs.values().forEach(OnnxTensor::close);
        outputs.values().forEach(OnnxValue::close);
        session.close();
        options.close();
      } catch (OrtException e) {
        throw new IllegalStateException("ONNX Runtime", e);
      }
    }
  }
}
