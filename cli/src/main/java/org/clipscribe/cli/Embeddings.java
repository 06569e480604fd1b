package org.clipscribe.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.clipscribe.nn.AtomicFile;
import org.clipscribe.nn.json.Json;
import org.jspecify.annotations.Nullable;

/// Vectors on their way out.
final class Embeddings {
  private Embeddings() {}

  /// A vector and what it is of.
  ///
  /// @param kind `file` or `text`
  record Row(String kind, String name, float[] vector) {
    private String json() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put(kind, name);
      List<Float> values = new ArrayList<>();
      for (float value : vector) {
        values.add(value);
      }
      json.put("embedding", values);
      return Json.write(json);
    }

    private String csv() {
      StringBuilder line = new StringBuilder(quoted(name));
      for (float value : vector) {
        line.append(',').append(value);
      }
      return line.append('\n').toString();
    }
  }

  /// How vectors are written.
  enum Format {
    JSON,
    JSONL,
    CSV,
    NPY;

    /// What the name of a file asks for.
    static Format ofName(@Nullable Path file) {
      String name = String.valueOf(file).toLowerCase(Locale.ROOT);
      for (Format format : List.of(JSONL, CSV, NPY)) {
        if (name.endsWith("." + format.name().toLowerCase(Locale.ROOT))) {
          return format;
        }
      }
      return JSON;
    }
  }

  /// @param single whether one thing was asked for, so that JSON is an object and no array
  /// @param file where to; standard output if null
  static void write(
      List<Row> rows, Format format, boolean single, @Nullable Path file, Results results)
      throws IOException {
    byte[] content =
        switch (format) {
          case JSON -> utf8(json(rows, single));
          case JSONL ->
              utf8(rows.stream().map(row -> row.json() + "\n").collect(Collectors.joining()));
          case CSV -> utf8(csv(rows));
          case NPY -> npy(rows);
        };
    if (file == null) {
      results.print(new String(content, StandardCharsets.UTF_8));
    } else {
      AtomicFile.write(file, content);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String json(List<Row> rows, boolean single) {
    if (single) {
      return rows.getFirst().json() + "\n";
    }
    return rows.stream().map(Row::json).collect(Collectors.joining(",\n", "[\n", "\n]\n"));
  }

  private static String csv(List<Row> rows) {
    int width = rows.isEmpty() ? 0 : rows.getFirst().vector().length;
    String header =
        IntStream.range(0, width)
            .mapToObj(i -> ",e" + i)
            .collect(Collectors.joining("", "input", "\n"));
    return header + rows.stream().map(Row::csv).collect(Collectors.joining());
  }

  /// As RFC 4180 wants it.
  private static String quoted(String name) {
    return name.matches("(?s).*[,\"\r\n].*") ? '"' + name.replace("\"", "\"\"") + '"' : name;
  }

  /// An array of NumPy, version 1.0 of its format: `[rows, width]`, single precision.
  private static byte[] npy(List<Row> rows) {
    int width = rows.isEmpty() ? 0 : rows.getFirst().vector().length;
    String shape =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }"
            .formatted(rows.size(), width);
    int before = 10; // magic, version and the header's length
    int padded = (before + shape.length() + 1 + 63) / 64 * 64 - before;
    ByteBuffer npy =
        ByteBuffer.allocate(before + padded + Float.BYTES * width * rows.size())
            .order(ByteOrder.LITTLE_ENDIAN);
    npy.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    npy.put((byte) 1).put((byte) 0).putShort((short) padded);
    String header = shape + " ".repeat(padded - shape.length() - 1) + "\n";
    npy.put(header.getBytes(StandardCharsets.US_ASCII));
    for (Row row : rows) {
      for (float value : row.vector()) {
        npy.putFloat(value);
      }
    }
    return npy.array();
  }
}
