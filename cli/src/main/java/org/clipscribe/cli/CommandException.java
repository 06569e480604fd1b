package org.clipscribe.cli;

/// Ends a command with a line for the user and an exit status.
final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  private CommandException(int status, String message) {
    super(message);
    this.status = status;
  }

  static CommandException usage(String message) {
    return new CommandException(ExitStatus.USAGE, message);
  }

  static CommandException noModel(String message) {
    return new CommandException(ExitStatus.NO_MODEL, message);
  }

  static CommandException resources(String message) {
    return new CommandException(ExitStatus.RESOURCES, message);
  }

  /// @param cause how work came to its end when its thread was interrupted
  static CommandException interrupted(String message, Exception cause) {
    CommandException interrupted = new CommandException(ExitStatus.INTERRUPTED, message);
    interrupted.initCause(cause);
    return interrupted;
  }

  int status() {
    return status;
  }
}
