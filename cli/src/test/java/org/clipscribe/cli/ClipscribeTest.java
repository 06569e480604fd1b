package org.clipscribe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.clipscribe.cli.Session.Outcome;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClipscribeTest {
  private final Session session = new Session();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "caption",
        "video",
        "generate",
        "embed",
        "classify",
        "search",
        "convert",
        "doctor",
        "verify",
        "pull",
        "models",
        "rm",
        "devices"
      })
  void showsHelpWithAnExampleThatBeginsWithOurName(String command) {
    Outcome outcome = command.isEmpty() ? session.run("--help") : session.run(command, "--help");

    assertThat(outcome.status()).isZero();
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out())
        .startsWith("Usage: clipscribe")
        .contains("Example:\n  clipscribe ")
        .doesNotContain("\u001b");
    assertThat(outcome.out().lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void colourHelpOnATerminalOnly() {
    session.terminal = true;
    assertThat(session.run("--help").out()).contains("\u001b[");
    session.environment.put("NO_COLOR", "1");
    assertThat(session.run("--help").out()).doesNotContain("\u001b");
  }

  @Test
  void showsTheVersion() {
    assertThat(session.run("--version").out()).matches("clipscribe \\S+ \\(Java 2\\d.*\\)\n");
  }

  @Test
  void suggestsTheCommandThatWasMeant() {
    Outcome outcome = session.run("devcies");

    assertThat(outcome.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.errorLines())
        .containsExactly(
            "error: unknown command 'devcies'; did you mean devices?", "see: clipscribe --help");
  }

  @Test
  void suggestsTheOptionThatWasMeant() {
    assertThat(session.run("devices", "--jsno").errorLines())
        .containsExactly(
            "error: unknown option '--jsno'; did you mean --json?",
            "see: clipscribe devices --help");
  }

  @Test
  void refusesArgumentsThatACommandDoesNotTake() {
    Outcome outcome = session.run("devices", "photo.jpg");

    assertThat(outcome.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(outcome.errorLines().getFirst()).isEqualTo("error: unexpected argument 'photo.jpg'");
  }

  @Test
  void listsTheCommandsWhenNoneIsGiven() {
    Outcome outcome = session.run();

    assertThat(outcome.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(outcome.errorLines().getFirst())
        .startsWith("error: a command is missing; there are: ")
        .contains("devices");
  }

  @Test
  void keepsTerminalEscapesInArgumentsOffTheTerminal() {
    assertThat(session.run("a\u001b[2J\nb").errorLines().getFirst())
        .isEqualTo("error: unknown command 'a?[2J?b'");
  }

  @Test
  void listsDevicesAsATableAndAsJson() {
    assertThat(session.run("devices").out())
        .containsPattern("(?m)^reference  available    ")
        .containsOnlyOnce("(the default)");

    Outcome json = session.run("devices", "--json");
    JsonObject document = Json.parseObject(json.out().getBytes(StandardCharsets.UTF_8), "stdout");
    assertThat(document.list("devices").toString())
        .contains("{device=reference, available=true, description=");
    assertThat(json.err()).isEmpty();
  }

  @Test
  void endsQuietlyWhenTheReaderOfItsOutputIsGone() {
    assertThat(runInto("Broken pipe")).isZero();
  }

  @Test
  void saysThatTheDiskIsFullWhenResultsCannotBeWritten() {
    assertThat(runInto("No space left on device")).isEqualTo(ExitStatus.RESOURCES);
  }

  private static int runInto(String error) {
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException(error);
          }
        };
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    Terminal streams =
        new Terminal(
            InputStream.nullInputStream(), new Results(broken), nowhere, false, false, Map.of());
    return Clipscribe.run(streams, "devices");
  }
}
