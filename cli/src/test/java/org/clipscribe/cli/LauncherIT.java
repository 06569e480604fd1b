package org.clipscribe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.clipscribe.cli.Session.Outcome;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The launcher and the jars as users get them: laid out as a distribution, started by a shell.
class LauncherIT {
  private static final Path GULL = Path.of("../examples/photos/000000126107.jpg").toAbsolutePath();
  private static final String CAPTION = "Covert block Laborcast\n";

  @TempDir static Path shared;
  private static Path launcher;
  private static Path lib;

  /// `bin/clipscribe` and `lib`, below a folder with a space, reached through a symbolic link.
  @BeforeAll
  static void layOut() throws IOException {
    Path home = Files.createDirectories(shared.resolve("a folder/dist"));
    Path bin = Files.createDirectory(home.resolve("bin"));
    lib = Files.createDirectory(home.resolve("lib"));
    Files.copy(Path.of("../clipscribe"), bin.resolve("clipscribe"));
    assertThat(bin.resolve("clipscribe").toFile().setExecutable(true)).isTrue();
    Files.copy(Path.of("../scripts/find-jdk.sh"), lib.resolve("find-jdk.sh"));
    Files.createSymbolicLink(
        lib.resolve("gpt2-tokenizer"), Path.of("../examples/gpt2-tokenizer").toRealPath());
    for (Path folder : List.of(Path.of("target"), Path.of("target/lib"))) {
      for (File jar : Objects.requireNonNull(folder.toFile().listFiles())) {
        if (jar.getName().endsWith(".jar")) {
          Files.copy(jar.toPath(), lib.resolve(jar.getName()));
        }
      }
    }
    launcher = Files.createSymbolicLink(shared.resolve("a link"), bin.resolve("clipscribe"));
    Path model = Path.of("../examples/tiny-original/model.pt").toAbsolutePath();
    Outcome outcome = sh("exec \"$0\" convert '" + model + "' --to bundle");
    assertThat(outcome.status()).as(outcome.err()).isZero();
  }

  /// Runs a shell script in the shared folder, `$0` being the launcher.
  private static Outcome sh(String script, String... environment) throws IOException {
    return run(List.of("sh", "-c", script, launcher.toString()), environment);
  }

  private static Outcome run(List<String> command, String... environment) throws IOException {
    Path out = Files.createTempFile(shared, "out", "");
    Path err = Files.createTempFile(shared, "err", "");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(shared.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().remove("CLIPSCRIBE_JAVA_OPTS");
    builder.environment().put("CLIPSCRIBE_JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("CLIPSCRIBE_MODEL", shared.resolve("bundle").toString());
    for (String variable : environment) {
      int equals = variable.indexOf('=');
      builder.environment().put(variable.substring(0, equals), variable.substring(equals + 1));
    }
    try {
      Process process = builder.start();
      // Only so that a hang ends; a start takes a second or two.
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
      return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void captionsWithoutAWordOnStderr() throws IOException {
    assertThat(sh("exec \"$0\" caption '" + GULL + "'")).isEqualTo(new Outcome(0, CAPTION, ""));
    assertThat(sh("\"$0\" caption - <'" + GULL + "' 2>&1")).isEqualTo(new Outcome(0, CAPTION, ""));
  }

  @Test
  void captionsADrawingWithTheModelThatComesAlong() throws IOException {
    Path scene = Path.of("../examples/scenes/01.png").toAbsolutePath();
    Outcome outcome = sh("exec \"$0\" caption '" + scene + "'", "CLIPSCRIBE_MODEL=");

    assertThat(outcome.status()).isZero();
    assertThat(outcome.out().lines()).singleElement().asString().isNotBlank();
    assertThat(outcome.errorLines())
        .singleElement()
        .asString()
        .startsWith("note: no model was named")
        .contains("it knows drawings");
  }

  @Test
  void printsTheSameBytesWhateverTheLocaleAndTheCharset() throws IOException {
    Files.createDirectories(shared.resolve("names"));
    // The shell makes the name, as this JVM may not be able to: "çağı.jpg" in UTF-8.
    String script =
        "cd names && cp '"
            + GULL
            + "' \"$(printf '\\303\\247a\\304\\237\\304\\261.jpg')\""
            + " && \"$0\" caption *.jpg /no/such/$(printf '\\304\\260') | od -An -tx1 | tr -d ' \\n'";
    String name = "\u00e7a\u011f\u0131.jpg";
    Outcome plain = sh(script, "LC_ALL=C");

    assertThat(plain.out()).isEqualTo(hex(name + "\t" + CAPTION));
    assertThat(plain.err()).isEqualTo("error: /no/such/\u0130: no such file or folder\n");
    for (String options :
        List.of(
            "-Duser.language=tr -Duser.country=TR",
            "-Duser.language=ar -Duser.country=EG -Dfile.encoding=ISO-8859-1"
                + " -Dstdout.encoding=ISO-8859-1 -Dstderr.encoding=US-ASCII")) {
      assertThat(sh(script, "LC_ALL=tr_TR.ISO-8859-9", "CLIPSCRIBE_JAVA_OPTS=" + options))
          .isEqualTo(plain);
    }
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void reportsEachErrorOnceInOrderWhereverStderrGoes() throws IOException {
    String expected =
        "error: unknown command 'captoin'; did you mean caption?\nsee: clipscribe --help\n";

    assertThat(sh("exec \"$0\" captoin")).isEqualTo(new Outcome(ExitStatus.USAGE, "", expected));
    // Both into one file, between lines of others: nothing may be overwritten.
    assertThat(sh("echo before; \"$0\" captoin 2>&1; echo after").out())
        .isEqualTo("before\n" + expected + "after\n");
    assertThat(sh("\"$0\" captoin 2>&1 | cat").out()).isEqualTo(expected);
    assertThat(sh("exec \"$0\" captoin 2>&-").status()).isEqualTo(ExitStatus.USAGE);
  }

  @Test
  void endsWhenNobodyReadsItsOutput() throws IOException {
    String photos = "'" + GULL + "' '" + GULL + "' '" + GULL + "'";

    assertThat(sh("\"$0\" caption " + photos + " | head -n 1").err()).isEmpty();
    Outcome closed = sh("exec \"$0\" caption " + photos + " >&-");
    assertThat(closed.status()).isEqualTo(ExitStatus.RESOURCES);
    assertThat(closed.errorLines())
        .singleElement()
        .asString()
        .startsWith("error: standard output cannot be written");
  }

  @Test
  void saysHowToGiveMoreMemory() throws IOException {
    Outcome outcome = sh("exec \"$0\" caption '" + GULL + "'", "CLIPSCRIBE_JAVA_OPTS=-Xmx6m");

    assertThat(outcome.status()).isEqualTo(ExitStatus.RESOURCES);
    assertThat(outcome.err()) // the collector keeps a part of the 6 MB for itself
        .matches(
            "error: out of memory: the Java heap may grow to \\d MB only; allow more, for example"
                + " CLIPSCRIBE_JAVA_OPTS=-Xmx1024m\n");
  }

  @Test
  void doesNotCallAPictureDamagedThatMemoryIsTooSmallFor() throws IOException {
    Path picture = shared.resolve("large.png");
    // 32 MB decoded, in a heap of whose 48 MB half are for what is young.
    ImageIO.write(
        new BufferedImage(8000, 4000, BufferedImage.TYPE_BYTE_GRAY), "png", picture.toFile());

    Outcome outcome = sh("exec \"$0\" caption large.png", "CLIPSCRIBE_JAVA_OPTS=-Xmx48m");

    assertThat(outcome.status()).isEqualTo(ExitStatus.RESOURCES);
    assertThat(outcome.err())
        .matches(
            "error: large.png: decoding 8000 x 4000 pixels needs about \\d+ MB of memory; .*\n");
  }

  @Test
  void startsWithoutAWordWhenTheClassArchiveIsOfNoUse() throws IOException {
    Path archive = Files.createDirectories(lib.resolve("archive"));
    Path classes = archive.resolve("classes.jsa");
    Path release = Path.of(System.getProperty("java.home"), "release");
    Files.copy(release, archive.resolve("release"));
    String script = "exec \"$0\" caption '" + GULL + "'";
    try {
      // A good one, but of other classes; then less and less of it.
      String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      Outcome dumped = run(List.of(java, "-Xshare:dump", "-XX:SharedArchiveFile=" + classes));
      assertThat(dumped.status()).as(dumped.err()).isZero();
      assertThat(sh(script)).isEqualTo(new Outcome(0, CAPTION, ""));
      for (int kept : List.of(1 << 20, 100, 0)) {
        try (FileChannel channel = FileChannel.open(classes, StandardOpenOption.WRITE)) {
          channel.truncate(kept);
        }
        assertThat(sh(script)).isEqualTo(new Outcome(0, CAPTION, ""));
      }
      Files.writeString(archive.resolve("release"), "of another JDK");
      assertThat(sh(script)).isEqualTo(new Outcome(0, CAPTION, ""));
    } finally {
      for (String file : List.of("classes.jsa", "release", "")) {
        Files.deleteIfExists(archive.resolve(file));
      }
    }
  }

  /// What training computes lives long and is large; what a caption needs does not and is not.
  @Test
  void laysOutTheHeapByTheCommand() throws IOException {
    String flags = "CLIPSCRIBE_JAVA_OPTS=-XX:+PrintCommandLineFlags";
    for (String command : List.of("train --help", "--quiet train --help")) {
      assertThat(sh("exec \"$0\" " + command, flags).out())
          .as(command)
          .contains("-XX:+UseSerialGC", "-XX:PretenureSizeThreshold=");
    }
    for (String command : List.of("caption --help", "dataset build --help", "--version")) {
      assertThat(sh("exec \"$0\" " + command, flags).out())
          .as(command)
          .contains("-XX:+UseSerialGC")
          .doesNotContain("-XX:PretenureSizeThreshold=");
    }
  }

  @Test
  void letsThroughWhatTheJvmSaysOfOptionsItDoesNotKnow() throws IOException {
    // Through a pipe, whose end comes after the filter's.
    Outcome outcome = sh("\"$0\" devices 2>&1 | cat", "CLIPSCRIBE_JAVA_OPTS=-Xnonsense");

    assertThat(outcome.out()).contains("-Xnonsense");
  }

  @Test
  void computesInPlainJavaWithoutTheIncubatorModuleAndSaysSo() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", lib + "/*", Main.class.getName(), "caption", GULL.toString()));

    Outcome outcome = run(command);
    assertThat(outcome.status()).isZero();
    assertThat(outcome.out()).isEqualTo(CAPTION);
    assertThat(outcome.errorLines())
        .singleElement()
        .asString()
        .startsWith("warning: slow: computing in plain Java, because ");
  }
}
