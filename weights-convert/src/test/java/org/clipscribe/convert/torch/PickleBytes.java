package org.clipscribe.convert.torch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Writes pickles, good and bad ones, an opcode at a time.
final class PickleBytes {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /// One that begins as torch begins them.
  static PickleBytes protocol2() {
    return new PickleBytes().op(0x80, 2);
  }

  PickleBytes op(int... values) {
    for (int value : values) {
      bytes.write(value);
    }
    return this;
  }

  PickleBytes op(char opcode) {
    return op((int) opcode);
  }

  PickleBytes times(int count, int... values) {
    for (int i = 0; i < count; i++) {
      op(values);
    }
    return this;
  }

  PickleBytes int32(int value) {
    byte[] encoded = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
    bytes.writeBytes(encoded);
    return this;
  }

  PickleBytes text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    op('X').int32(utf8.length);
    bytes.writeBytes(utf8);
    return this;
  }

  PickleBytes whole(long value) {
    op(0x8a, 8);
    bytes.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    return this;
  }

  PickleBytes global(String module, String name) {
    bytes.writeBytes(("c" + module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
    return this;
  }

  PickleBytes tuple(long... values) {
    op('(');
    for (long value : values) {
      whole(value);
    }
    return op('t');
  }

  PickleBytes storage(String type, String key, long elements) {
    op('(').text("storage").global("torch", type).text(key).text("cpu").whole(elements);
    return op('t').op('Q');
  }

  /// A view of a storage of floats.
  PickleBytes tensor(String key, long elements, long offset, long[] sizes, long[] strides) {
    global("torch._utils", "_rebuild_tensor_v2").op('(').storage("FloatStorage", key, elements);
    whole(offset).tuple(sizes).tuple(strides).op(0x89);
    return global("collections", "OrderedDict").op(')').op('R').op('t').op('R');
  }

  /// `{"w": float tensor [2, 3]}` on storage 0.
  static byte[] small() {
    return protocol2()
        .op('}')
        .text("w")
        .tensor("0", 6, 0, new long[] {2, 3}, new long[] {3, 1})
        .op('s')
        .stop();
  }

  byte[] stop() {
    return op('.').bytes.toByteArray();
  }

  byte[] toBytes() {
    return bytes.toByteArray();
  }
}
