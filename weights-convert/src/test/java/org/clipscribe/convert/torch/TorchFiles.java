package org.clipscribe.convert.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.NamedTensors;

/// What the tests of this package share.
final class TorchFiles {
  private TorchFiles() {}

  static Path resource(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(TorchFiles.class.getResource("/torch-files/" + name), name)
              .toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] resourceBytes(String name) {
    try {
      return Files.readAllBytes(resource(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Opens a file and reads every number in it.
  static void readAll(Path file) {
    try (TorchFile torch = TorchFile.open(file)) {
      for (String name : torch.names()) {
        touch(torch, name);
      }
    }
  }

  private static void touch(NamedTensors tensors, String name) {
    if (tensors.info(name).dtype().isFloating()) {
      tensors.floats(name);
    } else {
      tensors.longs(name);
    }
  }

  /// What a user would read. Anything but a [BadInputException] fails the test.
  static String refusal(Path file) {
    BadInputException refused = catchThrowableOfType(BadInputException.class, () -> readAll(file));
    assertThat(refused).as("%s must be refused", file).isNotNull();
    assertThat(refused.getMessage())
        .startsWith(file.toString())
        .doesNotContain("\n")
        .hasSizeLessThan(1100);
    return message(refused);
  }

  static String message(BadInputException refused) {
    return Objects.requireNonNull(refused.getMessage());
  }
}
