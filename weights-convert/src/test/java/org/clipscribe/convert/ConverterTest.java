package org.clipscribe.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.Assertions;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.BundleConfig;
import org.clipscribe.captioner.PositionRule;
import org.clipscribe.convert.torch.TorchFile;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.DType;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConverterTest {
  private static final List<String> BUNDLE_FILES =
      List.of(
          "config.json",
          "manifest.json",
          "merges.txt",
          "model.safetensors",
          "preprocessor_config.json",
          "vocab.json");

  @TempDir Path directory;
  private Path source;
  private Path target;
  private Path tokenizer;

  @BeforeEach
  void makePaths() throws IOException {
    source = Files.createDirectory(directory.resolve("source")).resolve("model.safetensors");
    target = Files.createDirectory(directory.resolve("made")).resolve("bundle");
    tokenizer = Models.tokenizer(directory.resolve("tokenizer"));
  }

  @Test
  void makesABundleOfTheOriginalsModel() {
    Path model = Models.resource("tiny-original/model.pt");
    ConvertReport report = Converter.convert(tiny());
    assertThat(Models.entries(target)).isEqualTo(BUNDLE_FILES);
    assertThat(Models.entries(directory.resolve("made"))).containsExactly("bundle");
    Bundle bundle = Bundle.open(target);
    assertThat(bundle.config()).isEqualTo(report.config());
    assertThat(bundle.config().positionRule()).isEqualTo(PositionRule.ORIGINAL);
    assertThat(bundle.config().maxLength()).isEqualTo(20);
    assertThat(bundle.config().mapping().orElseThrow().toMap()).containsEntry("n_heads", 5);
    assertThat(report.notes()).anyMatch(note -> note.contains("7 tensors"));
    try (TorchFile original = TorchFile.open(model);
        SafetensorsFile weights = SafetensorsFile.open(target.resolve("model.safetensors"))) {
      assertThat(weights.names()).hasSize(105).doesNotContain("gpt2.lm_head.weight");
      Models.assertSameWeights(
          Models.renamed(weights, Models::originalName),
          Models.renamed(
              original,
              name ->
                  name.matches(".*(position_ids|\\.attn\\.(masked_)?bias|lm_head\\.weight)")
                      ? ""
                      : name));
      long parameters =
          weights.names().stream().map(weights::info).mapToLong(TensorInfo::elements).sum();
      assertThat(report.parameters()).isEqualTo(parameters);
    }
  }

  @Test
  void makesABundleOfATrainersFile() {
    ConvertReport report =
        Converter.convert(
            ConvertRequest.of(Models.resource("net-nano/trainer.pt"), target)
                .withTokenizer(Models.resource("gpt2-tokenizer")));
    assertThat(report.config().mapping().orElseThrow().width()).isEqualTo(4);
    assertThat(report.config().maxLength()).isEqualTo(8);
    assertThat(report.description()).contains("clip-gpt-captioning");
  }

  @Test
  void givesTheSameBytesEveryTime() throws IOException {
    Converter.convert(tiny());
    Path again = directory.resolve("again");
    Converter.convert(
        ConvertRequest.of(Models.resource("tiny-original/model.pt"), again)
            .withTokenizer(Models.resource("gpt2-tokenizer")));
    for (String name : BUNDLE_FILES) {
      assertThat(target.resolve(name)).hasSameBinaryContentAs(again.resolve(name));
    }
  }

  @Test
  void writesDigestsAndSourcesIntoTheManifest() throws IOException {
    Converter.convert(tiny().withToolVersion("1.2.3"));
    JsonObject manifest = Json.readObject(target.resolve("manifest.json"));
    assertThat(manifest.string("tool")).isEqualTo("clipscribe 1.2.3");
    JsonObject files = manifest.object("files");
    assertThat(files.names())
        .containsExactlyElementsOf(
            BUNDLE_FILES.stream().filter(name -> !name.equals("manifest.json")).toList());
    for (String name : files.names()) {
      assertThat(target.resolve(name))
          .hasSize(files.object(name).integer("bytes", 0, Integer.MAX_VALUE))
          .hasDigest("SHA-256", files.object(name).string("sha256"));
    }
    // Digest of fixtures/net-tiny/model.pt, from the outside (sha256sum).
    assertThat(Files.readString(target.resolve("manifest.json")))
        .contains("627a585b00c89ca1c075be5e4a8d4199c3020d4100390095b26e81e1abc4f33c")
        .doesNotContain(directory.toString());
  }

  @Test
  void tellsItsProgress() {
    List<Long> done = new ArrayList<>();
    ConvertReport report =
        Converter.convert(
            tiny(),
            (bytes, total) -> {
              assertThat(total).isPositive();
              done.add(bytes);
            });
    assertThat(done).isSorted().startsWith(0L).endsWith(report.weightBytes());
  }

  @Test
  void obeysTheRuleAndTheTypeThatAreAskedFor() {
    write(Models.original());
    ConvertReport report =
        Converter.convert(request().withRule(PositionRule.CLEAN).withDtype(DType.F16));
    assertThat(report.config().positionRule()).isEqualTo(PositionRule.CLEAN);
    assertThat(Bundle.open(target).config().positionRule()).isEqualTo(PositionRule.CLEAN);
    try (SafetensorsFile weights = SafetensorsFile.open(target.resolve("model.safetensors"))) {
      assertThat(weights.names()).allMatch(name -> weights.info(name).dtype() == DType.F16);
    }
  }

  @Test
  void keepsTheTypesOfTheSourceButDoublePrecision() {
    for (DType stored : new DType[] {DType.F16, DType.BF16, DType.F64}) {
      Models.write(source, Models.original(), stored);
      Converter.convert(request().withForce(true));
      DType expected = stored == DType.F64 ? DType.F32 : stored;
      try (SafetensorsFile weights = SafetensorsFile.open(target.resolve("model.safetensors"));
          SafetensorsFile original = SafetensorsFile.open(source)) {
        assertThat(weights.names()).allMatch(name -> weights.info(name).dtype() == expected);
        assertThat(weights.floats("mapping.mapper.weight"))
            .containsExactly(original.floats("mp.mapper.weight"));
      }
    }
  }

  @Test
  void convertsABundleAgain() {
    write(Models.original());
    Converter.convert(request());
    Path other = directory.resolve("other");
    ConvertReport report =
        Converter.convert(ConvertRequest.of(target, other).withRule(PositionRule.CLEAN));
    assertThat(report.config())
        .isEqualTo(Bundle.open(target).config().withPositionRule(PositionRule.CLEAN));
    assertThat(other.resolve("model.safetensors"))
        .hasSameBinaryContentAs(target.resolve("model.safetensors"));
    // A bundle says which rule its weights want.
    assertThat(
            Converter.convert(ConvertRequest.of(other, directory.resolve("third")))
                .config()
                .positionRule())
        .isEqualTo(PositionRule.CLEAN);
  }

  @Test
  void supposesWhatAllPublishedModelsShare() {
    write(Models.original());
    BundleConfig config = Converter.convert(request()).config();
    assertThat(config).isEqualTo(Models.config());
    assertThat(config.maxLength()).isEqualTo(40);
  }

  @Test
  void shortensCaptionsThatTheDecoderHasNoPositionsFor() {
    NamedTensors captioner =
        Models.captioner(Models.config(64, 32, 1, 16, 1, 1, Models.VOCABULARY, 48));
    CombinedTensors weights = Models.renamed(captioner, Models::originalName);
    Models.add(weights, "td.model.transformer.wpe.weight", 30, 64);
    write(weights);
    assertThat(Converter.convert(request()).config().maxLength()).isEqualTo(25);
  }

  /// CK-01.
  @Test
  void takesTheWeightsForWhatTheyAreWhenAnotherSizeWasAskedFor() {
    write(Models.original());
    assertThat(Converter.convert(request().withExpectedSize("S")).notes())
        .anyMatch(note -> note.contains("size S was asked for") && note.contains("width 64"));
  }

  /// CK-02.
  @Test
  void ignoresBuffersAndWrappersQuietlyButKeepsRealBiases() {
    CombinedTensors weights = Models.original();
    Models.addBuffer(weights, "ie.model.embeddings.position_ids", 1, 17);
    Models.addBuffer(weights, "td.model.transformer.h.0.attn.bias", 1, 1, 48, 48);
    Models.addBuffer(weights, "td.model.transformer.h.0.attn.masked_bias");
    write(Models.renamed(weights, name -> "module._orig_mod." + name));
    ConvertReport report = Converter.convert(request());
    assertThat(report.notes())
        .anyMatch(note -> note.contains("module._orig_mod."))
        .anyMatch(note -> note.contains("3 tensors"));
    try (SafetensorsFile made = SafetensorsFile.open(target.resolve("model.safetensors"))) {
      assertThat(made.names()).contains("gpt2.h.0.attn.c_attn.bias");
      Models.assertSameWeights(made, Models.captioner(Models.config()));
    }
  }

  @Test
  void refusesToReplaceAnythingButABundle() throws IOException {
    write(Models.original());
    Files.createDirectory(target);
    Files.writeString(target.resolve("thesis.tex"), "precious");
    assertThat(refusal(request().withForce(true))).contains("is not a bundle");
    assertThat(target.resolve("thesis.tex")).hasContent("precious");
    Files.delete(target.resolve("thesis.tex"));
    Converter.convert(request()); // an empty folder is no obstacle
    Files.writeString(target.resolve("notes.txt"), "old");
    assertThat(refusal(request())).contains("--force");
    assertThat(target.resolve("notes.txt")).exists();
    Converter.convert(request().withForce(true));
    assertThat(Models.entries(target)).isEqualTo(BUNDLE_FILES);
    assertThat(Models.entries(directory.resolve("made"))).containsExactly("bundle");
    assertThat(refusal(ConvertRequest.of(source, source))).contains("is not a bundle");
  }

  @Test
  void keepsTheOldBundleWhenTheNewOneFails() throws IOException {
    write(Models.original());
    Converter.convert(request());
    byte[] before = Files.readAllBytes(target.resolve("manifest.json"));
    CombinedTensors broken = Models.original();
    broken.remove("mp.mapper.bias");
    write(broken);
    assertThat(refusal(request().withForce(true))).contains("mapping.mapper.bias");
    assertThat(target.resolve("manifest.json")).hasBinaryContent(before);
    assertThat(Models.entries(directory.resolve("made"))).containsExactly("bundle");
  }

  @Test
  void makesParentsOfTheFolderAndLeavesNoneBehindOnFailure() {
    Path nested = directory.resolve("made/new/and/deep");
    write(Models.original());
    assertThat(refusal(ConvertRequest.of(source, nested))).contains("tokenizer");
    assertThat(directory.resolve("made")).isEmptyDirectory();
    Converter.convert(ConvertRequest.of(source, nested).withTokenizer(tokenizer));
    assertThat(Models.entries(nested)).isEqualTo(BUNDLE_FILES);
  }

  @Test
  void saysThatABundleCannotBeWritten() throws IOException {
    write(Models.original());
    Path file = Files.writeString(directory.resolve("made/file"), "in the way");
    assertThatThrownBy(
            () ->
                Converter.convert(
                    ConvertRequest.of(source, file.resolve("bundle")).withTokenizer(tokenizer)))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith(file.resolve("bundle") + ": cannot be written");
    assertThat(file).hasContent("in the way");
  }

  @Test
  void saysWhereATokenizerIsToBeHad() {
    write(Models.original());
    assertThat(refusal(ConvertRequest.of(source, target)))
        .contains("vocab.json", "merges.txt", "--tokenizer", "huggingface.co");
    assertThat(refusal(request().withTokenizer(directory))).contains("--tokenizer");
    assertThat(refusal(request().withTokenizer(Models.resource("gpt2-tokenizer"))))
        .contains("50257", "257");
  }

  @Test
  void findsTheTokenizerBesideTheWeights() {
    write(Models.original());
    Models.tokenizer(Objects.requireNonNull(source.getParent()));
    assertThat(Converter.convert(ConvertRequest.of(source, target)).bundle()).isEqualTo(target);
  }

  @Test
  void listsAllWeightsThatDoNotFit() {
    CombinedTensors weights = Models.original();
    weights.remove("mp.mapper.bias");
    Models.add(weights, "td.model.transformer.ln_f.bias", 65);
    Models.add(weights, "ie.model.head.weight", 3);
    write(weights);
    assertThat(refusal(request()))
        .contains("1 missing (mapping.mapper.bias [256])")
        .contains("gpt2.ln_f.bias is [65], expected [64]")
        .contains("1 unexpected (clip.vision_model.head.weight [3])");
    Models.add(weights, "extra", 3);
    write(weights);
    assertThat(refusal(request())).contains("1 of its names are not: [extra]");
  }

  @Test
  void needsAConfigurationWhereShapesDoNotTellTheHeads() throws IOException {
    Path alone = Files.createDirectory(directory.resolve("alone")).resolve("model.pt");
    Files.copy(Models.resource("tiny-original/model.pt"), alone);
    ConvertRequest request =
        ConvertRequest.of(alone, target).withTokenizer(Models.resource("gpt2-tokenizer"));
    assertThat(refusal(request))
        .contains("attention heads", "--config", "clip.num_attention_heads");
    Path config = Models.resource("tiny-original/config.json");
    assertThat(Converter.convert(request.withConfig(config)).config().gpt2().heads()).isEqualTo(2);
  }

  /// CK-04.
  @Test
  void refusesConfigurationsThatContradictTheWeightsOrThemselves() {
    write(Models.original());
    record Case(String section, String key, Object value, String expected) {}
    for (Case lie :
        List.of(
            new Case("clip", "hidden_size", 1L << 31, "clip.hidden_size is 2147483648"),
            new Case("clip", "hidden_size", "64", "clip.hidden_size is \"64\""),
            new Case("clip", "num_hidden_layers", 1_000_000_000, "clip.num_hidden_layers"),
            new Case("clip", "num_attention_heads", 7, "num_attention_heads is 7"),
            new Case("clip", "num_attention_heads", 0, "num_attention_heads is 0"),
            new Case("clip", "hidden_act", "swish", "hidden_act"),
            new Case("clip", "image_size", 4096, "clip.image_size"),
            new Case("mapping", "num_layers", 1_000_000_000, "mapping.num_layers"),
            new Case("mapping", "n_heads", 5, "n_heads is 5"),
            new Case("mapping", "n_heads", "16", "n_heads is \"16\""),
            new Case("mapping", "norm_first", true, "norm_first"),
            new Case("gpt2", "n_layer", 1_000_000_000, "gpt2.n_layer"),
            new Case("gpt2", "vocab_size", 50257, "gpt2.vocab_size is 50257"),
            new Case("gpt2", "n_embd", 64.5, "gpt2.n_embd is 64.5"),
            new Case("gpt2", "n_head", 3, "n_head is 3"),
            new Case("gpt2", "n_head", List.of(1), "n_head is an array"))) {
      Path config = directory.resolve("config.json");
      Models.writeJson(
          config, Map.of("format", "clip-gpt-captioning", lie.section, Map.of(lie.key, lie.value)));
      assertThat(refusal(request().withConfig(config))).as("%s", lie).contains(lie.expected);
    }
    Path config = directory.resolve("config.json");
    Models.writeJson(config, Map.of("format", "clip-gpt-captioning", "max_len", 1000));
    assertThat(refusal(request().withConfig(config))).contains("n_positions");
  }

  private ConvertRequest tiny() {
    return ConvertRequest.of(Models.resource("tiny-original/model.pt"), target)
        .withTokenizer(Models.resource("gpt2-tokenizer"));
  }

  private ConvertRequest request() {
    return ConvertRequest.of(source, target).withTokenizer(tokenizer);
  }

  private void write(NamedTensors weights) {
    Models.write(source, weights);
  }

  /// What a user would read, after making sure that nothing new is there.
  private String refusal(ConvertRequest request) {
    List<String> before = Models.entries(directory.resolve("made"));
    BadInputException refused =
        Assertions.catchThrowableOfType(BadInputException.class, () -> Converter.convert(request));
    assertThat(refused).isNotNull();
    assertThat(Models.entries(directory.resolve("made"))).isEqualTo(before);
    return Objects.requireNonNull(refused.getMessage());
  }
}
