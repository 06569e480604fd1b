package org.clipscribe.nn;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Tensor;

/// Hands parameters on and remembers them by name. One that is asked for twice is one parameter.
final class NamedParameters implements ParameterCursor.Parameters {
  private final ParameterCursor.Parameters parameters;
  private final Map<String, Parameter> named = new LinkedHashMap<>();

  NamedParameters(ParameterCursor.Parameters parameters) {
    this.parameters = parameters;
  }

  List<Parameter> all() {
    return List.copyOf(named.values());
  }

  @Override
  public boolean has(String name) {
    return parameters.has(name);
  }

  @Override
  public Tensor tensor(String name, int[] shape) {
    if (named.get(name) instanceof Parameter.Vector before) {
      return before.value();
    }
    Tensor value = parameters.tensor(name, shape);
    named.put(name, new Parameter.Vector(name, TensorInfo.of(DType.F32, shape), value));
    return value;
  }

  @Override
  public PackedWeight matrix(String name, int[] shape, boolean transposed) {
    if (named.get(name) instanceof Parameter.Matrix before) {
      return before.value();
    }
    PackedWeight value = parameters.matrix(name, shape, transposed);
    named.put(name, new Parameter.Matrix(name, TensorInfo.of(DType.F32, shape), transposed, value));
    return value;
  }
}
