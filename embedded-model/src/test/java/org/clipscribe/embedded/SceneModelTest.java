package org.clipscribe.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.Caption;
import org.clipscribe.captioner.Captioner;
import org.clipscribe.captioner.EmbeddedModel;
import org.clipscribe.clip.Image;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.junit.jupiter.api.Test;

/// The shipped files: there, whole, small, credited, and good for a caption in a JVM that is
/// allowed next to nothing.
class SceneModelTest {
  private static byte[] read(String file) throws IOException {
    try (InputStream in = new SceneModel().open(file)) {
      return Objects.requireNonNull(in, file).readAllBytes();
    }
  }

  static Image grey() {
    byte[] rgb = new byte[3 * 64 * 64];
    Arrays.fill(rgb, (byte) 120);
    return new Image(64, 64, rgb);
  }

  @Test
  void isFoundAndCaptions() {
    assertThat(EmbeddedModel.find()).containsInstanceOf(SceneModel.class);
    try (Captioner captioner = Captioner.embedded()) {
      Caption caption = captioner.caption(grey());
      assertThat(caption.text()).isNotBlank();
      assertThat(caption).isEqualTo(captioner.caption(grey()));
      assertThat(captioner.model().name()).isEqualTo("embedded");
    }
  }

  @Test
  void isWhatItsManifestSays() throws Exception {
    JsonObject files = Json.parseObject(read(Bundle.MANIFEST), Bundle.MANIFEST).object("files");
    long bytes = 0;
    for (Map.Entry<String, ?> file : files.toMap().entrySet()) {
      byte[] content = read(file.getKey());
      JsonObject stated = files.object(file.getKey());
      assertThat(stated.integer("bytes", 0, Integer.MAX_VALUE)).isEqualTo(content.length);
      assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content)))
          .isEqualTo(stated.string("sha256"));
      bytes += content.length;
    }
    assertThat(files.names()).contains(Bundle.WEIGHTS, Bundle.CONFIG, Bundle.CLIP_MERGES);
    assertThat(bytes).isLessThan(8_000_000);
  }

  @Test
  void creditsTheArtists() throws IOException {
    assertThat(new String(read("NOTICE"), StandardCharsets.UTF_8))
        .contains("Noto Emoji", "Twemoji", "Fluent Emoji", "EmojiOne", "Streamline", "CC-BY-4.0");
  }

  /// Prints a caption.
  static final class CaptionGrey {
    private CaptionGrey() {}

    public static void main(String[] arguments) {
      try (Captioner captioner = Captioner.embedded()) {
        System.out.println(captioner.caption(grey()).text());
      }
    }
  }

  @Test
  void captionsWithTheBaseModuleAlone() throws Exception {
    String expected;
    try (Captioner captioner = Captioner.embedded()) {
      expected = captioner.caption(grey()).text();
    }
    String classPath =
        String.join(
            File.pathSeparator,
            Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !entry.contains("vector"))
                .toList());
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--limit-modules",
                    "java.base",
                    "--illegal-native-access=deny",
                    "-cp",
                    classPath,
                    CaptionGrey.class.getName()))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(output.strip()).isEqualTo(expected.strip());
  }
}
