package org.clipscribe.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/// A pull in a process of its own, which can be killed.
final class ChildPull {
  private ChildPull() {}

  /// @param arguments the home folder, the endpoint, the file
  public static void main(String[] arguments) throws IOException {
    PullFixture pulls = new PullFixture(Path.of(arguments[0]), URI.create(arguments[1]));
    pulls.pull(arguments[2]);
    System.out.println("done");
  }

  static Process start(Path home, URI endpoint, String file) throws IOException {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                ChildPull.class.getName(),
                home.toString(),
                endpoint.toString(),
                file))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
