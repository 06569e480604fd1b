package org.clipscribe.nn;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;

/// The names and shapes that a model asks for, found out by building it from nothing: what was
/// asked is the state dict.
public final class ParameterLayout {
  private ParameterLayout() {}

  /// Builds a model against a source that hands out shapes without memory behind them, and throws
  /// the model away.
  ///
  /// @param backend named by the placeholders, otherwise unused
  /// @param optional which parameters that a model may lack are there
  /// @param model builds the model, like `source -> Gpt2.of(source, config)`
  /// @return names in the order asked, all as F32
  public static Map<String, TensorInfo> of(
      Backend backend, Predicate<String> optional, Function<ParameterSource, ?> model) {
    Recorder recorder = new Recorder(backend, optional, new LinkedHashMap<>());
    var _ = model.apply(new ParameterCursor(recorder, "")); // asked for its questions only
    return Collections.unmodifiableMap(recorder.asked);
  }

  private record Recorder(
      Backend backend, Predicate<String> optional, Map<String, TensorInfo> asked)
      implements ParameterCursor.Parameters {
    @Override
    public boolean has(String name) {
      return optional.test(name);
    }

    @Override
    public Tensor tensor(String name, int[] shape) {
      record(name, shape);
      return Placeholders.tensor(backend, shape);
    }

    @Override
    public PackedWeight matrix(String name, int[] shape, boolean transposed) {
      record(name, shape);
      return Placeholders.matrix(shape, transposed);
    }

    private void record(String name, int[] shape) {
      TensorInfo info = TensorInfo.of(DType.F32, shape);
      TensorInfo before = asked.put(name, info);
      if (before != null && !before.equals(info)) {
        throw new IllegalArgumentException(
            "model: asks for " + name + " as " + before.shape() + " and as " + info.shape());
      }
    }
  }
}
