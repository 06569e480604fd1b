package org.clipscribe.cli;

import java.util.Locale;

/// The entry point of the `clipscribe` launcher.
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    Locale.setDefault(Locale.ROOT); // the same bytes come out whatever the user's locale
    System.setProperty("java.awt.headless", "true"); // captions are drawn without any screen
    Terminal terminal = Terminal.ofProcess();
    // Whatever a library prints must neither get between the results nor be lost.
    System.setOut(terminal.messages());
    System.setErr(terminal.messages());
    System.exit(Clipscribe.run(terminal, arguments));
  }
}
