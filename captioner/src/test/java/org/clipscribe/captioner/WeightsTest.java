package org.clipscribe.captioner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.clipscribe.captioner.CaptionerOptions.WeightCache;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.Json;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The file that packed weights are kept in between runs.
class WeightsTest {
  private static final String IMAGE = "packed-panels64-v2-f32.bin";

  @TempDir Path temp;
  private Path bundle;
  private Path file;

  @BeforeEach
  void writeBundle() throws IOException {
    bundle = TinyBundle.write(temp.resolve("bundle")).directory();
    file = bundle.resolve(Bundle.WEIGHTS);
    state("a".repeat(64));
  }

  private void state(String digest) throws IOException {
    Map<String, Object> files = Map.of(Bundle.WEIGHTS, Map.of("sha256", digest));
    Files.writeString(bundle.resolve(Bundle.MANIFEST), Json.write(Map.of("files", files)));
  }

  private String caption(WeightCache cache) {
    CaptionerOptions options = CaptionerOptions.defaults().withDevice("cpu").withCache(cache);
    try (Captioner captioner = Captioner.open(bundle, options)) {
      return captioner.caption(TinyBundle.photo(1)).text();
    }
  }

  /// Makes the file useless without changing what is known of it from outside.
  private void blank(Path weights) throws IOException {
    FileTime time = Files.getLastModifiedTime(weights);
    Files.write(weights, new byte[(int) Files.size(weights)]);
    Files.setLastModifiedTime(weights, time);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(bundle)) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void startsFromTheImageOnceThereIsOne() throws IOException {
    String first = caption(WeightCache.COPIED);
    assertThat(first).isEqualTo(TinyBundle.expected(1, PositionRule.ORIGINAL).string("caption"));
    assertThat(files()).contains(IMAGE);
    blank(file);
    assertThat(caption(WeightCache.COPIED)).isEqualTo(first);
    assertThat(caption(WeightCache.MAPPED)).isEqualTo(first);
    assertThatThrownBy(() -> caption(WeightCache.OFF)).isInstanceOf(BadInputException.class);
  }

  @Test
  void packsAnewWhenTheWeightsWereExchanged() throws IOException {
    assertThat(caption(WeightCache.MAPPED)).isNotEmpty();
    FileTime stamp = FileTime.fromMillis(1_000_000_000_000L);
    byte[] stale = Files.readAllBytes(bundle.resolve(IMAGE));
    Files.setLastModifiedTime(file, stamp);
    assertThat(caption(WeightCache.MAPPED)).isNotEmpty();
    assertThat(Files.readAllBytes(bundle.resolve(IMAGE))).isNotEqualTo(stale);
    state("b".repeat(64));
    blank(file);
    assertThatThrownBy(() -> caption(WeightCache.MAPPED)).isInstanceOf(BadInputException.class);
  }

  @Test
  void packsAnewWhenTheImageIsDamaged() throws IOException {
    String first = caption(WeightCache.MAPPED);
    Path image = bundle.resolve(IMAGE);
    byte[] sound = Files.readAllBytes(image);
    for (int length : new int[] {0, 100, sound.length / 2, sound.length - 1}) {
      Files.write(image, Arrays.copyOf(sound, length));
      assertThat(caption(WeightCache.MAPPED)).isEqualTo(first);
      assertThat(Files.readAllBytes(image)).isEqualTo(sound);
    }
  }

  @Test
  void writesNothingWhenToldSoAndNothingWithoutADigest() throws IOException {
    List<String> before = files();
    assertThat(caption(WeightCache.OFF)).isNotEmpty();
    assertThat(files()).isEqualTo(before);
    Files.delete(bundle.resolve(Bundle.MANIFEST));
    assertThat(caption(WeightCache.MAPPED)).isNotEmpty();
    assertThat(files()).isEqualTo(before.stream().filter(f -> !f.equals(Bundle.MANIFEST)).toList());
  }

  @Test
  void refusesADigestThatIsNone() throws IOException {
    state("../../../../tmp/x");
    assertThatThrownBy(() -> caption(WeightCache.COPIED))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("manifest.json: files.model.safetensors.sha256 is \"../..");
  }

  @Test
  void keepsTheImageInTheCacheFolderWhenTheBundleCannotBeWrittenTo() throws IOException {
    // A folder with something in it cannot be replaced by a file, not even by root.
    Files.createDirectories(bundle.resolve(IMAGE).resolve("in the way"));
    Weights weights = new Weights(Bundle.open(bundle), Optional.of(temp.resolve("cache")));
    Path kept = temp.resolve("cache/packed/" + "a".repeat(64)).resolve(IMAGE);
    try (Backend backend = Backends.open("cpu", 1).backend()) {
      assertThat(weights.load(backend, WeightFormat.F32, WeightCache.COPIED)).isNotNull();
      assertThat(kept).isRegularFile();
      blank(file);
      assertThat(weights.load(backend, WeightFormat.F32, WeightCache.MAPPED)).isNotNull();
    }
  }

  @ParameterizedTest
  @EnumSource
  void keepsAnImageOfEachPrecision(WeightFormat format) throws IOException {
    CaptionerOptions options = CaptionerOptions.defaults().withDevice("cpu").withPrecision(format);
    Caption packed;
    try (Captioner captioner = Captioner.open(bundle, options)) {
      packed = captioner.caption(TinyBundle.photo(2));
    }
    blank(file);
    try (Captioner captioner = Captioner.open(bundle, options.withCache(WeightCache.MAPPED))) {
      assertThat(captioner.caption(TinyBundle.photo(2))).isEqualTo(packed);
    }
    assertThat(packed.tokens()).isNotEmpty();
  }

  @Test
  void findsTheCacheFolderAsTheXdgRulesSay() {
    assertThat(Weights.caches(Map.of("XDG_CACHE_HOME", "/c"), "/home/me"))
        .contains(Path.of("/c/clipscribe"));
    assertThat(Weights.caches(Map.of("XDG_CACHE_HOME", "relative"), "/home/me"))
        .contains(Path.of("/home/me/.cache/clipscribe"));
    assertThat(Weights.caches(Map.of(), "/home/me"))
        .contains(Path.of("/home/me/.cache/clipscribe"));
    assertThat(Weights.caches(Map.of(), "")).isEmpty();
  }
}
