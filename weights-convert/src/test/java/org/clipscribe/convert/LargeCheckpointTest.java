package org.clipscribe.convert;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Stream;
import org.clipscribe.captioner.BundleConfig;
import org.clipscribe.captioner.Caption;
import org.clipscribe.captioner.Captioner;
import org.clipscribe.captioner.CaptionerOptions;
import org.clipscribe.captioner.CaptionerOptions.WeightCache;
import org.clipscribe.clip.Image;
import org.clipscribe.convert.torch.LargeTorchFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// A checkpoint of 3 GB is converted, examined and loaded with a heap that it would not fit into.
/// Takes a minute or two and 7 GB of disk, so it has to be asked for, with the folder to use:
/// ```
/// ./build -pl weights-convert -am test -Dtest=LargeCheckpointTest -Dclipscribe.large=/tmp \
///     -Dsurefire.failIfNoSpecifiedTests=false
/// ```
class LargeCheckpointTest {
  /// What a user was promised; the JVM of these tests has less.
  private static final long PROMISED = 600_000_000;

  @Test
  @EnabledIfSystemProperty(
      named = "clipscribe.large",
      matches = ".+",
      disabledReason = "takes minutes and 7 GB of disk; ask with -Dclipscribe.large=FOLDER")
  void convertsExaminesAndLoadsThreeGigabytesInLittleHeap() throws IOException {
    assertThat(Runtime.getRuntime().maxMemory()).isLessThanOrEqualTo(600L << 20);
    Path folder =
        Files.createTempDirectory(Path.of(System.getProperty("clipscribe.large")), "large");
    try {
      // The original's networks, wider and with more layers: 762 million parameters.
      BundleConfig config = Models.config(1280, 224, 21, 14, 2, 12, 50257, 1024);
      Path model = folder.resolve("model.pt");
      LargeTorchFile.write(model, Models.renamed(Models.captioner(config), Models::originalName));
      assertThat(Files.size(model)).isGreaterThan(3_000_000_000L);
      Path bundle = folder.resolve("bundle");
      ConvertRequest request =
          ConvertRequest.of(model, bundle).withTokenizer(Models.resource("gpt2-tokenizer"));
      report("convert", () -> Converter.convert(request));
      report("doctor", () -> assertThat(Doctor.examine(model).problems()).isEmpty());
      report("load and caption", () -> caption(bundle));
    } finally {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  private static void caption(Path bundle) {
    CaptionerOptions options = CaptionerOptions.defaults().withCache(WeightCache.OFF);
    try (Captioner captioner = Captioner.open(bundle, options)) {
      Caption caption = captioner.caption(new Image(2, 2, new byte[12]));
      assertThat(caption.tokens()).isNotEmpty();
    }
  }

  private static void report(String what, Runnable work) {
    var pools =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .toList();
    pools.forEach(MemoryPoolMXBean::resetPeakUsage);
    long start = System.nanoTime();
    work.run();
    double seconds = (System.nanoTime() - start) / 1e9;
    long peak = pools.stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
    System.out.printf(
        Locale.ROOT, "%s: %.1f s, heap of at most %.0f MB%n", what, seconds, peak / 1e6);
    assertThat(peak).as(what).isLessThan(PROMISED);
  }
}
