package org.clipscribe.tensor.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.spi.BackendProvider.Available;
import org.junit.jupiter.api.Test;

class VectorProviderTest {
  /// What a JVM that was started with these options finds.
  private static String candidates(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Report.class.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }

  /// The program of those JVMs.
  static final class Report {
    private Report() {}

    public static void main(String[] arguments) {
      Backends.candidates().forEach(c -> System.out.println(c.kind() + " " + c.probe()));
      Backends.Opened best = Backends.open("auto", 1);
      System.out.println("auto " + best.backend().kind() + " " + best.notice());
    }
  }

  @Test
  void saysWhatItFound() {
    assertThat(new VectorProvider().probe())
        .isInstanceOfSatisfying(
            Available.class,
            found ->
                assertThat(found.description())
                    .matches("Vector API, (128|256|512)-bit, \\d+ threads?"));
  }

  @Test
  void isTheDefaultWhereItIsAvailable() {
    assertThat(Backends.candidates().getFirst().kind()).isEqualTo("cpu");
  }

  @Test
  void withoutTheIncubatorModuleItSaysHowToGetIt() throws Exception {
    assertThat(candidates())
        .contains(
            "cpu Unavailable[reason=the module jdk.incubator.vector is not there,"
                + " hint=start java with --add-modules jdk.incubator.vector]")
        .contains("auto reference Optional[slow: ");
  }

  @Test
  void aWidthThatIsNoneIsRefused() throws Exception {
    assertThat(candidates("--add-modules=jdk.incubator.vector", "-Dclipscribe.vector.bits=384"))
        .contains("clipscribe.vector.bits is '384'")
        .contains("auto reference");
  }

  @Test
  void aForcedWidthIsTaken() throws Exception {
    assertThat(candidates("--add-modules=jdk.incubator.vector", "-Dclipscribe.vector.bits=128"))
        .contains("Vector API, 128-bit")
        .contains("auto cpu Optional.empty");
  }
}
