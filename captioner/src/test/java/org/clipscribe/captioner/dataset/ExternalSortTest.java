package org.clipscribe.captioner.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.clipscribe.captioner.dataset.ExternalSort.Cursor;
import org.clipscribe.captioner.dataset.ExternalSort.Entry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExternalSortTest {
  @TempDir Path temp;

  /// A memory of 1 puts each entry into a file of its own: 1000 of them are more than are merged
  /// at once, several times over.
  @ParameterizedTest
  @ValueSource(longs = {1, 5000, 1 << 20})
  void sortsByKeyAndKeepsTheOrderOfEqualKeys(long memory) throws IOException {
    record Pair(int key, int number) {}
    Random random = new Random(3);
    List<Pair> expected = new ArrayList<>();
    List<Pair> found = new ArrayList<>();
    try (ExternalSort sort = new ExternalSort(temp, "test", memory)) {
      for (int i = 0; i < 1000; i++) {
        Pair pair = new Pair(100 + random.nextInt(200), i);
        expected.add(pair);
        sort.add(bytes(pair.key), bytes(pair.number));
      }
      Cursor sorted = sort.sorted();
      for (Optional<Entry> e = sorted.next(); e.isPresent(); e = sorted.next()) {
        found.add(new Pair(number(e.get().key()), number(e.get().value())));
      }
    }
    expected.sort(Comparator.comparingInt(Pair::key)); // stable
    assertThat(found).isEqualTo(expected);
    try (Stream<Path> left = Files.list(temp)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void comparesBytesAsUnsigned() throws IOException {
    try (ExternalSort sort = new ExternalSort(temp, "test")) {
      for (String key : List.of("é", "z", "", "zz")) {
        sort.add(key.getBytes(StandardCharsets.UTF_8), new byte[0]);
      }
      Cursor sorted = sort.sorted();
      for (String key : List.of("", "z", "zz", "é")) {
        assertThat(sorted.next().orElseThrow().key())
            .asString(StandardCharsets.UTF_8)
            .isEqualTo(key);
      }
      assertThat(sorted.next()).isEmpty();
    }
  }

  private static byte[] bytes(int number) {
    return Integer.toString(number).getBytes(StandardCharsets.US_ASCII);
  }

  private static int number(byte[] bytes) {
    return Integer.parseInt(new String(bytes, StandardCharsets.US_ASCII));
  }
}
