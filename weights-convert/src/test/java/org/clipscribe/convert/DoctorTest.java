package org.clipscribe.convert;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Initialisation;
import org.clipscribe.nn.SeededTensors;
import org.clipscribe.nn.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DoctorTest {
  @TempDir Path directory;

  @Test
  void knowsTheOriginalsModel() {
    Path model = Models.resource("tiny-original/model.pt");
    Diagnosis diagnosis = Doctor.examine(model);
    assertThat(diagnosis.model()).isEqualTo("clip-gpt-captioning");
    assertThat(diagnosis.container()).isEqualTo("torch.save (zip)");
    assertThat(diagnosis.usable()).isTrue();
    assertThat(diagnosis.tensors()).isEqualTo(113);
    assertThat(diagnosis.dtypes())
        .containsExactly(Map.entry("BOOL", 3), Map.entry("F32", 109), Map.entry("I64", 1));
    assertThat(diagnosis.buffers()).hasSize(7);
    // The head is tied, so it is not counted beside the embedding.
    assertThat(diagnosis.parameters())
        .isEqualTo(diagnosis.parts().stream().mapToLong(Diagnosis.Network::parameters).sum());
    assertThat(diagnosis.bytes()).isEqualTo(4 * diagnosis.parameters());
    assertThat(diagnosis.parts())
        .extracting(Diagnosis.Network::description)
        .containsExactly("ViT/32 [2 x 10]", "transformer [2 x 10], prefix of 4", "GPT-2 [3 x 10]");
    assertThat(diagnosis.warnings()).isEmpty();
    assertThat(diagnosis.next())
        .startsWith("clipscribe convert " + model)
        .endsWith("--to bundle")
        .doesNotContain("--config")
        .doesNotContain("--tokenizer"); // the command line has GPT-2's own
  }

  @Test
  void knowsWhereATrainersFileKeepsTheModel() {
    Diagnosis diagnosis = Doctor.examine(Models.resource("net-nano/trainer.pt"));
    assertThat(diagnosis.container()).contains("model_state_dict");
    assertThat(diagnosis.usable()).isTrue();
  }

  @Test
  void saysThatAConfigurationIsNeeded() throws IOException {
    Path alone = directory.resolve("model.pt");
    Files.copy(Models.resource("tiny-original/model.pt"), alone);
    Diagnosis diagnosis = Doctor.examine(alone);
    assertThat(diagnosis.usable()).isFalse();
    assertThat(diagnosis.problems()).hasSize(3).allMatch(p -> p.contains("attention heads"));
    assertThat(diagnosis.next()).contains("--config config.json");
  }

  @Test
  void looksAtABundleAndAtWhatItLacks() throws IOException {
    Path source = Models.write(directory.resolve("model.safetensors"), Models.original());
    Path bundle = directory.resolve("bundle");
    Converter.convert(
        ConvertRequest.of(source, bundle)
            .withTokenizer(Models.tokenizer(directory.resolve("tokenizer"))));
    Diagnosis diagnosis = Doctor.examine(bundle);
    assertThat(diagnosis.model()).isEqualTo("clipscribe bundle");
    assertThat(diagnosis.usable()).isTrue();
    assertThat(diagnosis.next()).isEqualTo("clipscribe caption photo.jpg --model " + bundle);
    Files.delete(bundle.resolve("merges.txt"));
    assertThat(Doctor.examine(bundle).problems()).containsExactly("the bundle has no merges.txt");
  }

  @Test
  void saysHowToUseThePartsOfACaptioner() {
    Path clip = directory.resolve("my clip");
    Models.write(
        clip.resolve("model.safetensors"),
        Models.renamed(
            Models.captioner(Models.config()),
            name -> name.startsWith("clip.") ? name.substring(5) : ""));
    Diagnosis diagnosis = Doctor.examine(clip);
    assertThat(diagnosis.model()).isEqualTo("CLIP (Hugging Face)");
    assertThat(diagnosis.usable()).isTrue();
    assertThat(diagnosis.next())
        .isEqualTo("clipscribe convert model.pt --clip '" + clip + "' --to bundle");
    Path mapping =
        Models.write(
            directory.resolve("mapping.safetensors"),
            Models.renamed(
                Models.captioner(Models.config()),
                name -> name.startsWith("mapping.") ? name : ""));
    assertThat(Doctor.examine(mapping).next())
        .isEqualTo(
            "clipscribe convert %s --clip clip-folder --gpt2 gpt2-folder --to bundle"
                .formatted(mapping));
  }

  @Test
  void listsWhatIsMissingWronglyShapedAndUnexpected() {
    CombinedTensors weights = Models.original();
    weights.remove("mp.mapper.bias");
    Models.add(weights, "td.model.transformer.ln_f.bias", 65);
    Models.add(weights, "ie.model.head.weight", 3);
    Models.add(weights, "extra", 3);
    Diagnosis diagnosis =
        Doctor.examine(Models.write(directory.resolve("model.safetensors"), weights));
    assertThat(diagnosis.usable()).isFalse();
    assertThat(diagnosis.unexpected())
        .containsExactly("extra", "clip.vision_model.head.weight [3]");
    assertThat(diagnosis.parts().get(1).missing()).containsExactly("mapping.mapper.bias [256]");
    assertThat(diagnosis.parts().get(2).misshapen())
        .containsExactly("gpt2.ln_f.bias is [65], expected [64]");
    assertThat(diagnosis.toText())
        .contains("mapping.mapper.bias [256]", "expected [64]", "extra", "problem");
  }

  @Test
  void warnsOfNumbersThatNoTrainedModelHas() {
    CombinedTensors weights = Models.original();
    put(weights, "td.model.transformer.wte.weight", Models.VOCABULARY * 64, 0);
    put(weights, "td.model.lm_head.weight", Models.VOCABULARY * 64, 0);
    put(weights, "mp.mapper.bias", 256, 0); // zero biases are nothing unusual
    put(weights, "td.model.transformer.ln_f.bias", 64, Float.NaN);
    put(weights, "td.model.transformer.ln_f.weight", 64, Float.NEGATIVE_INFINITY);
    put(weights, "ie.model.post_layernorm.bias", 64, Float.MIN_VALUE);
    Diagnosis diagnosis =
        Doctor.examine(Models.write(directory.resolve("model.safetensors"), weights));
    assertThat(diagnosis.warnings())
        .containsExactlyInAnyOrder(
            "td.model.transformer.wte.weight [257, 64] is all zero",
            "td.model.lm_head.weight [257, 64] is all zero",
            "td.model.transformer.ln_f.bias [64] holds 64 NaN and 0 infinite numbers",
            "td.model.transformer.ln_f.weight [64] holds 0 NaN and 64 infinite numbers",
            "ie.model.post_layernorm.bias [64] holds 64 numbers below the normal range, which"
                + " some machines are slow with");
    assertThat(diagnosis.usable()).isTrue();
  }

  /// Replaces a tensor by one of equal numbers and the same shape.
  private static void put(CombinedTensors weights, String name, int elements, float value) {
    var info = weights.info(name);
    assertThat(info.elements()).isEqualTo(elements);
    weights.put(
        name,
        new SeededTensors(Map.of(name, info), 1, (_, _) -> new Initialisation.Normal(value, 0)),
        name);
  }

  @Test
  void rendersTextAndJson() {
    Diagnosis diagnosis = Doctor.examine(Models.resource("net-nano/trainer.pt"));
    List<String> lines = diagnosis.toText().lines().toList();
    assertThat(lines.getFirst()).endsWith("trainer.pt: clip-gpt-captioning");
    assertThat(lines).anyMatch(line -> line.matches("  GPT-2 +GPT-2 \\[3 x 4\\], .* parameters"));
    assertThat(lines.getLast()).startsWith("  next ");
    assertThat(Json.parse(Json.write(diagnosis.toMap()).getBytes(UTF_8), "test"))
        .isInstanceOf(Map.class);
  }

  @Test
  void refusesWhatCannotBeRead() throws IOException {
    Path file = Files.writeString(directory.resolve("model.pt"), "hello");
    assertThatThrownBy(() -> Doctor.examine(file))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(file.toString());
    assertThatThrownBy(
            () -> Doctor.examine(Models.resource("torch-files/hostile/PT-01a-os-system.pt")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("os.system");
    assertThatThrownBy(() -> Doctor.examine(directory.resolve("nowhere")))
        .isInstanceOf(BadInputException.class);
  }
}
