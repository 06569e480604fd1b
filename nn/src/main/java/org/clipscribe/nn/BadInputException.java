package org.clipscribe.nn;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Something a user handed in cannot be used: a damaged file, a checkpoint that does not fit, a
/// picture that is none.
///
/// The message is one line for a person: *origin: cause*, with the remedy in the cause where there
/// is one. The command line prints it as it is and ends with exit status 3; nothing was changed
/// when it is thrown.
public final class BadInputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// @param origin what was read, usually a file name
  /// @param cause what is wrong with it, numbers and names included, and what to do about it
  public BadInputException(String origin, String cause) {
    super(oneLine(origin + ": " + cause));
  }

  public BadInputException(Path origin, String cause) {
    this(origin.toString(), cause);
  }

  public BadInputException(String origin, String cause, Throwable because) {
    super(oneLine(origin + ": " + cause), because);
  }

  /// A file that cannot be opened or read.
  public static BadInputException unreadable(Path file, IOException why) {
    String cause =
        switch (why) {
          case NoSuchFileException _ -> "there is no such file";
          case AccessDeniedException _ -> "permission to read it is denied";
          default -> "cannot be read (" + why + ")";
        };
    return new BadInputException(file.toString(), cause, why);
  }

  /// A name from a file, in quotes, cut so that the rest of a message stays visible.
  public static String quote(String name) {
    return "\"" + (name.length() > 100 ? name.substring(0, 100) + "..." : name) + "\"";
  }

  /// Names inside hostile files may hold line breaks, terminal escapes or megabytes: neither
  /// reaches a terminal or a log.
  private static String oneLine(String message) {
    StringBuilder line = new StringBuilder();
    message
        .codePoints()
        .limit(1000)
        .forEach(c -> line.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return message.length() > 1000 ? line + "..." : line.toString();
  }
}
