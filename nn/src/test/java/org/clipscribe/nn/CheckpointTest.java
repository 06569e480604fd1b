package org.clipscribe.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
  private final Backend backend = Backends.open("reference", 1).backend();

  @AfterEach
  void close() {
    backend.close();
  }

  /// A model with one parameter of every kind.
  private record Toy(Linear fc, Linear projection, PackedWeight patches, Tensor token) {
    static Toy of(ParameterSource source) {
      return new Toy(
          Linear.of(source.at("fc"), 3, 2),
          Linear.conv1d(source.at("h").at(0), 2, 5),
          source.linear("patches.weight", 4, 3, 2, 2),
          source.get("token", 3));
    }
  }

  private static Map<String, TensorInfo> toy() {
    Map<String, TensorInfo> layout = new LinkedHashMap<>();
    layout.put("toy.fc.weight", TensorInfo.of(DType.F32, 2, 3));
    layout.put("toy.fc.bias", TensorInfo.of(DType.F32, 2));
    layout.put("toy.h.0.weight", TensorInfo.of(DType.F32, 2, 5));
    layout.put("toy.h.0.bias", TensorInfo.of(DType.F32, 5));
    layout.put("toy.patches.weight", TensorInfo.of(DType.F32, 4, 3, 2, 2));
    layout.put("toy.token", TensorInfo.of(DType.F32, 3));
    return layout;
  }

  private static NamedTensors tensors(Map<String, TensorInfo> layout) {
    return new SeededTensors(layout, 1, (_, _) -> new Initialisation.Normal(0, 1));
  }

  private Toy load(Checkpoint checkpoint) {
    return checkpoint.load(backend, WeightFormat.F32, source -> Toy.of(source.at("toy")));
  }

  /// The whole matrix, by multiplying the identity.
  private float[] columnsOf(PackedWeight weight) {
    float[] identity = new float[weight.inputs() * weight.inputs()];
    for (int i = 0; i < weight.inputs(); i++) {
      identity[i * weight.inputs() + i] = 1;
    }
    Tensor x = Tensor.of(backend, Shape.of(weight.inputs(), weight.inputs()), identity);
    return new Linear(weight, null).forward(x).toArray(); // [inputs, outputs]
  }

  private float[] rowsOf(PackedWeight weight) {
    return Tensor.of(backend, Shape.of(weight.inputs(), weight.outputs()), columnsOf(weight))
        .permute(1, 0)
        .toArray();
  }

  @Test
  void loadsEveryKindOfParameterAsItIsStored() {
    NamedTensors stored = tensors(toy());
    Toy toy = load(Checkpoint.of(stored, "toy"));
    assertThat(rowsOf(toy.fc().weight())).isEqualTo(stored.floats("toy.fc.weight"));
    assertThat(columnsOf(toy.projection().weight())).isEqualTo(stored.floats("toy.h.0.weight"));
    assertThat(rowsOf(toy.patches())).isEqualTo(stored.floats("toy.patches.weight"));
    assertThat(toy.token().toArray()).isEqualTo(stored.floats("toy.token"));
    assertThat(toy.token().shape()).isEqualTo(Shape.of(3));
  }

  @Test
  void namesEverythingThatDoesNotFitInOneError() {
    Map<String, TensorInfo> layout = toy();
    layout.remove("toy.h.0.bias");
    layout.put("toy.fc.weight", TensorInfo.of(DType.F32, 3, 3));
    layout.put("toy.token", TensorInfo.of(DType.I64, 3));
    layout.put("toy.more", TensorInfo.of(DType.F32));
    layout.put("toy.h.0.attn.bias", TensorInfo.of(DType.F32, 1, 1, 4, 4));
    assertThatThrownBy(() -> load(Checkpoint.of(tensors(layout), "toy [2 x 3]")))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "random model with seed 1: does not fit toy [2 x 3]: 1 missing (toy.h.0.bias [5]), "
                + "1 of wrong shape (toy.fc.weight is [3, 3], expected [2, 3]), "
                + "1 not of floating type (toy.token is I64), 1 unexpected (toy.more [])");
  }

  @Test
  void comparesWithoutLoading() {
    Map<String, TensorInfo> layout = toy();
    layout.remove("toy.h.0.bias");
    layout.put("toy.h.0.attn.bias", TensorInfo.of(DType.U8, 1, 1, 4, 4));
    Fit fit =
        Checkpoint.of(tensors(layout), "toy").compare(backend, source -> Toy.of(source.at("toy")));
    assertThat(fit.fits()).isFalse();
    assertThat(fit.missing()).containsExactly("toy.h.0.bias [5]");
    assertThat(fit.ignored()).containsExactly("toy.h.0.attn.bias [1, 1, 4, 4]");
    assertThat(fit.unexpected()).isEmpty();
  }

  @Test
  void cutsLongListsAndCountsTheRest() {
    assertThatThrownBy(() -> load(Checkpoint.of(tensors(Map.of()), "toy")))
        .isInstanceOf(BadInputException.class)
        .hasMessageEndingWith(
            "6 missing (toy.fc.weight [2, 3]; toy.fc.bias [2]; toy.h.0.weight [2, 5]; and 3 more)");
  }

  @Test
  void mindsOnlyTheNamespacesItIsToldTo() {
    Map<String, TensorInfo> layout = toy();
    layout.put("toybox.weight", TensorInfo.of(DType.F32, 2));
    layout.put("other", TensorInfo.of(DType.F32, 2));
    assertThat(load(Checkpoint.of(tensors(layout), "toy").strictBelow("toy"))).isNotNull();
    assertThatThrownBy(() -> load(Checkpoint.of(tensors(layout), "toy").strictBelow("toybox")))
        .hasMessageContaining("1 unexpected (toybox.weight [2])");
    assertThat(
            load(
                Checkpoint.of(tensors(layout), "toy")
                    .ignoring(name -> name.equals("other"))
                    .ignoring(name -> name.startsWith("toybox"))))
        .isNotNull();
  }

  @Test
  void readsNothingBeforeAllNamesAndShapesFit() {
    Map<String, TensorInfo> layout = toy();
    layout.remove("toy.token"); // what the model asks for last
    NamedTensors untouchable =
        new Watched(tensors(layout)) {
          @Override
          public void readFloats(String name, long first, int count, float[] into) {
            throw new AssertionError("reads " + name);
          }
        };
    assertThatThrownBy(() -> load(Checkpoint.of(untouchable, "toy")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("1 missing (toy.token [3])");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void readsLargeMatricesInParts(boolean transposed) {
    // 12 MB; a second copy of the largest matrix of GPT-2 would be 154 MB.
    Map<String, TensorInfo> layout = Map.of("w", TensorInfo.of(DType.F32, 1500, 2000));
    int[] largest = {0};
    NamedTensors watched =
        new Watched(tensors(layout)) {
          @Override
          public void readFloats(String name, long first, int count, float[] into) {
            largest[0] = Math.max(largest[0], into.length);
            super.readFloats(name, first, count, into);
          }
        };
    Function<ParameterSource, PackedWeight> matrix =
        source -> transposed ? source.conv1d("w", 1500, 2000) : source.linear("w", 1500, 2000);
    PackedWeight weight = Checkpoint.of(watched, "matrix").load(backend, WeightFormat.F32, matrix);
    assertThat(weight.outputs()).isEqualTo(transposed ? 2000 : 1500);
    assertThat(largest[0]).isBetween(2000, 1 << 20);
  }

  @Test
  void offersPartsThatAModelMayLack() {
    Function<ParameterSource, Integer> parts =
        source -> source.has("extra") ? source.get("extra", 2).shape().size() : 0;
    Map<String, TensorInfo> with = Map.of("extra", TensorInfo.of(DType.F32, 2));
    assertThat(Checkpoint.of(tensors(with), "m").load(backend, WeightFormat.F32, parts))
        .isEqualTo(2);
    assertThat(Checkpoint.of(tensors(Map.of()), "m").load(backend, WeightFormat.F32, parts))
        .isZero();
  }

  @Test
  void refusesAModelThatAsksForTwoShapesOfOneName() {
    assertThatThrownBy(
            () ->
                ParameterLayout.of(
                    backend,
                    _ -> false,
                    source -> new Tensor[] {source.get("a", 2), source.get("a", 3)}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a as [2] and as [3]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "h.0.attn.bias",
        "attn.bias",
        "transformer.h.11.attn.masked_bias",
        "embeddings.position_ids"
      })
  void knowsBuffersByWholeDottedParts(String name) {
    assertThat(Checkpoint.isBuffer(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "h.0.attn.c_attn.bias",
        "c_attn.bias",
        "xattn.bias",
        "position_ids",
        "attn.bias.x",
        ""
      })
  void takesNoParameterForABuffer(String name) {
    assertThat(Checkpoint.isBuffer(name)).isFalse();
  }

  private static class Watched implements NamedTensors {
    private final NamedTensors tensors;

    Watched(NamedTensors tensors) {
      this.tensors = tensors;
    }

    @Override
    public String origin() {
      return tensors.origin();
    }

    @Override
    public Set<String> names() {
      return tensors.names();
    }

    @Override
    public TensorInfo info(String name) {
      return tensors.info(name);
    }

    @Override
    public void readFloats(String name, long first, int count, float[] into) {
      tensors.readFloats(name, first, count, into);
    }

    @Override
    public void readLongs(String name, long first, int count, long[] into) {
      tensors.readLongs(name, first, count, into);
    }
  }
}
