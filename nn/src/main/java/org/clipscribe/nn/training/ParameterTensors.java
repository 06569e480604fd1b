package org.clipscribe.nn.training;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.Parameter;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.tensor.MatrixSource;
import org.clipscribe.tensor.spi.Backend;

/// Parameters as they would be in a file: by name, in the file's shapes and order of elements. Only
/// a view, so what is read is what they are at that moment.
public final class ParameterTensors implements NamedTensors {
  private final Backend backend;
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();

  public ParameterTensors(Backend backend, List<Parameter> parameters) {
    this.backend = backend;
    parameters.forEach(parameter -> this.parameters.put(parameter.name(), parameter));
  }

  @Override
  public String origin() {
    return "model in training";
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(parameters.keySet());
  }

  @Override
  public TensorInfo info(String name) {
    return parameter(name).info();
  }

  private Parameter parameter(String name) {
    Parameter parameter = parameters.get(name);
    if (parameter == null) {
      throw new IllegalArgumentException(origin() + ": no tensor " + name);
    }
    return parameter;
  }

  @Override
  public void readFloats(String name, long first, int count, float[] into) {
    Objects.checkFromIndexSize(first, count, info(name).elements());
    Objects.checkFromIndexSize(0, count, into.length);
    switch (parameter(name)) {
      case Parameter.Vector vector ->
          backend.download(
              vector.value().storage(),
              vector.value().offset() + Math.toIntExact(first),
              into,
              0,
              count);
      case Parameter.Matrix matrix ->
          read(backend.unpack(matrix.value(), matrix.transposed()), first, count, into);
    }
  }

  /// Elements of a matrix that can only be read by rows.
  private static void read(MatrixSource rows, long first, int count, float[] into) {
    if (count == 0) {
      return;
    }
    int columns = rows.columns();
    int firstRow = Math.toIntExact(first / columns);
    int lastRow = Math.toIntExact((first + count - 1) / columns);
    int skipped = (int) (first - (long) firstRow * columns);
    int read = lastRow - firstRow + 1;
    if (skipped == 0 && count == read * columns) {
      rows.read(firstRow, read, into);
      return;
    }
    float[] whole = new float[Math.multiplyExact(read, columns)];
    rows.read(firstRow, read, whole);
    System.arraycopy(whole, skipped, into, 0, count);
  }

  @Override
  public void readLongs(String name, long first, int count, long[] into) {
    throw new BadInputException(origin(), "tensor " + name + " is of floating type");
  }
}
