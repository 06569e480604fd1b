package org.clipscribe.captioner.training.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardLogTest {
  /// A whole PNG of one red pixel.
  static final byte[] PIXEL =
      HexFormat.of()
          .parseHex(
              "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154"
                  + "789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082");

  private static final Clock CLOCK =
      Clock.fixed(Instant.ofEpochMilli(1_700_000_000_500L), ZoneOffset.UTC);

  @TempDir Path folder;

  @Test
  void beginsWithTheVersionAndTheMarkOfAStart() throws IOException {
    TensorBoardLog.open(folder, -1, CLOCK).close();
    List<Message> events = events(files().getFirst());
    assertThat(events).hasSize(2);
    assertThat(events.get(0).only(1)).isEqualTo(1_700_000_000.5);
    assertThat(text(events.get(0).only(3))).isEqualTo("brain.Event:2");
    assertThat(events.get(1).only(2)).isEqualTo(0L);
    assertThat(message(events.get(1).only(7)).only(1)).isEqualTo(1L);
  }

  @Test
  void writesNumbersPicturesAndTextsThatAnIndependentReaderReads() throws IOException {
    try (TensorBoardLog log = TensorBoardLog.open(folder, -1, CLOCK)) {
      log.scalar(7, "train/loss", 2.5);
      log.picture(300, "samples/dog", PIXEL);
      log.text(1L << 40, "samples/dog", "ein Hund \u2014 <b>");
      log.scalar(1L << 40, "nan", Double.NaN);
    }
    List<Message> events = events(files().getFirst());
    assertThat(events.stream().skip(2).map(e -> e.only(2)))
        .containsExactly(7L, 300L, 1L << 40, 1L << 40);

    Message number = value(events.get(2));
    assertThat(text(number.only(1))).isEqualTo("train/loss");
    assertThat(number.only(2)).isEqualTo(2.5f);
    assertThat(value(events.get(5)).only(2)).isEqualTo(Float.NaN);

    Message picture = message(value(events.get(3)).only(4));
    assertThat(picture.only(1)).isEqualTo(1L);
    assertThat(picture.only(2)).isEqualTo(1L);
    assertThat(picture.only(3)).isEqualTo(3L);
    assertThat((byte[]) picture.only(4)).isEqualTo(PIXEL);

    Message caption = value(events.get(4));
    Message tensor = message(caption.only(8));
    assertThat(tensor.only(1)).isEqualTo(7L);
    assertThat(text(tensor.only(8))).isEqualTo("ein Hund \u2014 <b>");
    Message plugin = message(message(caption.only(9)).only(1));
    assertThat(text(plugin.only(1))).isEqualTo("text");
  }

  @Test
  void aResumedRunWritesALaterFileThatTakesBackLaterSteps() throws IOException {
    try (TensorBoardLog log = TensorBoardLog.open(folder, -1, CLOCK)) {
      log.scalar(1, "x", 1);
    }
    byte[] first = Files.readAllBytes(files().getFirst());
    TensorBoardLog.open(folder, 41, CLOCK).close();
    assertThat(files()).hasSize(2);
    assertThat(files().getFirst()).hasBinaryContent(first);
    assertThat(events(files().get(1)).get(1).only(2)).isEqualTo(42L);
  }

  @Test
  void refusesAPictureThatIsNoPng() {
    try (TensorBoardLog log = TensorBoardLog.open(folder, -1, CLOCK)) {
      assertThatThrownBy(() -> log.picture(1, "a", new byte[40]))
          .hasMessage("log: the picture a is no PNG file");
    }
  }

  /// Castagnoli's polynomial bit by bit: nothing in common with the JDK's that the log uses.
  private static int maskedChecksum(byte[] bytes) {
    int crc = -1;
    for (byte b : bytes) {
      crc ^= b & 0xFF;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) != 0 ? crc >>> 1 ^ 0x82F63B78 : crc >>> 1;
      }
    }
    crc = ~crc;
    return (crc >>> 15 | crc << 17) + 0xa282ead8;
  }

  @Test
  void theReadersChecksumIsTheOneOfTheStandard() {
    // RFC 3720, B.4: 32 bytes of zeros.
    int crc = 0x8a9136aa;
    assertThat(maskedChecksum(new byte[32])).isEqualTo((crc >>> 15 | crc << 17) + 0xa282ead8);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static List<Message> events(Path file) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<Message> events = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] length = new byte[8];
      in.get(length);
      assertThat(in.getInt()).isEqualTo(maskedChecksum(length));
      byte[] data =
          new byte
              [Math.toIntExact(ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong())];
      in.get(data);
      assertThat(in.getInt()).isEqualTo(maskedChecksum(data));
      events.add(message(data));
    }
    return events;
  }

  /// The one value of an event's summary.
  private static Message value(Message event) {
    return message(message(event.only(5)).only(1));
  }

  /// The fields of a message by number: `Long`, `Double`, `Float` or `byte[]`.
  private record Message(Map<Integer, List<Object>> fields) {
    Object only(int field) {
      List<Object> values = fields.getOrDefault(field, List.of());
      assertThat(values).as("field %d of %s", field, fields.keySet()).hasSize(1);
      return values.getFirst();
    }
  }

  private static String text(Object bytes) {
    return new String((byte[]) bytes, StandardCharsets.UTF_8);
  }

  private static Message message(Object bytes) {
    ByteBuffer in = ByteBuffer.wrap((byte[]) bytes).order(ByteOrder.LITTLE_ENDIAN);
    Map<Integer, List<Object>> fields = new TreeMap<>();
    while (in.hasRemaining()) {
      long tag = varint(in);
      Object value =
          switch ((int) tag & 7) {
            case 0 -> varint(in);
            case 1 -> in.getDouble();
            case 2 -> {
              byte[] data = new byte[Math.toIntExact(varint(in))];
              in.get(data);
              yield data;
            }
            case 5 -> in.getFloat();
            default -> throw new AssertionError("wire type of tag " + tag);
          };
      fields.computeIfAbsent((int) (tag >>> 3), _ -> new ArrayList<>()).add(value);
    }
    return new Message(fields);
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte b = in.get();
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
  }
}
