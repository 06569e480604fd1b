package org.clipscribe.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.clipscribe.tensor.MatrixSource;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;

/// Builds a model from stored tensors, all or nothing.
///
/// The model is built twice: first against placeholders, to compare every name and shape with the
/// file and to report all that does not fit at once; then for real. Nothing of the model's size is
/// allocated before the check passed, and weights are packed a few rows at a time, so that the peak
/// is the packed model and one block.
/// ```java
/// Gpt2 gpt2 =
///     Checkpoint.of(file, "GPT-2 [12 x 768]")
///         .load(backend, WeightFormat.F32, source -> Gpt2.of(source.at("transformer"), config));
/// ```
public final class Checkpoint {
  private static final List<String> BUFFERS =
      List.of(
          "attn.bias",
          "attn.masked_bias",
          "crossattention.bias",
          "crossattention.masked_bias",
          "embeddings.position_ids");

  private final NamedTensors tensors;
  private final String model;
  private final Predicate<String> strict;
  private final Predicate<String> ignored;

  private Checkpoint(
      NamedTensors tensors, String model, Predicate<String> strict, Predicate<String> ignored) {
    this.tensors = tensors;
    this.model = model;
    this.strict = strict;
    this.ignored = ignored;
  }

  /// A checkpoint in which every name must belong to the model, but for [#isBuffer buffers].
  ///
  /// @param model what it should be, for errors, like `GPT-2 [12 x 768]`
  public static Checkpoint of(NamedTensors tensors, String model) {
    return new Checkpoint(tensors, model, _ -> true, Checkpoint::isBuffer);
  }

  /// Whether a name belongs to a buffer that PyTorch modules save beside their parameters and that
  /// follows from the configuration: causal masks and position numbers. Such names may be there or
  /// not. Whole dotted parts count, so the real parameter `attn.c_attn.bias` is no buffer.
  public static boolean isBuffer(String name) {
    return BUFFERS.stream().anyMatch(b -> name.equals(b) || name.endsWith("." + b));
  }

  /// The same, for a file that holds more than this model: names outside the namespaces may be
  /// anything.
  ///
  /// @param namespaces whole dotted parts, like `gpt2`
  public Checkpoint strictBelow(String... namespaces) {
    List<String> prefixes = Stream.of(namespaces).map(namespace -> namespace + ".").toList();
    return new Checkpoint(
        tensors, model, name -> prefixes.stream().anyMatch(name::startsWith), ignored);
  }

  /// The same, with more names that may be there without being asked for.
  public Checkpoint ignoring(Predicate<String> names) {
    return new Checkpoint(tensors, model, strict, ignored.or(names));
  }

  /// Checks and loads.
  ///
  /// @param format how matrices are kept
  /// @param builder builds the model from a source, like `source -> Gpt2.of(source, config)`; runs
  ///     twice and must ask for the same both times
  /// @throws BadInputException naming everything that is missing, of another shape, not of floating
  ///     type or unexpected
  public <M> M load(Backend backend, WeightFormat format, Function<ParameterSource, M> builder) {
    return builder.apply(new ParameterCursor(checked(backend, format, builder), ""));
  }

  /// A model together with its parameters by name, for those who change or save them.
  ///
  /// @param parameters in the order in which the model asked for them
  public record Loaded<M>(M model, List<Parameter> parameters) {}

  /// The same as [#load] for who needs to know which parameter is which: training.
  public <M> Loaded<M> loadNamed(
      Backend backend, WeightFormat format, Function<ParameterSource, M> builder) {
    NamedParameters named = new NamedParameters(checked(backend, format, builder));
    M model = builder.apply(new ParameterCursor(named, ""));
    return new Loaded<>(model, named.all());
  }

  /// What [#load] builds the model from.
  ParameterCursor.Parameters checked(
      Backend backend, WeightFormat format, Function<ParameterSource, ?> builder) {
    Fit fit = compare(backend, builder);
    if (!fit.fits()) {
      throw new BadInputException(tensors.origin(), "does not fit " + model + ": " + fit.faults());
    }
    return new Stored(tensors, backend, format);
  }

  /// Checks without loading: nothing of the model's size is read or allocated.
  ///
  /// @param backend named by placeholders, otherwise unused
  public Fit compare(Backend backend, Function<ParameterSource, ?> builder) {
    Map<String, TensorInfo> asked = ParameterLayout.of(backend, tensors.names()::contains, builder);
    List<String> missing = new ArrayList<>();
    List<String> misshapen = new ArrayList<>();
    List<String> mistyped = new ArrayList<>();
    asked.forEach(
        (name, expected) -> {
          if (!tensors.names().contains(name)) {
            missing.add(name + " " + expected.shape());
            return;
          }
          TensorInfo found = tensors.info(name);
          if (!found.shape().equals(expected.shape())) {
            misshapen.add(name + " is " + found.shape() + ", expected " + expected.shape());
          } else if (!found.dtype().isFloating()) {
            mistyped.add(name + " is " + found.dtype());
          }
        });
    List<String> unexpected = new ArrayList<>();
    List<String> unused = new ArrayList<>();
    for (String name : tensors.names()) {
      if (!asked.containsKey(name)) {
        boolean fault = strict.test(name) && !ignored.test(name);
        (fault ? unexpected : unused).add(name + " " + tensors.info(name).shape());
      }
    }
    return new Fit(missing, misshapen, mistyped, unexpected, unused);
  }

  /// Parameters as they are stored; shapes have been checked.
  private record Stored(NamedTensors tensors, Backend backend, WeightFormat format)
      implements ParameterCursor.Parameters {
    @Override
    public boolean has(String name) {
      return tensors.names().contains(name);
    }

    @Override
    public Tensor tensor(String name, int[] shape) {
      return Tensor.of(backend, Shape.of(shape), tensors.floats(name));
    }

    @Override
    public PackedWeight matrix(String name, int[] shape, boolean transposed) {
      MatrixSource rows = new StoredMatrix(tensors, name, shape[0], ParameterCursor.columns(shape));
      return backend.pack(rows, transposed, format);
    }
  }

  private record StoredMatrix(NamedTensors tensors, String name, int rows, int columns)
      implements MatrixSource {
    @Override
    public void read(int first, int count, float[] into) {
      tensors.readFloats(name, (long) first * columns, count * columns, into);
    }
  }
}
