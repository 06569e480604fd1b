package org.clipscribe.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/// Standard output: results and nothing else, UTF-8 whatever the locale, each written through as
/// soon as it is there.
///
/// `PrintStream` is not used because it hides that writing failed.
final class Results {
  private final OutputStream out;

  Results(OutputStream out) {
    this.out = out;
  }

  /// @throws ClosedException when the reader went away
  /// @throws CommandException when the text cannot be written for any other reason
  void print(String text) {
    try {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("Broken pipe")) {
        throw new ClosedException();
      }
      throw CommandException.resources("standard output cannot be written: " + e.getMessage());
    }
  }

  /// For what picocli prints itself.
  PrintWriter writer() {
    return new PrintWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), true);
  }

  void line(String text) {
    print(text + "\n");
  }

  /// Whoever read our output has seen enough, like `head`: no error, there is just nothing more to
  /// do.
  static final class ClosedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
