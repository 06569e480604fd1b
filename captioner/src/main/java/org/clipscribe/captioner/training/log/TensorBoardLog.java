package org.clipscribe.captioner.training.log;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.Locale;
import java.util.zip.CRC32C;

/// TensorBoard's event files: numbers, pictures and texts, for `tensorboard --logdir`.
///
/// A file is a row of TFRecords (length, masked CRC-32C of the length, bytes, masked CRC-32C of the
/// bytes), each an `Event` of TensorFlow's `event.proto`. Each run, also a resumed one, begins a
/// file of its own, as TensorBoard may be reading the last one; it starts with the mark that makes
/// TensorBoard forget what earlier files say of later steps.
///
/// Numbers are single precision there; `log.csv` has all digits.
public final class TensorBoardLog implements TrainingLog {
  private static final int START = 1;
  private static final int STRING = 7;
  private static final int DATA_CLASS_TENSOR = 2;

  /// TensorFlow's mask: a checksum of data that holds checksums would be a weak one.
  private static final int MASK = 0xa282ead8;

  private final OutputStream out;
  private final Clock clock;

  private TensorBoardLog(OutputStream out, Clock clock) {
    this.out = out;
    this.clock = clock;
  }

  /// @param folder made if it is missing; its other event files stay as they are
  /// @param lastStep the last step that counts of those other files: that of the checkpoint a run
  ///     resumes from, -1 for a new run
  /// @param clock for the time in events and in the name of the file
  public static TensorBoardLog open(Path folder, long lastStep, Clock clock) {
    try {
      Files.createDirectories(folder);
      TensorBoardLog log = new TensorBoardLog(create(folder, clock), clock);
      log.write(log.event().string(3, "brain.Event:2"));
      log.write(log.event().integer(2, lastStep + 1).message(7, new Protobuf().integer(1, START)));
      log.flush();
      return log;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// TensorBoard reads files in order of their names, so a later one gets a later name.
  private static OutputStream create(Path folder, Clock clock) throws IOException {
    long second = clock.instant().getEpochSecond();
    for (int number = 0; ; number++) {
      Path file =
          folder.resolve(
              String.format(
                  Locale.ROOT, "events.out.tfevents.%010d.clipscribe.%04d", second, number));
      if (!Files.exists(file)) {
        return new BufferedOutputStream(
            Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
      }
    }
  }

  @Override
  public void scalar(long step, String name, double value) {
    summary(step, new Protobuf().string(1, name).float32(2, (float) value));
  }

  @Override
  public void picture(long step, String name, byte[] png) {
    ByteBuffer header = ByteBuffer.wrap(png);
    if (png.length < 33 || header.getLong(0) != 0x89504E470D0A1A0AL) {
      throw new IllegalArgumentException("log: the picture " + name + " is no PNG file");
    }
    Protobuf image =
        new Protobuf()
            .integer(1, header.getInt(20))
            .integer(2, header.getInt(16))
            .integer(3, channels(png[25]))
            .bytes(4, png);
    summary(step, new Protobuf().string(1, name).message(4, image));
  }

  /// @param colourType as the PNG header has it
  private static int channels(byte colourType) {
    return switch (colourType) {
      case 0 -> 1;
      case 4 -> 2;
      case 6 -> 4;
      default -> 3;
    };
  }

  @Override
  public void text(long step, String name, String text) {
    Protobuf metadata =
        new Protobuf().message(1, new Protobuf().string(1, "text")).integer(4, DATA_CLASS_TENSOR);
    Protobuf oneElement = new Protobuf().message(2, new Protobuf().integer(1, 1));
    Protobuf tensor = new Protobuf().integer(1, STRING).message(2, oneElement).string(8, text);
    summary(step, new Protobuf().string(1, name).message(9, metadata).message(8, tensor));
  }

  private void summary(long step, Protobuf value) {
    write(event().integer(2, step).message(5, new Protobuf().message(1, value)));
  }

  private Protobuf event() {
    return new Protobuf().float64(1, clock.millis() / 1000.0);
  }

  private void write(Protobuf event) {
    byte[] bytes = event.toBytes();
    ByteBuffer record =
        ByteBuffer.allocate(Long.BYTES + Integer.BYTES + bytes.length + Integer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(bytes.length);
    record.putInt(maskedChecksum(record.array(), 0, Long.BYTES));
    record.put(bytes).putInt(maskedChecksum(bytes, 0, bytes.length));
    try {
      out.write(record.array());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int maskedChecksum(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
  }

  @Override
  public void flush() {
    try {
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
