package org.clipscribe.bench.peer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.clipscribe.bench.peer.GemmEngine.Shape;

/// Writes the smallest ONNX model there is: `y = MatMul(x, w)` with a constant `w`.
///
/// ONNX files are protocol buffers: fields of a number and a type, messages nested as byte strings.
/// Field numbers are those of `onnx.proto3`.
final class OnnxMatMul {
  private static final int FLOAT = 1; // TensorProto.DataType
  private static final int IR_VERSION = 8;
  private static final int OPERATOR_SET = 17;

  private static final int VARINT = 0;
  private static final int BYTES = 2;

  private OnnxMatMul() {}

  /// @param w `[n, k]`; ONNX wants `[k, n]`
  static byte[] model(Shape shape, float[] w) {
    Message operator = new Message().text(1, "x").text(1, "w").text(2, "y").text(4, "MatMul");
    Message graph =
        new Message()
            .message(1, operator)
            .text(2, "matmul")
            .message(5, initializer(shape, w))
            .message(11, value("x", shape.m(), shape.k()))
            .message(12, value("y", shape.m(), shape.n()));
    return new Message()
        .number(1, IR_VERSION)
        .message(7, graph)
        .message(8, new Message().number(2, OPERATOR_SET))
        .bytes();
  }

  private static Message initializer(Shape shape, float[] w) {
    int n = shape.n();
    int k = shape.k();
    ByteBuffer transposed = ByteBuffer.allocate(4 * n * k).order(ByteOrder.LITTLE_ENDIAN);
    for (int row = 0; row < k; row++) {
      for (int column = 0; column < n; column++) {
        transposed.putFloat(w[column * k + row]);
      }
    }
    return new Message()
        .number(1, k)
        .number(1, n)
        .number(2, FLOAT)
        .text(8, "w")
        .bytes(9, transposed.array());
  }

  private static Message value(String name, int rows, int columns) {
    Message shape =
        new Message()
            .message(1, new Message().number(1, rows))
            .message(1, new Message().number(1, columns));
    Message tensor = new Message().number(1, FLOAT).message(2, shape);
    return new Message().text(1, name).message(2, new Message().message(1, tensor));
  }

  /// A protocol buffer message under construction.
  private static final class Message {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Message number(int field, long value) {
      varint((long) field << 3 | VARINT);
      varint(value);
      return this;
    }

    Message text(int field, String value) {
      return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Message message(int field, Message value) {
      return bytes(field, value.bytes());
    }

    Message bytes(int field, byte[] value) {
      varint((long) field << 3 | BYTES);
      varint(value.length);
      out.writeBytes(value);
      return this;
    }

    byte[] bytes() {
      return out.toByteArray();
    }

    private void varint(long value) {
      long rest = value;
      while (rest >= 0x80) {
        out.write((int) ((rest & 0x7f) | 0x80));
        rest >>>= 7;
      }
      out.write((int) rest);
    }
  }
}
