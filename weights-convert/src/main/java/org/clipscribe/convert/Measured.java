package org.clipscribe.convert;

import java.util.List;
import java.util.OptionalLong;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.NamedTensors;

/// Dimensions read off the shapes of weights.
///
/// @param prefix of the names, ending in a dot
/// @param all the weights of the other parts, too, as far as they are there
record Measured(NamedTensors tensors, String prefix, NamedTensors all) {
  /// Whether there is such a weight.
  boolean has(String name) {
    return tensors.names().contains(prefix + name);
  }

  /// An extent of a tensor.
  ///
  /// @throws BadInputException when there is no such tensor or it has another number of axes
  long extent(String name, int rank, int axis) {
    String full = prefix + name;
    if (!tensors.names().contains(full)) {
      throw new BadInputException(
          tensors.origin(), "lacks " + full + ", from which the size of the model is read");
    }
    List<Long> shape = tensors.info(full).shape();
    if (shape.size() != rank || shape.contains(0L)) {
      throw new BadInputException(
          tensors.origin(), full + " is " + shape + ", expected " + rank + " axes");
    }
    return shape.get(axis);
  }

  /// How often one extent goes into another.
  long ratio(String what, long whole, long part) {
    if (whole % part != 0) {
      throw new BadInputException(
          tensors.origin(), "%s: %d is not a multiple of %d".formatted(what, whole, part));
    }
    return whole / part;
  }

  /// The number of layers: one more than the highest number behind `name`.
  long layers(String name) {
    String before = prefix + name + ".";
    OptionalLong highest =
        tensors.names().stream()
            .filter(full -> full.startsWith(before))
            .map(full -> full.substring(before.length()).replaceFirst("\\..*", ""))
            .filter(number -> number.matches("\\d{1,9}"))
            .mapToLong(Long::parseLong)
            .max();
    return highest.orElse(-1) + 1;
  }

  BadInputException refuse(String cause) {
    return new BadInputException(tensors.origin(), cause);
  }
}
