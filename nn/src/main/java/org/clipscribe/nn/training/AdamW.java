package org.clipscribe.nn.training;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.Parameter;
import org.clipscribe.tensor.AdamStep;
import org.clipscribe.tensor.MatrixSource;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.autograd.Gradients;
import org.clipscribe.tensor.spi.Backend;

/// The optimiser of Loshchilov and Hutter, 2019, "Decoupled Weight Decay Regularization", with the
/// arithmetic of PyTorch's `torch.optim.AdamW`. With a decay of 0 it is Adam. Changes parameters
/// and its moments in place.
public final class AdamW {
  /// @param beta1 how much of the first moment is kept at each step
  /// @param beta2 how much of the second
  /// @param epsilon keeps the divisor from 0
  /// @param decay by which parameters shrink, in multiples of the learning rate
  /// @param spared which parameters do not shrink, by name
  public record Settings(
      double beta1, double beta2, double epsilon, double decay, NamePatterns spared) {
    /// PyTorch's defaults, but for biases and the gains of layer norms, which do not decay.
    public static final Settings DEFAULT =
        new Settings(0.9, 0.999, 1e-8, 0.01, NamePatterns.BIASES_AND_NORMS);

    public Settings withDecay(double rate) {
      return new Settings(beta1, beta2, epsilon, rate, spared);
    }
  }

  private final Trainables trained;
  private final Settings settings;
  private final Map<String, Parameter> first;
  private final Map<String, Parameter> second;

  private AdamW(
      Trainables trained,
      Settings settings,
      Function<Parameter, Parameter> first,
      Function<Parameter, Parameter> second) {
    this.trained = trained;
    this.settings = settings;
    this.first = moments(trained, first);
    this.second = moments(trained, second);
  }

  private static Map<String, Parameter> moments(
      Trainables trained, Function<Parameter, Parameter> moment) {
    return trained.parameters().stream().collect(Collectors.toMap(Parameter::name, moment));
  }

  /// Starts with moments of 0.
  public static AdamW of(Trainables trained, Settings settings) {
    Function<Parameter, Parameter> zeros = parameter -> zeros(trained.backend(), parameter);
    return new AdamW(trained, settings, zeros, zeros);
  }

  /// Goes on with moments from a checkpoint.
  ///
  /// @param first as [#first()] gave it, in the shapes of the parameters
  /// @param second as [#second()] gave it
  public static AdamW restored(
      Trainables trained, Settings settings, NamedTensors first, NamedTensors second) {
    return new AdamW(
        trained,
        settings,
        parameter -> stored(trained.backend(), parameter, first),
        parameter -> stored(trained.backend(), parameter, second));
  }

  private static Parameter zeros(Backend backend, Parameter parameter) {
    return switch (parameter) {
      case Parameter.Vector(var name, var info, var value) ->
          new Parameter.Vector(name, info, Tensor.zeros(backend, value.shape().toArray()));
      case Parameter.Matrix(var name, var info, var transposed, var value) ->
          new Parameter.Matrix(name, info, transposed, backend.zerosLike(value));
    };
  }

  private static Parameter stored(Backend backend, Parameter parameter, NamedTensors from) {
    return switch (parameter) {
      case Parameter.Vector(var name, var info, var value) ->
          new Parameter.Vector(
              name, info, Tensor.of(backend, Shape.of(value.shape().toArray()), from.floats(name)));
      case Parameter.Matrix(var name, var info, var transposed, var value) -> {
        int rows = transposed ? value.inputs() : value.outputs();
        int columns = transposed ? value.outputs() : value.inputs();
        MatrixSource source = new StoredRows(from, name, rows, columns);
        yield new Parameter.Matrix(
            name, info, transposed, backend.pack(source, transposed, WeightFormat.F32));
      }
    };
  }

  private record StoredRows(NamedTensors tensors, String name, int rows, int columns)
      implements MatrixSource {
    @Override
    public void read(int first, int count, float[] into) {
      tensors.readFloats(name, (long) first * columns, count * columns, into);
    }
  }

  /// Changes every parameter that has a gradient.
  ///
  /// @param step which one this is, from 1
  public void step(int step, double learningRate, Gradients gradients) {
    AdamStep decaying = adamStep(step, learningRate, settings.decay);
    AdamStep spared = adamStep(step, learningRate, 0);
    for (Parameter parameter : trained.parameters()) {
      update(settings.spared.test(parameter.name()) ? spared : decaying, parameter, gradients);
    }
  }

  private AdamStep adamStep(int step, double learningRate, double decay) {
    return new AdamStep(
        step, learningRate, settings.beta1, settings.beta2, settings.epsilon, decay);
  }

  private void update(AdamStep step, Parameter parameter, Gradients gradients) {
    Backend backend = trained.backend();
    Parameter m = first.get(parameter.name());
    Parameter v = second.get(parameter.name());
    if (parameter instanceof Parameter.Vector vector
        && m instanceof Parameter.Vector mean
        && v instanceof Parameter.Vector square) {
      gradients
          .of(vector.value())
          .ifPresent(g -> backend.adamW(step, vector.value(), g, mean.value(), square.value()));
    } else if (parameter instanceof Parameter.Matrix matrix
        && m instanceof Parameter.Matrix mean
        && v instanceof Parameter.Matrix square) {
      gradients
          .of(matrix.value())
          .ifPresent(g -> backend.adamW(step, matrix.value(), g, mean.value(), square.value()));
    }
  }

  /// First moments under the names of their parameters, read when asked for.
  public NamedTensors first() {
    return inOrder(first);
  }

  /// Second moments under the names of their parameters, read when asked for.
  public NamedTensors second() {
    return inOrder(second);
  }

  private NamedTensors inOrder(Map<String, Parameter> moments) {
    List<Parameter> ordered =
        trained.parameters().stream()
            .map(parameter -> Objects.requireNonNull(moments.get(parameter.name())))
            .toList();
    return new ParameterTensors(trained.backend(), ordered);
  }
}
