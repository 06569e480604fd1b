package org.clipscribe.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.clipscribe.nn.BadInputException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Files that were damaged at random are read or refused, and nothing else happens.
@Timeout(
    value = 120, // against a hang; a second or two as a rule
    unit = TimeUnit.SECONDS,
    threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MutationTest {
  private static final int MUTANTS = 250;

  /// Small, so that no mutant is refused for want of memory on a small machine.
  private static final long MAX_PIXELS = 1 << 22;

  static Stream<Map.Entry<String, byte[]>> files() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (String format : new String[] {"jpeg", "png", "bmp", "tiff"}) {
      files.put(format, Pictures.encode(format, Pictures.sample(40, 30)));
    }
    files.put("gif", gif());
    files.put("palette.png", Resources.bytes("preprocess/inputs/palette_trns.png"));
    files.put("progressive.jpg", Resources.bytes("preprocess/inputs/progressive.jpg"));
    files.put("exif.jpg", Resources.bytes("preprocess/inputs/exif/o6.jpg"));
    files.put("cmyk.jpg", Resources.bytes("preprocess/inputs/cmyk.jpg"));
    return files.entrySet().stream();
  }

  private static byte[] gif() {
    BufferedImage grey = new BufferedImage(40, 30, BufferedImage.TYPE_BYTE_GRAY);
    grey.getRaster().setPixels(0, 0, 40, 30, new Random(1).ints(1200, 0, 256).toArray());
    return Pictures.encode("gif", grey);
  }

  @ParameterizedTest
  @MethodSource("files")
  void mutantsAreReadOrRefused(Map.Entry<String, byte[]> file) {
    ReadOptions options = ReadOptions.DEFAULT.withMaxPixels(MAX_PIXELS);
    ImageFileReader strict = new ImageFileReader(options);
    ImageFileReader lenient = new ImageFileReader(options.withAllowDamaged(true));
    strict.read(file.getValue(), "original");
    int refused = 0;
    int accepted = 0;
    for (int seed = 0; seed < MUTANTS; seed++) {
      byte[] mutant = mutate(file.getValue(), new Random(seed));
      boolean read = reads(strict, mutant, file.getKey() + ", seed " + seed);
      boolean readDamaged = reads(lenient, mutant, file.getKey() + ", seed " + seed);
      assertThat(readDamaged || !read).as("what is strictly fine is leniently fine").isTrue();
      refused += read ? 0 : 1;
      accepted += readDamaged ? 1 : 0;
    }
    assertThat(refused).as("mutants refused").isPositive();
    assertThat(accepted).as("mutants read, damaged or not").isPositive();
  }

  private static boolean reads(ImageFileReader reader, byte[] file, String what) {
    try {
      assertThat(reader.read(file, "mutant").image().rgb()).isNotEmpty();
      return true;
    } catch (BadInputException e) {
      assertThat(e).hasMessageStartingWith("mutant: ");
      assertThat(e.getCause() instanceof OutOfMemoryError).as(what).isFalse();
      return false;
    } catch (RuntimeException e) {
      return fail(what, e);
    }
  }

  private static byte[] mutate(byte[] original, Random random) {
    byte[] mutant = original.clone();
    // Headers are where the interesting damage is.
    int range = random.nextBoolean() ? mutant.length : Math.min(mutant.length, 700);
    int at = random.nextInt(range);
    switch (random.nextInt(4)) {
      case 0 -> {
        for (int flips = random.nextInt(12); flips >= 0; flips--) {
          mutant[random.nextInt(range)] ^= (byte) (1 << random.nextInt(8));
        }
      }
      case 1 -> {
        return Arrays.copyOf(mutant, at);
      }
      case 2 -> {
        for (int i = at; i < Math.min(at + 4, mutant.length); i++) {
          mutant[i] = (byte) (i == at ? 0x7f : 0xff);
        }
      }
      default -> {
        int from = random.nextInt(range);
        int length = Math.min(random.nextInt(20), mutant.length - Math.max(at, from));
        System.arraycopy(original, from, mutant, at, length);
      }
    }
    return mutant;
  }
}
