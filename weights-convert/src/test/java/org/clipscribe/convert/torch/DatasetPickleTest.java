package org.clipscribe.convert.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.clipscribe.nn.BadInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// DS-04: what becomes of pickled lists of embeddings, good and bad.
class DatasetPickleTest {
  @TempDir Path temp;

  private record Row(String image, List<Float> embedding, String caption) {}

  private static Path file(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(
                  DatasetPickleTest.class.getResource("/dataset-pickles/" + name), name)
              .toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Rows with the numbers that are found where they are said to be.
  private static List<Row> read(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    List<Row> rows = new ArrayList<>();
    new DatasetPickle(file)
        .read(
            (image, caption, offset, length, dtype, _) -> {
              float[] numbers = new float[length];
              ByteBuffer data = ByteBuffer.wrap(bytes, (int) offset, length * dtype.bytes());
              dtype.decode(data, numbers, 0, length);
              List<Float> embedding = new ArrayList<>();
              for (float number : numbers) {
                embedding.add(number);
              }
              rows.add(new Row(image, embedding, caption));
            });
    return rows;
  }

  private static final List<Float> A = List.of(0.5f, 1.5f, 2.5f, 3.5f);
  private static final List<Float> B = List.of(10.5f, 11.5f, 12.5f, 13.5f);

  @ParameterizedTest
  @ValueSource(strings = {"valid-3.pkl", "valid-4.pkl", "valid-5.pkl"})
  void readsWhatPythonWrites(String name) throws IOException {
    assertThat(read(file(name)))
        .containsExactly(
            new Row("a.jpg", A, "First of a"),
            new Row("a.jpg", A, "Second of a"),
            new Row("b.jpg", B, "Café b"));
  }

  @Test
  void readsTensorsOfTorch() throws IOException {
    assertThat(read(file("tensors.pkl")))
        .containsExactly(new Row("a.jpg", A, "First of a"), new Row("b.jpg", B, "Café b"));
  }

  @Test
  void readsAnArrayThatRowsShare() throws IOException {
    assertThat(read(file("shared.pkl")))
        .containsExactly(new Row("a.jpg", A, "First"), new Row("a.jpg", A, "Second"));
  }

  @Test
  void convertsDoubleAndHalfPrecision() throws IOException {
    assertThat(read(file("float64.pkl")))
        .containsExactly(new Row("a.jpg", A, "double"), new Row("b.jpg", B, "half"));
  }

  @Test
  void readsRowsThatAreListsAndEmbeddingsThatAreWrapped() throws IOException {
    assertThat(read(file("lists.pkl"))).containsExactly(new Row("a.jpg", A, "x"));
    assertThat(read(file("row.pkl"))).containsExactly(new Row("a.jpg", A, "x"));
  }

  /// A data set has one width, so what comes behind tells that they differ.
  @Test
  void handsOnTheLengthOfEachEmbedding() throws IOException {
    assertThat(read(file("ragged.pkl")))
        .extracting(row -> row.embedding().size())
        .containsExactly(4, 3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          eval.pkl; names the global builtins.eval, which is not allowed
          system.pkl; names the global posix.system, which is not allowed
          object.pkl; row 0: its embedding is an array of Python objects, not of numbers
          int.pkl; row 0: its embedding is of type <i8, expected floating point
          big.pkl; row 0: its embedding is big-endian
          matrix.pkl; row 0: its embedding has the shape [2, 2], expected one row
          number.pkl; row 0: is not (image name, embedding, caption)
          dict.pkl; uses opcode 0x73, which is not allowed
          valid-2.pkl; is not a pickle of protocol 3, 4 or 5
          strided.pkl; holds a tensor that is no whole row
          behind.pkl; holds a tensor that reaches behind its storage
          """)
  void refusesWhatIsNoListOfEmbeddings(String name, String cause) {
    assertThatThrownBy(() -> read(file(name)))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(file(name).toString())
        .hasMessageContaining(cause);
  }

  @Test
  void refusesAFileThatIsCutAnywhere() throws IOException {
    for (String name : List.of("valid-4.pkl", "valid-5.pkl", "tensors.pkl")) {
      byte[] whole = Files.readAllBytes(file(name));
      for (int length = 0; length < whole.length; length++) {
        Path cut = Files.write(temp.resolve("cut.pkl"), Arrays.copyOf(whole, length));
        assertThatThrownBy(() -> read(cut)).isInstanceOf(BadInputException.class);
      }
    }
  }

  /// Damage gives rows or an error, and nothing else; numbers lie within the file.
  @Test
  void survivesFlippedBytes() throws IOException {
    Random random = new Random(4);
    int refused = 0;
    for (int i = 0; i < 2000; i++) {
      byte[] bytes = Files.readAllBytes(file(i % 2 == 0 ? "valid-4.pkl" : "tensors.pkl"));
      for (int n = 0; n <= i % 3; n++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      Path damaged = Files.write(temp.resolve("damaged.pkl"), bytes);
      try {
        read(damaged);
      } catch (BadInputException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(500);
  }

  /// A megabyte that would become a gigabyte of lists.
  @Test
  void refusesMoreObjectsThanRowsNeed() throws IOException {
    byte[] lists = new byte[8 << 20];
    Arrays.fill(lists, (byte) ']');
    lists[0] = (byte) 0x80;
    lists[1] = 4;
    Path file = Files.write(temp.resolve("lists.pkl"), lists);
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("more objects");
  }
}
