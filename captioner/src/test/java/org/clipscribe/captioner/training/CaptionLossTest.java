package org.clipscribe.captioner.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.clipscribe.captioner.BundleConfig;
import org.clipscribe.captioner.MappingNetwork;
import org.clipscribe.gpt2.Gpt2;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.Parameter;
import org.clipscribe.nn.TensorInfo;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The three rules against PyTorch running the original's code, and the two sane variants of it.
final class CaptionLossTest {
  private static final int END = 50256;

  /// Relative to the loss; issue 4 promises 1e-4.
  private static final double LOSS_TOLERANCE = 1e-5;

  /// Relative to the norm of a parameter's gradient; issue 4 promises 1e-4.
  private static final double GRADIENT_TOLERANCE = 1e-4;

  private final SafetensorsFile expected = SafetensorsFile.open(resource("training.safetensors"));
  private final JsonObject json = Json.readObject(resource("training.json"));

  private static Path resource(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(CaptionLossTest.class.getResource("/net-tiny/" + name)).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void close() {
    expected.close();
  }

  private static Checkpoint.Loaded<CaptioningTask.Networks> load(Backend backend) {
    BundleConfig config = BundleConfig.of(Json.readObject(resource("config.json")));
    try (SafetensorsFile weights = SafetensorsFile.open(resource("model.safetensors"))) {
      return Checkpoint.of(new BundleNames(weights), "net-tiny")
          .strictBelow("mapping", "gpt2")
          .loadNamed(
              backend,
              WeightFormat.F32,
              source ->
                  new CaptioningTask.Networks(
                      MappingNetwork.of(source.at("mapping"), config.mapping().orElseThrow()),
                      Gpt2.of(source.at("gpt2"), config.gpt2())));
    }
  }

  private static String original(String name) {
    return name.replaceFirst("^mapping\\.", "mp.")
        .replaceFirst("^gpt2\\.", "td.model.transformer.");
  }

  /// The original's file under the names of a bundle.
  private record BundleNames(NamedTensors file) implements NamedTensors {
    @Override
    public String origin() {
      return file.origin();
    }

    @Override
    public Set<String> names() {
      return file.names().stream()
          .map(
              name ->
                  name.replaceFirst("^mp\\.", "mapping.")
                      .replaceFirst("^td\\.model\\.transformer\\.", "gpt2."))
          .collect(Collectors.toSet());
    }

    @Override
    public TensorInfo info(String name) {
      return file.info(original(name));
    }

    @Override
    public void readFloats(String name, long first, int count, float[] into) {
      file.readFloats(original(name), first, count, into);
    }

    @Override
    public void readLongs(String name, long first, int count, long[] into) {
      file.readLongs(original(name), first, count, into);
    }
  }

  private int[][] captions(CaptionRule rule) {
    long[] ids = expected.longs("train.input_ids");
    long[] mask = expected.longs("train.attention_mask");
    int length = ids.length / 3;
    return IntStream.range(0, 3)
        .mapToObj(
            i -> {
              int[] tokens =
                  IntStream.range(i * length, (i + 1) * length)
                      .filter(at -> mask[at] == 1)
                      .map(at -> (int) ids[at])
                      .toArray();
              // The golden run of sane_a learned no end.
              return rule == CaptionRule.SANE_B ? rule.learned(tokens, END, 20) : tokens;
            })
        .toArray(int[][]::new);
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void agreesWithPyTorchInLossAndEveryGradient(Backend backend) {
    for (CaptionRule rule : List.of(CaptionRule.SANE_B, CaptionRule.SANE_A, CaptionRule.ORIGINAL)) {
      Checkpoint.Loaded<CaptioningTask.Networks> loaded = load(backend);
      Trainables trained =
          Trainables.of(
              backend,
              loaded.parameters(),
              TrainedParts.ofCaptioner(loaded.model().gpt2().config())::contains);
      CaptionLoss loss =
          new CaptionLoss(loaded.model().mapping(), loaded.model().gpt2(), rule, END);
      String run = "train." + (rule == CaptionRule.ORIGINAL ? "upstream" : rule.label());
      Tensor embeddings = Tensor.of(backend, Shape.of(3, 10), expected.floats("train.embeddings"));
      try (ValueAndGradients found =
          Autograd.valueAndGradients(
              trained.leaves(), () -> loss.of(embeddings, captions(rule), Dropout.NONE))) {
        double wanted = json.object("train").object(run).number("loss");
        assertThat((double) found.loss())
            .as(run)
            .isCloseTo(wanted, within(LOSS_TOLERANCE * wanted));
        for (Parameter parameter : trained.parameters()) {
          check(run, parameter, gradient(backend, parameter, found.gradients()));
        }
      }
    }
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

  private void check(String run, Parameter parameter, float[] gradient) {
    String name = original(parameter.name());
    double norm = norm(gradient);
    double wantedNorm = json.object("train").object(run).object("grad_norm").number(name);
    assertThat(norm)
        .as("%s: norm of %s", run, name)
        .isCloseTo(wantedNorm, within(GRADIENT_TOLERANCE * wantedNorm));
    float[] wanted = expected.floats(run + ".grad." + name);
    float[] found = gradient;
    if (name.endsWith("wte.weight")) {
      found = new float[wanted.length];
      long[] rows = expected.longs("train.wte_rows");
      int width = wanted.length / rows.length;
      for (int i = 0; i < rows.length; i++) {
        System.arraycopy(gradient, (int) rows[i] * width, found, i * width, width);
      }
    }
    assertThat(found).hasSameSizeAs(wanted);
    for (int i = 0; i < found.length; i++) {
      assertThat((double) found[i])
          .as("%s: element %d of %s", run, i, name)
          .isCloseTo(wanted[i], within(GRADIENT_TOLERANCE * wantedNorm));
    }
  }

  private static double norm(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void trainsWhatTheOriginalTrains(Backend backend) {
    Checkpoint.Loaded<CaptioningTask.Networks> loaded = load(backend);
    Trainables trained =
        Trainables.of(
            backend,
            loaded.parameters(),
            TrainedParts.ofCaptioner(loaded.model().gpt2().config())::contains);
    assertThat(trained.names().stream().map(CaptionLossTest::original))
        .containsExactlyInAnyOrderElementsOf(
            json.list("trainable").stream().map(String::valueOf).toList());
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void countsItsTargets(Backend backend) {
    CaptioningTask.Networks networks = load(backend).model();
    for (CaptionRule rule : CaptionRule.values()) {
      int targets =
          new CaptionLoss(networks.mapping(), networks.gpt2(), rule, END).targets(captions(rule));
      int real = 12 + 9 + 16;
      assertThat(targets)
          .isEqualTo(
              switch (rule) {
                case ORIGINAL -> 3 * 15;
                case SANE_A -> real - 3;
                case SANE_B -> real + 3;
                case CLIPCAP -> real;
              });
    }
    assertThat(Arrays.stream(captions(CaptionRule.SANE_B)).mapToInt(c -> c[c.length - 1]))
        .containsOnly(END);
  }
}
