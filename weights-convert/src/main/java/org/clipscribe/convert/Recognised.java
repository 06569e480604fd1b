package org.clipscribe.convert;

import java.nio.file.Path;
import org.clipscribe.nn.BadInputException;

/// A checkpoint of which we know what it is, under our names.
///
/// @param path as the user gave it
/// @param prefix that a wrapper put before all names
record Recognised(Path path, WeightFiles files, Family family, String prefix, MappedTensors tensors)
    implements AutoCloseable {

  /// @throws BadInputException when it cannot be read or is of a family that we cannot use
  static Recognised open(Path path) {
    WeightFiles files = WeightFiles.open(path);
    Recognised recognised = null;
    try {
      String origin = files.tensors().origin();
      Family.Found found = Family.of(files.tensors().names());
      MappedTensors tensors =
          new MappedTensors(files.tensors(), found.prefix(), found.family().keysOrRefuse(origin));
      recognised = new Recognised(path, files, found.family(), found.prefix(), tensors);
      return recognised;
    } finally {
      if (recognised == null) {
        files.close();
      }
    }
  }

  boolean has(Part part) {
    return tensors.names().stream().anyMatch(part::owns);
  }

  @Override
  public void close() {
    files.close();
  }
}
