package org.clipscribe.media.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.clipscribe.captioner.video.FrameSource;
import org.clipscribe.clip.Image;
import org.clipscribe.nn.BadInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Films that are cut, flipped or lie about themselves: part of the film with a note, or one line
/// that says what is wrong. Never a hang, never an exception of another kind.
class DamagedFilmsTest {
  @TempDir private Path folder;

  /// What became of a film: how many frames came and how many were told lost.
  private record Outcome(int frames, int lost, List<String> notices) {}

  private Outcome play(byte[] bytes) throws IOException {
    Path file = Files.write(folder.resolve("film.mp4"), bytes);
    List<Integer> seen = new ArrayList<>();
    List<Integer> lost = new ArrayList<>();
    try (FrameSource film = Clips.open(file)) {
      film.read(
          Clips.allFrames(film),
          new FrameSource.Sink() {
            @Override
            public void frame(int frame, Image image) {
              seen.add(frame);
            }

            @Override
            public void lost(int frame, String why) {
              assertThat(why).isNotBlank().doesNotContain("\n");
              lost.add(frame);
            }
          });
      assertThat(seen).isSorted();
      assertThat(seen.size() + lost.size()).isEqualTo(film.frames());
      return new Outcome(seen.size(), lost.size(), film.notices());
    } finally {
      // Whatever it met, the decoder is gone and burns nothing.
      assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive)).isEmpty();
    }
  }

  static IntStream cuts() {
    return IntStream.range(0, 20);
  }

  /// VI-01, with the index at the front: what is there is shown, with a note.
  @ParameterizedTest
  @MethodSource("cuts")
  void showsWhatIsLeftOfACutFilm(int twentieth) throws IOException {
    byte[] whole = Clips.bytes("made-faststart.mp4");
    byte[] cut = Arrays.copyOf(whole, whole.length * twentieth / 20);
    try {
      Outcome outcome = play(cut);
      assertThat(outcome.frames()).isPositive();
      assertThat(outcome.notices()).anySatisfy(n -> assertThat(n).contains("breaks off"));
    } catch (BadInputException e) {
      // So little is left that not even its first picture is whole.
      assertThat(twentieth).isLessThan(8);
      assertThat(e).hasMessageContaining("film.mp4");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"made-frag.mp4", "made-b.mkv", "made-b.ts"})
  void showsTheFirstHalfOfAFilmWrittenPieceByPiece(String name) throws IOException {
    byte[] whole = Clips.bytes(name);
    Outcome outcome = play(Arrays.copyOf(whole, whole.length / 2 + 77));
    assertThat(outcome.frames()).isBetween(10, 45);
    assertThat(outcome.notices()).anySatisfy(n -> assertThat(n).contains("breaks off"));
  }

  @Test
  void saysThatTheIndexIsMissing() throws IOException {
    byte[] whole = Clips.bytes("made-opengop.mp4"); // its index is at the end
    assertThatThrownBy(() -> play(Arrays.copyOf(whole, whole.length / 2)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("moov");
  }

  /// Flipped bits of coded pictures reach the decoder, which may do anything but hold us up.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6})
  void survivesFlippedBitsInPictures(int seed) throws IOException {
    byte[] bytes = Clips.bytes("h264-main.mp4");
    int mdat = indexOf(bytes, "mdat"); // the last box
    Random random = new Random(seed);
    for (int i = 0; i < 12; i++) {
      bytes[mdat + 4 + random.nextInt(bytes.length - mdat - 4)] ^= (byte) (1 << random.nextInt(8));
    }
    try {
      Outcome outcome = play(bytes);
      assertThat(outcome.frames()).isPositive();
    } catch (BadInputException e) {
      assertThat(e).hasMessageContaining("decode");
    }
  }

  /// Flipped bits of the index are ours to find.
  @Test
  void survivesFlippedBitsInTheIndex() throws IOException {
    byte[] whole = Clips.bytes("h264-main.mp4");
    int moov = indexOf(whole, "moov");
    int mdat = indexOf(whole, "mdat");
    Random random = new Random(7);
    int opened = 0;
    for (int round = 0; round < 800; round++) {
      byte[] bytes = whole.clone();
      for (int i = 0; i < 1 + round % 4; i++) {
        bytes[moov + random.nextInt(mdat - moov)] ^= (byte) (1 << random.nextInt(8));
      }
      Path file = Files.write(folder.resolve("film.mp4"), bytes);
      try (FrameSource film = Clips.open(file)) {
        assertThat(film.frames()).isPositive();
        opened++;
      } catch (BadInputException e) {
        assertThat(e.getMessage()).contains("film.mp4").doesNotContain("Exception");
      }
    }
    assertThat(opened).isBetween(100, 799); // names, dates and sizes of sound may be anything
  }

  /// VI-03.
  @ParameterizedTest
  @ValueSource(longs = {1, 7, 0x7fffffffL, 0xffffffffL})
  void refusesBoxesOfImpossibleSizes(long size) throws IOException {
    byte[] bytes = Clips.bytes("made-faststart.mp4");
    int trak = indexOf(bytes, "trak");
    ByteBuffer.wrap(bytes).putInt(trak - 4, (int) size);
    assertThatThrownBy(() -> play(bytes))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("film.mp4");
  }

  @Test
  void refusesAThousandBoxesInEachOther() throws IOException {
    byte[] inner = {};
    for (int depth = 0; depth < 1000; depth++) {
      ByteArrayOutputStream box = new ByteArrayOutputStream();
      box.write(ByteBuffer.allocate(4).putInt(inner.length + 8).array());
      box.write("moov".getBytes(StandardCharsets.ISO_8859_1));
      box.write(inner);
      inner = box.toByteArray();
    }
    byte[] nested = inner;
    assertThatThrownBy(() -> play(nested))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("mvhd");
  }

  @Test
  void refusesTablesThatCountToBillions() throws IOException {
    byte[] bytes = Clips.bytes("made-faststart.mp4");
    for (String table : List.of("stsz", "stts", "stsc", "stco")) {
      int at = indexOf(bytes, table) + (table.equals("stsz") ? 12 : 8);
      ByteBuffer.wrap(bytes).putInt(at, -1);
    }
    assertThat(play(bytes).frames()).isPositive(); // what the tables really hold is used
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7, 15})
  void refusesFilesThatAreTooSmall(int size) {
    assertThatThrownBy(() -> play(new byte[size]))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("too small");
  }

  @Test
  void refusesWhatIsNoFilm() {
    assertThatThrownBy(() -> play("no film at all, just a text".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("no film");
  }

  private static int indexOf(byte[] bytes, String type) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    return text.indexOf(type);
  }
}
