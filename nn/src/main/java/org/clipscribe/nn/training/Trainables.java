package org.clipscribe.nn.training;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.Parameter;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.autograd.Gradients;
import org.clipscribe.tensor.autograd.Leaves;
import org.clipscribe.tensor.spi.Backend;

/// The parameters of a model that training changes; all others are frozen.
///
/// @param parameters in the order in which the model asked for them
public record Trainables(Backend backend, List<Parameter> parameters) {
  public Trainables {
    parameters = List.copyOf(parameters);
  }

  /// @param all parameters of a model, from [org.clipscribe.nn.Checkpoint#loadNamed]
  /// @param trained which of them are trained, by name
  public static Trainables of(Backend backend, List<Parameter> all, Predicate<String> trained) {
    return new Trainables(
        backend, all.stream().filter(parameter -> trained.test(parameter.name())).toList());
  }

  /// What to differentiate the loss by.
  public Leaves leaves() {
    List<Tensor> tensors = new ArrayList<>();
    List<PackedWeight> weights = new ArrayList<>();
    for (Parameter parameter : parameters) {
      switch (parameter) {
        case Parameter.Vector vector -> tensors.add(vector.value());
        case Parameter.Matrix matrix -> weights.add(matrix.value());
      }
    }
    return new Leaves(tensors, weights);
  }

  public List<String> names() {
    return parameters.stream().map(Parameter::name).toList();
  }

  /// Number of elements of all of them.
  public long elements() {
    return parameters.stream().mapToLong(parameter -> parameter.info().elements()).sum();
  }

  /// Their values as they would be in a file, read when asked for.
  public NamedTensors tensors() {
    return new ParameterTensors(backend, parameters);
  }

  /// Their gradients as they would be in a file, without those that the loss does not depend on.
  ///
  /// @param gradients in [#leaves]
  public NamedTensors gradients(Gradients gradients) {
    List<Parameter> found = new ArrayList<>();
    for (Parameter parameter : parameters) {
      switch (parameter) {
        case Parameter.Vector(var name, var info, var value) ->
            gradients
                .of(value)
                .ifPresent(slope -> found.add(new Parameter.Vector(name, info, slope)));
        case Parameter.Matrix(var name, var info, var transposed, var value) ->
            gradients
                .of(value)
                .ifPresent(slope -> found.add(new Parameter.Matrix(name, info, transposed, slope)));
      }
    }
    return new ParameterTensors(backend, found);
  }
}
