package org.clipscribe.nn.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Safetensors files put together by hand, sound or not.
final class RawFile {
  private RawFile() {}

  static Path write(Path file, String header, byte... data) {
    return write(file, header.getBytes(StandardCharsets.UTF_8), data);
  }

  static Path write(Path file, byte[] header, byte... data) {
    try {
      return Files.write(
          file,
          ByteBuffer.allocate(8 + header.length + data.length)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putLong(header.length)
              .put(header)
              .put(data)
              .array());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// The header line of a tensor of bytes.
  static String bytes(String name, long begin, long end) {
    return "\"%s\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[%d,%d]}"
        .formatted(name, end - begin, begin, end);
  }
}
