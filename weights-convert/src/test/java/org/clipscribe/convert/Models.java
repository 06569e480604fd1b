package org.clipscribe.convert;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.clipscribe.captioner.BundleConfig;
import org.clipscribe.captioner.CaptionModel;
import org.clipscribe.nn.DType;
import org.clipscribe.nn.Initialisation;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.ParameterLayout;
import org.clipscribe.nn.SeededTensors;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.safetensors.SafetensorsWriter;
import org.clipscribe.tensor.Backends;
import org.jspecify.annotations.Nullable;

/// Checkpoints that the tests make: a captioner of width 64, small and with the usual head widths.
final class Models {
  /// The 256 bytes and the end of text.
  static final int VOCABULARY = 257;

  private Models() {}

  static Path resource(String name) {
    try {
      return Path.of(Objects.requireNonNull(Models.class.getResource("/" + name), name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /// One layer each, vision of 2 x 2 patches.
  static BundleConfig config() {
    return config(64, 64, 1, 16, 1, 1, VOCABULARY, 48);
  }

  static BundleConfig config(
      int width,
      int image,
      int visionLayers,
      int patch,
      int mappingLayers,
      int gptLayers,
      int vocabulary,
      int positions) {
    Map<String, Object> clip = new LinkedHashMap<>();
    clip.put("hidden_size", width);
    clip.put("intermediate_size", 4 * width);
    clip.put("num_hidden_layers", visionLayers);
    clip.put("num_attention_heads", width / 64);
    clip.put("image_size", image);
    clip.put("patch_size", patch);
    Map<String, Object> mapping =
        Map.of("ep_len", 4, "num_layers", mappingLayers, "n_heads", 16, "embed_size", width);
    Map<String, Object> gpt2 = new LinkedHashMap<>();
    gpt2.put("n_embd", width);
    gpt2.put("n_layer", gptLayers);
    gpt2.put("n_head", width / 64);
    gpt2.put("n_positions", positions);
    gpt2.put("vocab_size", vocabulary);
    return BundleConfig.of(
        Json.parseObject(
            Json.write(Map.of("clip", clip, "mapping", mapping, "gpt2", gpt2)).getBytes(UTF_8),
            "test"));
  }

  /// All weights of a captioner under their names in a bundle; no memory behind them.
  static NamedTensors captioner(BundleConfig config) {
    try (var backend = Backends.open("reference", 1).backend()) {
      return seeded(
          ParameterLayout.of(backend, _ -> false, source -> CaptionModel.of(source, config)));
    }
  }

  static NamedTensors seeded(Map<String, TensorInfo> layout) {
    return new SeededTensors(layout, 1, (_, _) -> new Initialisation.Normal(0, 1));
  }

  /// The same tensors under other names; those renamed to nothing are left out.
  static CombinedTensors renamed(NamedTensors tensors, UnaryOperator<String> names) {
    CombinedTensors renamed = new CombinedTensors("test");
    for (String name : tensors.names()) {
      String theirs = names.apply(name);
      if (!theirs.isEmpty()) {
        renamed.put(theirs, tensors, name);
      }
    }
    return renamed;
  }

  static String originalName(String ours) {
    return ours.replaceFirst("^clip\\.vision_model\\.", "ie.model.")
        .replaceFirst("^mapping\\.", "mp.")
        .replaceFirst("^gpt2\\.", "td.model.transformer.");
  }

  /// As the original has it, with the head beside its embedding.
  static CombinedTensors original() {
    NamedTensors captioner = captioner(config());
    CombinedTensors original = renamed(captioner, Models::originalName);
    original.put("td.model.lm_head.weight", captioner, "gpt2.wte.weight");
    return original;
  }

  /// Adds tensors of integers, as buffers are.
  static void addBuffer(CombinedTensors tensors, String name, int... shape) {
    tensors.put(name, new Zeros(name, TensorInfo.of(DType.U8, shape)), name);
  }

  static void add(CombinedTensors tensors, String name, int... shape) {
    tensors.put(name, seeded(Map.of(name, TensorInfo.of(DType.F32, shape))), name);
  }

  static Path write(Path file, NamedTensors tensors) {
    return write(file, tensors, null);
  }

  /// @param dtype of the weights in the file, null for that of `tensors`
  static Path write(Path file, NamedTensors tensors, @Nullable DType dtype) {
    Map<String, TensorInfo> layout = new LinkedHashMap<>();
    for (String name : tensors.names()) {
      TensorInfo info = tensors.info(name);
      layout.put(
          name,
          dtype != null && info.dtype().isFloating() ? new TensorInfo(dtype, info.shape()) : info);
    }
    try {
      Files.createDirectories(Objects.requireNonNull(file.toAbsolutePath().getParent()));
      try (SafetensorsWriter writer = new SafetensorsWriter(file, layout, Map.of())) {
        for (String name : layout.keySet()) {
          writer.copy(name, tensors, name);
        }
        writer.commit();
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What the 256 bytes are called in a vocabulary.
  static List<String> letters() {
    List<String> letters = new ArrayList<>();
    int others = 256;
    for (int value = 0; value < 256; value++) {
      boolean printable = (value > ' ' && value < 0x7f) || (value > 0xa0 && value != 0xad);
      letters.add(Character.toString(printable ? value : others++));
    }
    return letters;
  }

  /// A tokenizer of single bytes.
  static Path tokenizer(Path folder) {
    Map<String, Object> vocabulary = new LinkedHashMap<>();
    letters().forEach(letter -> vocabulary.put(letter, vocabulary.size()));
    vocabulary.put("<|endoftext|>", 256);
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("vocab.json"), Json.write(vocabulary));
      Files.writeString(folder.resolve("merges.txt"), "#version: 0.2\n");
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// GPT-2's tokenizer cut down to its first words, and the end of text behind them.
  static Path firstWords(Path folder, int tokens) {
    Map<String, Object> vocabulary = new LinkedHashMap<>();
    Json.readObject(resource("gpt2-tokenizer/vocab.json"))
        .toMap()
        .forEach(
            (word, id) -> {
              if (id instanceof Long number && number < tokens - 1) {
                vocabulary.put(word, number);
              }
            });
    vocabulary.put("<|endoftext|>", tokens - 1);
    try (Stream<String> merges = Files.lines(resource("gpt2-tokenizer/merges.txt"))) {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("vocab.json"), Json.write(vocabulary));
      // The words behind the 256 bytes are the merges in their order.
      Files.write(folder.resolve("merges.txt"), merges.limit(1L + tokens - 1 - 256).toList());
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void writeJson(Path file, Map<String, Object> json) {
    try {
      Files.writeString(file, Json.write(json));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Names, shapes and every bit of every weight.
  static void assertSameWeights(NamedTensors actual, NamedTensors expected) {
    assertThat(actual.names()).containsExactlyInAnyOrderElementsOf(expected.names());
    for (String name : expected.names()) {
      assertThat(actual.info(name)).as(name).isEqualTo(expected.info(name));
      assertThat(actual.floats(name)).as(name).isEqualTo(expected.floats(name));
    }
  }

  static List<String> entries(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Integers that are all zero.
  private record Zeros(String name, TensorInfo info) implements NamedTensors {
    @Override
    public String origin() {
      return "test";
    }

    @Override
    public Set<String> names() {
      return Set.of(name);
    }

    @Override
    public TensorInfo info(String asked) {
      return info;
    }

    @Override
    public void readFloats(String asked, long first, int count, float[] into) {
      throw new IllegalStateException(name + " is not floating");
    }

    @Override
    public void readLongs(String asked, long first, int count, long[] into) {
      Arrays.fill(into, 0, count, 0);
    }
  }
}
