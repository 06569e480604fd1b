package org.clipscribe.captioner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.clipscribe.clip.Image;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Pixels in, caption out, in JVMs that are allowed next to nothing. What no single run can show,
/// that there is no code for sockets, reflection, libraries or temporary files at all, is in
/// [ArchitectureTest].
class RestrictedJvmTest {
  @TempDir static Path temp;
  private static TinyBundle tiny;
  private static Path pixels;
  private static Image photo;
  private static String caption;

  @BeforeAll
  static void writeBundleAndPixels() throws IOException {
    tiny = TinyBundle.write(temp.resolve("bundle"));
    photo = TinyBundle.photo(1);
    pixels = Files.write(temp.resolve("photo.rgb"), photo.rgb());
    caption = TinyBundle.expected(1, PositionRule.ORIGINAL).string("caption");
  }

  @Test
  void captionsWithTheBaseModuleAloneAndSaysThatItIsSlow() throws Exception {
    List<String> report = run("auto", "--limit-modules", "java.base", "-cp", classPath());
    assertThat(report).contains("caption " + caption);
    assertThat(report).anyMatch(line -> line.startsWith("notice slow: computing in plain Java"));
    assertNothingNativeAndNoSocket(report);
  }

  @Test
  void captionsWithTheVectorModuleOnTheFastPath() throws Exception {
    List<String> report =
        run(
            "auto",
            "--limit-modules",
            "java.base,jdk.incubator.vector",
            "--add-modules",
            "jdk.incubator.vector",
            "-cp",
            classPath());
    assertThat(report).contains("caption " + caption);
    assertThat(report).noneMatch(line -> line.startsWith("notice"));
    assertNothingNativeAndNoSocket(report);
  }

  @Test
  void captionsFromTheModulePath() throws Exception {
    List<String> report =
        run(
            "cpu",
            "--limit-modules",
            "java.base,jdk.incubator.vector,org.clipscribe.captioner,org.clipscribe.tensor.vector",
            "--add-modules",
            "jdk.incubator.vector,org.clipscribe.tensor.vector",
            "--module-path",
            modules(),
            "--patch-module",
            "org.clipscribe.captioner=" + testClasses());
    assertThat(report).contains("caption " + caption);
    assertNothingNativeAndNoSocket(report);
  }

  private static List<String> run(String device, String... jvm) throws Exception {
    Path scratch = Files.createDirectories(temp.resolve("scratch-" + device + jvm.length));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--illegal-native-access=deny");
    command.add("-Djava.io.tmpdir=" + scratch);
    command.add(
        "-XX:-UsePerfData"); // the JVM's own statistics file would lie in the temporary folder
    command.addAll(Arrays.asList(jvm));
    String main = PixelsToCaption.class.getName();
    boolean modular = Arrays.asList(jvm).contains("--module-path");
    command.addAll(modular ? List.of("-m", "org.clipscribe.captioner/" + main) : List.of(main));
    command.addAll(
        List.of(
            tiny.directory().toString(),
            device,
            Integer.toString(photo.width()),
            Integer.toString(photo.height()),
            pixels.toString()));
    Path errors = scratch.resolveSibling(scratch.getFileName() + ".err");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
    try (Stream<Path> left = Files.list(scratch)) {
      assertThat(left).as("temporary files").isEmpty();
    }
    return output.lines().toList();
  }

  private static void assertNothingNativeAndNoSocket(List<String> report) {
    String jdk = System.getProperty("java.home");
    assertThat(report)
        .filteredOn(line -> line.startsWith("library "))
        .as("shared objects beyond the JDK's own and the C library")
        .allMatch(
            line ->
                line.contains(jdk)
                    || line.matches(
                        "library .*/(ld-linux[^/]*|lib(c|m|dl|pthread|rt|z|gcc_s|stdc\\+\\+)[-.][^/]*)"));
    assertThat(report).noneMatch(line -> line.startsWith("descriptor socket:"));
  }

  /// Our modules without `media` and `cli`, and what they need at run time.
  private static String modules() {
    return String.join(File.pathSeparator, entries().filter(RestrictedJvmTest::isRuntime).toList());
  }

  private static String classPath() {
    return modules() + File.pathSeparator + testClasses();
  }

  private static boolean isRuntime(String entry) {
    return entry.contains("jackson-core")
        || (!entry.contains("testkit")
            && !entry.endsWith("test-classes")
            && (entry.endsWith("classes") || entry.contains("clipscribe-")));
  }

  private static String testClasses() {
    return entries().filter(entry -> entry.endsWith("test-classes")).findFirst().orElseThrow();
  }

  private static Stream<String> entries() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1));
  }
}
