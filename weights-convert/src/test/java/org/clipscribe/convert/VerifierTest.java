package org.clipscribe.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.Captioner;
import org.clipscribe.captioner.CaptionerOptions;
import org.clipscribe.clip.ClipConfig;
import org.clipscribe.clip.ClipEncoder;
import org.clipscribe.clip.ClipModel;
import org.clipscribe.clip.EncoderConfig;
import org.clipscribe.clip.Image;
import org.clipscribe.clip.TextConfig;
import org.clipscribe.clip.VisionConfig;
import org.clipscribe.convert.Verification.Check;
import org.clipscribe.convert.Verification.Outcome;
import org.clipscribe.gpt2.decoding.Decoding;
import org.clipscribe.gpt2.decoding.Ending;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.ParameterLayout;
import org.clipscribe.nn.json.Json;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.Unary;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifierTest {
  private static final CaptionerOptions OPTIONS =
      CaptionerOptions.defaults().withDevice("cpu").withThreads(1);

  @TempDir private Path directory;
  private Path bundle;
  private String source;

  @BeforeEach
  void convert() throws IOException {
    bundle = directory.resolve("bundle");
    Path model = Models.resource("tiny-original/model.pt");
    source = Digests.sha256(model);
    Converter.convert(
        ConvertRequest.of(model, bundle).withTokenizer(Models.resource("gpt2-tokenizer")));
  }

  private List<Check> failed() {
    return Verifier.verify(bundle, OPTIONS).checks().stream()
        .filter(check -> check.outcome() == Outcome.FAILED)
        .toList();
  }

  @Test
  void findsNothingWrongWithABundleAsItWasMade() {
    Verification found = Verifier.verify(bundle, OPTIONS);
    assertThat(found.passed()).isTrue();
    assertThat(found.checks())
        .filteredOn(check -> check.outcome() == Outcome.PASSED)
        .extracting(Check::what)
        .containsExactlyInAnyOrder(
            "config.json",
            "merges.txt",
            "model.safetensors",
            "preprocessor_config.json",
            "vocab.json");
    assertThat(found.checks().getLast())
        .isEqualTo(
            new Check(
                "answers",
                Outcome.SKIPPED,
                "none are known of it; they are of openai-community/gpt2 and"
                    + " openai/clip-vit-base-patch32"));
    assertThat(found.toText()).contains("nothing is wrong").contains("skipped  answers");
    assertThat(Json.write(found.toMap())).contains("\"passed\":true");
  }

  @Test
  void noticesAnyChangedCutOrMissingFile() throws IOException {
    Path weights = bundle.resolve(Bundle.WEIGHTS);
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length / 2] ^= 1;
    Files.write(weights, bytes);
    assertThat(failed()).containsExactly(Check.of(Bundle.WEIGHTS, false, "has another digest"));
    Files.write(weights, List.of());
    assertThat(failed())
        .singleElement()
        .satisfies(
            check -> assertThat(check.detail()).startsWith("has 0 bytes, the manifest says"));
    Files.delete(weights);
    assertThat(failed()).containsExactly(Check.of(Bundle.WEIGHTS, false, "is missing"));
    assertThat(Verifier.verify(bundle, OPTIONS).toText()).contains("is not as it should be");
  }

  @Test
  void saysThatWithoutAManifestThereIsNothingToCompareWith() throws IOException {
    Files.delete(bundle.resolve(Bundle.MANIFEST));
    assertThat(Verifier.verify(bundle, OPTIONS).checks())
        .contains(Check.skipped("digests", "the bundle has no manifest.json"));
  }

  @Test
  void readsNoFileOutsideTheBundle() throws IOException {
    Path manifest = bundle.resolve(Bundle.MANIFEST);
    Files.writeString(
        manifest, Files.readString(manifest).replace("\"vocab.json\"", "\"../vocab.json\""));
    assertThatThrownBy(() -> Verifier.verify(bundle, OPTIONS))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("\"../vocab.json\", which is no plain file name");
  }

  @Test
  void asksTheDecoderForTheTextThatItIsKnownToWrite() {
    List<Integer> prompt = List.of(464, 3290);
    List<Integer> known;
    try (Captioner captioner = Captioner.open(bundle, OPTIONS)) {
      known =
          captioner
              .textModel()
              .generator()
              .generate(new int[] {464, 3290}, Decoding.greedy(9), Ending.at())
              .getFirst()
              .tokens();
    }
    assertThat(answer(new KnownAnswer.Continuation("tiny", Set.of(source), prompt, known)))
        .satisfies(check -> assertThat(check.outcome()).isEqualTo(Outcome.PASSED))
        .satisfies(check -> assertThat(check.what()).isEqualTo("text of tiny"));
    List<Integer> other = new ArrayList<>(known);
    other.set(8, known.get(8) == 0 ? 1 : 0);
    assertThat(answer(new KnownAnswer.Continuation("tiny", Set.of(source), prompt, other)))
        .satisfies(check -> assertThat(check.outcome()).isEqualTo(Outcome.FAILED))
        .satisfies(check -> assertThat(check.detail()).contains("but is known to go on"));
  }

  private Check answer(KnownAnswer answer) {
    return Verifier.verify(bundle, OPTIONS, List.of(answer)).checks().getLast();
  }

  @Test
  void hasThePictureInWhichClipIsKnownToSeeCats() {
    Image cats = AnswerCheck.cats();
    assertThat(cats.width()).isEqualTo(224);
    assertThat(cats.height()).isEqualTo(224);
    assertThat(answer(new KnownAnswer.Likeness("tiny", Set.of(source), List.of("a"), List.of(0.0))))
        .isEqualTo(
            Check.skipped(
                "pictures and texts of tiny",
                "the bundle holds the half of CLIP that sees pictures only"));
  }

  @Test
  void asksClipHowNearTextsAreToThePicture() throws IOException {
    Path clip = clip();
    Path weights = clip.resolve("model.safetensors");
    List<String> texts = List.of("a cat", "a dog");
    List<Double> cosines;
    Backend backend = Backends.open("cpu", 1).backend();
    try (ClipEncoder encoder = CheckpointModels.clip(clip, backend, WeightFormat.F32)) {
      float[] picture = encoder.image(AnswerCheck.cats());
      cosines =
          encoder.texts(texts).stream()
              .map(
                  text ->
                      IntStream.range(0, text.length)
                          .mapToDouble(i -> (double) text[i] * picture[i])
                          .sum())
              .toList();
    }
    Set<String> digests = Set.of(Digests.sha256(weights));
    Verification found =
        Verifier.verify(
            clip, OPTIONS, List.of(new KnownAnswer.Likeness("tiny", digests, texts, cosines)));
    assertThat(found.checks())
        .extracting(Check::outcome)
        .containsExactly(Outcome.PASSED, Outcome.PASSED);
    assertThat(found.checks().getFirst())
        .isEqualTo(Check.of("model.safetensors", true, "is that of tiny"));
    assertThat(cosines.get(0)).isNotEqualTo(cosines.get(1));
    List<Double> swapped = cosines.reversed();
    assertThat(
            Verifier.verify(
                    clip,
                    OPTIONS,
                    List.of(new KnownAnswer.Likeness("tiny", digests, texts, swapped)))
                .passed())
        .isFalse();
  }

  /// A CLIP with both towers in Hugging Face's names, and a tokenizer of single bytes.
  private Path clip() throws IOException {
    Path clip = Files.createDirectories(directory.resolve("clip"));
    EncoderConfig encoder = new EncoderConfig(64, 64, 1, 1, Unary.QUICK_GELU, 1e-5f);
    ClipConfig config =
        new ClipConfig(new VisionConfig(encoder, 224, 112), new TextConfig(encoder, 515, 12), 8);
    try (Backend backend = Backends.open("reference", 1).backend()) {
      Models.write(
          clip.resolve("model.safetensors"),
          Models.seeded(
              ParameterLayout.of(backend, _ -> false, source -> ClipModel.of(source, config))));
    }
    Map<String, Object> words = new LinkedHashMap<>();
    for (String end : List.of("", "</w>")) {
      Models.letters().forEach(letter -> words.put(letter + end, words.size()));
    }
    words.put("ca</w>", 512);
    words.put("<|startoftext|>", 513);
    words.put("<|endoftext|>", 514);
    Files.writeString(clip.resolve("vocab.json"), Json.write(words));
    Files.writeString(clip.resolve("merges.txt"), "#version: 0.2\nc a</w>\n");
    return clip;
  }
}
