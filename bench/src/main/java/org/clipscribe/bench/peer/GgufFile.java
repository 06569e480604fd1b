package org.clipscribe.bench.peer;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.clipscribe.gpt2.Gpt2Config;
import org.clipscribe.nn.NamedTensors;

/// Writes a GPT-2 as llama.cpp's GGUF, version 3, without a tokenizer: matrices in the wanted
/// format, vectors and positions in float.
public final class GgufFile {
  private static final int ALIGNMENT = 32;
  private static final int UINT32 = 4;
  private static final int FLOAT32 = 6;
  private static final int STRING = 8;

  private GgufFile() {}

  private record Entry(String name, float[] values, int rows, int columns, GgmlType type) {
    long size() {
      return (long) rows * type.bytes(columns);
    }
  }

  /// @param tensors a GPT-2 in Hugging Face's names, `wte.weight` and so on, tied
  /// @param type of the matrices
  public static void write(Path file, NamedTensors tensors, Gpt2Config config, GgmlType type)
      throws IOException {
    List<Entry> entries = entries(tensors, config, type);
    Path draft = file.resolveSibling(file.getFileName() + ".part");
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(draft), 1 << 20)) {
      out.write(header(config, entries));
      for (Entry entry : entries) {
        for (int row = 0; row < entry.rows; row++) {
          out.write(entry.type.encode(entry.values, row * entry.columns, entry.columns));
        }
        out.write(new byte[(int) (aligned(entry.size()) - entry.size())]);
      }
    }
    Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
  }

  private static List<Entry> entries(NamedTensors tensors, Gpt2Config config, GgmlType type) {
    List<Entry> entries = new ArrayList<>();
    int width = config.width();
    matrix(entries, "token_embd", tensors, "wte", config.vocabulary(), width, type);
    matrix(entries, "position_embd", tensors, "wpe", config.positions(), width, GgmlType.F32);
    vectors(entries, "output_norm", tensors, "ln_f");
    for (int layer = 0; layer < config.layers(); layer++) {
      String to = "blk." + layer + ".";
      String from = "h." + layer + ".";
      vectors(entries, to + "attn_norm", tensors, from + "ln_1");
      conv1d(entries, to + "attn_qkv", tensors, from + "attn.c_attn", width, 3 * width, type);
      conv1d(entries, to + "attn_output", tensors, from + "attn.c_proj", width, width, type);
      vectors(entries, to + "ffn_norm", tensors, from + "ln_2");
      conv1d(entries, to + "ffn_up", tensors, from + "mlp.c_fc", width, config.inner(), type);
      conv1d(entries, to + "ffn_down", tensors, from + "mlp.c_proj", config.inner(), width, type);
    }
    return entries;
  }

  private static void matrix(
      List<Entry> entries,
      String to,
      NamedTensors tensors,
      String from,
      int rows,
      int columns,
      GgmlType type) {
    entries.add(new Entry(to + ".weight", tensors.floats(from + ".weight"), rows, columns, type));
  }

  private static void vectors(List<Entry> entries, String to, NamedTensors tensors, String from) {
    for (String kind : List.of(".weight", ".bias")) {
      float[] values = tensors.floats(from + kind);
      entries.add(new Entry(to + kind, values, 1, values.length, GgmlType.F32));
    }
  }

  /// GPT-2's Conv1D is stored `[inputs, outputs]`; GGUF wants `[outputs, inputs]`.
  private static void conv1d(
      List<Entry> entries,
      String to,
      NamedTensors tensors,
      String from,
      int inputs,
      int outputs,
      GgmlType type) {
    float[] stored = tensors.floats(from + ".weight");
    float[] values = new float[stored.length];
    for (int i = 0; i < inputs; i++) {
      for (int o = 0; o < outputs; o++) {
        values[o * inputs + i] = stored[i * outputs + o];
      }
    }
    entries.add(new Entry(to + ".weight", values, outputs, inputs, type));
    float[] bias = tensors.floats(from + ".bias");
    entries.add(new Entry(to + ".bias", bias, 1, outputs, GgmlType.F32));
  }

  private static byte[] header(Gpt2Config config, List<Entry> entries) {
    ByteBuffer out = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    out.put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(3).putLong(entries.size());
    int countAt = out.position();
    out.putLong(0);
    int count = 0;
    count += string(out, "general.architecture", "gpt2");
    count += string(out, "tokenizer.ggml.model", "none");
    count += integer(out, "gpt2.vocab_size", config.vocabulary());
    count += integer(out, "gpt2.context_length", config.positions());
    count += integer(out, "gpt2.embedding_length", config.width());
    count += integer(out, "gpt2.block_count", config.layers());
    count += integer(out, "gpt2.feed_forward_length", config.inner());
    count += integer(out, "gpt2.attention.head_count", config.heads());
    text(out, "gpt2.attention.layer_norm_epsilon");
    out.putInt(FLOAT32).putFloat(config.epsilon());
    out.putLong(countAt, count + 1);
    long offset = 0;
    for (Entry entry : entries) {
      text(out, entry.name);
      if (entry.rows == 1) {
        out.putInt(1).putLong(entry.columns);
      } else {
        out.putInt(2).putLong(entry.columns).putLong(entry.rows);
      }
      out.putInt(entry.type.code()).putLong(offset);
      offset += aligned(entry.size());
    }
    return Arrays.copyOf(out.array(), (int) aligned(out.position()));
  }

  private static int string(ByteBuffer out, String key, String value) {
    text(out, key);
    out.putInt(STRING);
    text(out, value);
    return 1;
  }

  private static int integer(ByteBuffer out, String key, int value) {
    text(out, key);
    out.putInt(UINT32).putInt(value);
    return 1;
  }

  private static void text(ByteBuffer out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.putLong(bytes.length).put(bytes);
  }

  private static long aligned(long size) {
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }
}
