package org.clipscribe.convert;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.clipscribe.clip.ClipConfig;
import org.clipscribe.clip.ClipModel;
import org.clipscribe.clip.EncoderConfig;
import org.clipscribe.clip.TextConfig;
import org.clipscribe.clip.VisionConfig;
import org.clipscribe.nn.DType;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.ParameterLayout;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.Unary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The whole CLIP under OpenAI's names.
class OpenAiClipTest {
  @TempDir private Path directory;

  /// Both towers, whose projections are stored the other way round, in half precision, and what
  /// OpenAI's state dicts hold besides.
  @Test
  void readsBothTowersOfOpenAiInHalfPrecision() {
    EncoderConfig encoder = new EncoderConfig(64, 128, 2, 1, Unary.QUICK_GELU, 1e-5f);
    ClipConfig config =
        new ClipConfig(new VisionConfig(encoder, 32, 16), new TextConfig(encoder, 99, 12), 24);
    NamedTensors model;
    try (var backend = Backends.open("reference", 1).backend()) {
      model =
          Models.seeded(
              ParameterLayout.of(
                  backend, _ -> false, source -> ClipModel.of(source.at("clip"), config)));
    }
    CombinedTensors theirs = openAi(model, 2, 64);
    for (String size : List.of("input_resolution", "context_length", "vocab_size")) {
      Models.addBuffer(theirs, size);
    }
    Path file = Models.write(directory.resolve("model.safetensors"), theirs, DType.F16);
    Path expected =
        Models.write(
            directory.resolve("expected/model.safetensors"),
            Models.renamed(model, name -> name.substring("clip.".length())),
            DType.F16);
    try (Recognised found = Recognised.open(file);
        Recognised wanted = Recognised.open(expected)) {
      assertThat(found.family().label()).isEqualTo("CLIP (OpenAI or open_clip)");
      assertThat(found.tensors().unknown()).isEmpty();
      assertThat(found.tensors().leftOut()).hasSize(3);
      Models.assertSameWeights(found.tensors(), wanted.tensors());
    }
    assertThat(Doctor.examine(file).problems()).isEmpty();
  }

  /// Both towers as OpenAI stores them.
  private static CombinedTensors openAi(NamedTensors model, int layers, int width) {
    CombinedTensors theirs =
        Models.renamed(
            model,
            name ->
                name.matches(".*[qkv]_proj.*|.*projection.*")
                    ? ""
                    : name.replaceFirst("^clip\\.vision_model\\.", "visual.")
                        .replaceFirst("^clip\\.(text_model\\.)?", "")
                        .replaceFirst("^embeddings\\.", "")
                        .replace("embeddings.class_embedding", "class_embedding")
                        .replace("embeddings.patch_embedding", "conv1")
                        .replaceFirst(
                            "(embeddings\\.)?position_embedding\\.weight", "positional_embedding")
                        .replace("pre_layrnorm", "ln_pre")
                        .replace("post_layernorm", "ln_post")
                        .replace("final_layer_norm", "ln_final")
                        .replace("encoder.layers", "transformer.resblocks")
                        .replace("layer_norm", "ln_")
                        .replace("self_attn", "attn")
                        .replace("fc1", "c_fc")
                        .replace("fc2", "c_proj"));
    for (String tower : List.of("vision_model", "text_model")) {
      String prefix = tower.equals("vision_model") ? "visual." : "";
      for (int layer = 0; layer < layers; layer++) {
        for (String kind : List.of("weight", "bias")) {
          String ours = "clip." + tower + ".encoder.layers." + layer + ".self_attn.%s_proj." + kind;
          List<float[]> thirds =
              Stream.of("q", "k", "v").map(one -> model.floats(ours.formatted(one))).toList();
          TensorInfo info =
              kind.equals("weight")
                  ? TensorInfo.of(DType.F32, 3 * width, width)
                  : TensorInfo.of(DType.F32, 3 * width);
          String name = prefix + "transformer.resblocks." + layer + ".attn.in_proj_" + kind;
          theirs.put(
              name, new KeyMapsTest.Values(name, info, KeyMapsTest.concatenated(thirds)), name);
        }
      }
    }
    putTransposed(theirs, "visual.proj", model, "clip.visual_projection.weight");
    putTransposed(theirs, "text_projection", model, "clip.text_projection.weight");
    return theirs;
  }

  private static void putTransposed(
      CombinedTensors theirs, String name, NamedTensors model, String ours) {
    int rows = Math.toIntExact(model.info(ours).shape().get(0));
    int columns = Math.toIntExact(model.info(ours).shape().get(1));
    float[] values = model.floats(ours);
    float[] transposed = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      transposed[i % columns * rows + i / columns] = values[i];
    }
    theirs.put(
        name,
        new KeyMapsTest.Values(name, TensorInfo.of(DType.F32, columns, rows), transposed),
        name);
  }
}
