package org.clipscribe.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.clipscribe.captioner.Architecture;
import org.clipscribe.captioner.Caption;
import org.clipscribe.captioner.CaptionForm;
import org.clipscribe.captioner.CaptionRequest;
import org.clipscribe.captioner.EmbeddingCaptioner;
import org.clipscribe.captioner.MappingConfig;
import org.clipscribe.captioner.MappingNetwork;
import org.clipscribe.captioner.PositionRule;
import org.clipscribe.captioner.training.CaptionLoss;
import org.clipscribe.captioner.training.CaptionRule;
import org.clipscribe.captioner.training.CaptioningTask.Networks;
import org.clipscribe.gpt2.Gpt2;
import org.clipscribe.gpt2.Gpt2Config;
import org.clipscribe.gpt2.Gpt2Decoder;
import org.clipscribe.gpt2.decoding.Decoding;
import org.clipscribe.gpt2.decoding.SearchStrategy;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.Parameter;
import org.clipscribe.nn.Probe;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.nn.training.ParameterTensors;
import org.clipscribe.nn.training.Trainables;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.autograd.Autograd;
import org.clipscribe.tensor.autograd.Gradients;
import org.clipscribe.tensor.autograd.ValueAndGradients;
import org.clipscribe.tensor.spi.Backend;
import org.clipscribe.tensor.testkit.TestBackends;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Both of ClipCap's captioners, from their `.pt` file on, against a run of the published code.
class ClipCapGoldenTest {
  /// Float32 through two networks; nothing seen is off by 1e-5.
  private static final double TOLERANCE = 3e-5;

  /// Sums of up to 67 such numbers, averaged.
  private static final double SCORE_TOLERANCE = 3e-5;

  private static final int MOST = 67;

  static Stream<Arguments> cases() {
    return Stream.of("clipcap-mlp-tiny", "clipcap-transformer-tiny")
        .flatMap(
            model -> TestBackends.all().map((Named<Backend> named) -> Arguments.of(model, named)));
  }

  /// A golden model and what it should say.
  private static final class Golden implements AutoCloseable {
    private final Backend backend;
    private final JsonObject expected;
    private final SafetensorsFile tensors;
    private final Checkpoint.Loaded<Networks> loaded;
    private final int inputs;

    Golden(String model, Backend backend) {
      this.backend = backend;
      this.expected = Json.readObject(Models.resource(model + "/expected.json"));
      this.tensors = SafetensorsFile.open(Models.resource(model + "/expected.safetensors"));
      try (Recognised found = Recognised.open(Models.resource(model + "/model.pt"))) {
        CombinedTensors all = new CombinedTensors("test");
        found.tensors().names().forEach(name -> all.put(name, found.tensors(), name));
        assertThat(TiedHead.settle(all)).isTrue();
        MappingConfig mapping = MappingConfig.of(section(Part.MAPPING, all, found));
        Gpt2Config gpt2 = Gpt2Config.of(section(Part.GPT2, all, found));
        this.inputs = mapping.inputs();
        this.loaded =
            Checkpoint.of(all, model)
                .loadNamed(
                    backend,
                    WeightFormat.F32,
                    source ->
                        new Networks(
                            MappingNetwork.of(source.at("mapping"), mapping),
                            Gpt2.of(source.at("gpt2"), gpt2)));
      }
    }

    private static JsonObject section(Part part, NamedTensors all, Recognised found) {
      CombinedTensors own = new CombinedTensors("test");
      all.names().stream().filter(part::owns).forEach(name -> own.put(name, all, name));
      return Json.parseObject(
          Json.write(
                  Sections.settle(part, own, all, found.files().config().flatMap(part::declared)))
              .getBytes(StandardCharsets.UTF_8),
          "test");
    }

    float[] embedding(int index) {
      float[] all = tensors.floats("clip_embedding");
      return Arrays.copyOfRange(all, index * inputs, (index + 1) * inputs);
    }

    List<Caption> captions(int index, Decoding decoding, Probe probe) {
      CaptionForm form =
          new CaptionForm(
              Architecture.CLIPCAP,
              MOST,
              PositionRule.CLEAN,
              OptionalInt.empty(),
              OptionalInt.of(CaptionForm.FULL_STOP));
      return new EmbeddingCaptioner(
              backend,
              loaded.model().mapping(),
              loaded.model().gpt2(),
              form,
              Gpt2Decoder.open(Models.resource("gpt2-tokenizer/vocab.json")))
          .candidates(embedding(index), inputs, CaptionRequest.of(decoding), probe)
          .getFirst();
    }

    @Override
    public void close() {
      tensors.close();
    }
  }

  private static void assertClose(String what, float[] actual, float[] expected, double within) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i])
          .as("%s: element %d", what, i)
          .isCloseTo(expected[i], within((float) within));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void makesThePrefixThroughEveryStage(String model, Backend backend) {
    try (Golden golden = new Golden(model, backend)) {
      Map<String, Tensor> stages = new HashMap<>();
      Tensor embeddings =
          Tensor.of(backend, Shape.of(3, golden.inputs), golden.tensors.floats("clip_embedding"));
      Tensor prefix = golden.loaded.model().mapping().forward(embeddings, Probe.into(stages::put));
      assertClose("prefix", prefix.toArray(), golden.tensors.floats("prefix"), TOLERANCE);
      if (golden.tensors.names().contains("mapper.input")) {
        assertClose(
            "input", stage(stages, "input"), golden.tensors.floats("mapper.input"), TOLERANCE);
        for (int i = 0; i < 3; i++) {
          String name = "mapper.layer." + i;
          assertClose(name, stage(stages, "layers." + i), golden.tensors.floats(name), TOLERANCE);
        }
      }
    }
  }

  private static float[] stage(Map<String, Tensor> stages, String name) {
    return Objects.requireNonNull(stages.get(name), name).toArray();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void writesTheLikeliestCaptionAndWeighsEveryWordAlike(String model, Backend backend) {
    try (Golden golden = new Golden(model, backend)) {
      for (int i = 0; i < 3; i++) {
        JsonObject wanted = golden.expected.objects("items").get(i).object("greedy");
        Map<String, Tensor> stages = new HashMap<>();
        Caption caption =
            golden.captions(i, Decoding.greedy(MOST), Probe.into(stages::put)).getFirst();
        assertThat(caption.tokens()).isEqualTo(ints(wanted.list("tokens")));
        assertThat(caption.text()).isEqualTo(wanted.string("text").strip());
        assertThat(caption.tokens().getLast() == CaptionForm.FULL_STOP)
            .isEqualTo(wanted.bool("stopped", false));
        long[] ids = golden.tensors.longs(i + ".greedy.top5_ids");
        float[] logits = golden.tensors.floats(i + ".greedy.top5_logits");
        for (int at = 0; at < ids.length; at++) {
          float[] step = stage(stages, "steps." + at / 5 + ".logits");
          assertThat(step[(int) ids[at]])
              .as("photo %d, step %d, token %d", i, at / 5, ids[at])
              .isCloseTo(logits[at], within((float) TOLERANCE));
        }
      }
    }
  }

  private static List<Integer> ints(List<?> numbers) {
    return numbers.stream().map(number -> Math.toIntExact((Long) number)).toList();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void followsFiveBeamsAsThePublishedCodeDoes(String model, Backend backend) {
    try (Golden golden = new Golden(model, backend)) {
      for (int i = 0; i < 3; i++) {
        JsonObject wanted = golden.expected.objects("items").get(i).object("beam5");
        Decoding decoding = Decoding.of(new SearchStrategy.MeanBeam(5), MOST).withCandidates(5);
        List<Caption> captions = golden.captions(i, decoding, Probe.NONE);
        List<?> tokens = wanted.list("tokens");
        List<?> scores = wanted.list("scores");
        List<?> lengths = wanted.list("lengths");
        assertThat(captions).hasSize(5);
        for (int rank = 0; rank < 5; rank++) {
          Caption caption = captions.get(rank);
          assertThat(caption.tokens()).isEqualTo(ints((List<?>) tokens.get(rank)));
          assertThat(caption.tokens()).hasSize(Math.toIntExact((Long) lengths.get(rank)));
          assertThat(caption.score())
              .isCloseTo(((Number) scores.get(rank)).doubleValue(), within(SCORE_TOLERANCE));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void learnsWhatThePublishedCodeLearns(String model, Backend backend) {
    try (Golden golden = new Golden(model, backend)) {
      Networks networks = golden.loaded.model();
      int[][] captions = captions(golden);
      CaptionLoss loss =
          new CaptionLoss(networks.mapping(), networks.gpt2(), CaptionRule.CLIPCAP, 0);
      Tensor embeddings =
          Tensor.of(backend, Shape.of(3, golden.inputs), golden.tensors.floats("clip_embedding"));
      Trainables trained =
          Trainables.of(backend, golden.loaded.parameters(), name -> name.startsWith("mapping."));
      try (ValueAndGradients found =
          Autograd.valueAndGradients(
              trained.leaves(), () -> loss.of(embeddings, captions, Dropout.NONE))) {
        assertThat(found.loss())
            .isCloseTo(golden.tensors.floats("train.loss")[0], within((float) TOLERANCE));
        for (Parameter parameter : trained.parameters()) {
          String name = parameter.name().replaceFirst("^mapping\\.", "clip_project.");
          assertClose(
              name,
              gradient(backend, parameter, found.gradients()),
              golden.tensors.floats("train.grad." + name),
              TOLERANCE);
        }
        assertThat(trained.parameters())
            .hasSize(
                (int)
                    golden.tensors.names().stream()
                        .filter(name -> name.startsWith("train.grad."))
                        .count());
      }
    }
  }

  /// The tokens behind the prefix, without the padding.
  private static int[][] captions(Golden golden) {
    long[] tokens = golden.tensors.longs("train.tokens");
    int length = tokens.length / 3;
    return IntStream.range(0, 3)
        .mapToObj(
            i ->
                Arrays.stream(tokens, i * length, (i + 1) * length)
                    .mapToInt(Math::toIntExact)
                    .filter(token -> token != 0)
                    .toArray())
        .toArray(int[][]::new);
  }

  private static float[] gradient(Backend backend, Parameter parameter, Gradients gradients) {
    Parameter gradient =
        switch (parameter) {
          case Parameter.Vector(var name, var info, var value) ->
              new Parameter.Vector(name, info, gradients.of(value).orElseThrow());
          case Parameter.Matrix(var name, var info, var transposed, var value) ->
              new Parameter.Matrix(name, info, transposed, gradients.of(value).orElseThrow());
        };
    return new ParameterTensors(backend, List.of(gradient)).floats(parameter.name());
  }
}
