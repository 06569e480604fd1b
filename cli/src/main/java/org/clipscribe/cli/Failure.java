package org.clipscribe.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import org.clipscribe.hub.HubException;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.tensor.DeviceUnavailableException;

/// Why something did not work, for a person and for a script.
///
/// @param status an [ExitStatus]
/// @param message one line
/// @param cause shown with `--debug`
record Failure(int status, String message, Throwable cause) {

  static Failure of(Throwable cause) {
    String message = Objects.requireNonNullElse(cause.getMessage(), cause.toString());
    return switch (cause) {
      case CommandException e -> new Failure(e.status(), message, e);
      case BadInputException e when e.getCause() instanceof OutOfMemoryError ->
          new Failure(ExitStatus.RESOURCES, message, e); // the input may be as good as any
      case BadInputException e -> new Failure(ExitStatus.BAD_INPUT, message, e);
      case HubException e -> new Failure(ExitStatus.NO_MODEL, message, e);
      case DeviceUnavailableException e -> new Failure(ExitStatus.RESOURCES, message, e);
      case OutOfMemoryError e -> new Failure(ExitStatus.RESOURCES, outOfMemory(message), e);
      case FileSystemException e -> new Failure(ExitStatus.RESOURCES, file(e), e);
      case IOException e ->
          new Failure(ExitStatus.RESOURCES, "input or output failed: " + message, e);
      case UncheckedIOException e when e.getCause() != null -> of(e.getCause());
      default ->
          new Failure(
              ExitStatus.SOME_FAILED,
              "this is a fault of clipscribe, please report it with the output of --debug: "
                  + cause,
              cause);
    };
  }

  /// What the system said of a file, whose exceptions often say nothing but its name.
  private static String file(FileSystemException e) {
    String reason =
        switch (e) {
          case AccessDeniedException _ -> "permission denied";
          case NoSuchFileException _ -> "no such file or folder";
          case FileAlreadyExistsException _ -> "is in the way, and no folder";
          default -> Objects.requireNonNullElse(e.getReason(), e.toString());
        };
    return e.getFile() + ": " + reason;
  }

  private static String outOfMemory(String message) {
    long heap = Runtime.getRuntime().maxMemory() >> 20;
    return message.contains("Java heap")
        ? ("out of memory: the Java heap may grow to %d MB only; allow more, for example"
                + " CLIPSCRIBE_JAVA_OPTS=-Xmx%dm")
            .formatted(heap, Math.max(1024, 2 * heap))
        : ("out of memory: the system has none left (%s); close other programs or use a smaller"
                + " model")
            .formatted(message);
  }

  /// Prints it.
  ///
  /// @return the exit status
  int report(Terminal terminal, boolean debug) {
    terminal.error(message);
    if (debug) {
      cause.printStackTrace(terminal.messages());
    }
    return status;
  }

  /// The same failure, said of one of several inputs.
  Failure about(String input) {
    return message.startsWith(input) ? this : new Failure(status, input + ": " + message, cause);
  }
}
