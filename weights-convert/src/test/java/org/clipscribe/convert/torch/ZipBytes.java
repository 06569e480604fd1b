package org.clipscribe.convert.torch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/// Writes stored zip archives, as torch does or with a lie in them.
final class ZipBytes {
  /// What the directory says of an entry. Fields can be changed before [#end].
  static final class Listed {
    String name = "";
    int flags;
    int method;
    int crc;
    long size;
    long packed;
    long offset;
    byte[] extra = {};
  }

  final List<Listed> records = new ArrayList<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /// The smallest checkpoint: `w` = `[[0, 1, 2], [3, 4, 5]]`.
  static ZipBytes small() {
    return checkpoint(PickleBytes.small());
  }

  /// A checkpoint whose storage 0 holds the floats 0 to 5.
  static ZipBytes checkpoint(byte[] pickle) {
    ByteBuffer floats = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 6; i++) {
      floats.putFloat(i);
    }
    return new ZipBytes()
        .entry("archive/data.pkl", pickle)
        .entry("archive/data/0", floats.array())
        .entry("archive/version", new byte[] {'3', '\n'});
  }

  ZipBytes entry(String name, byte[] data) {
    return entry(name, name, data);
  }

  /// An entry whose header has another name than the directory.
  ZipBytes entry(String name, String headerName, byte[] data) {
    Listed record = new Listed();
    record.name = name;
    record.offset = bytes.size();
    record.size = data.length;
    record.packed = data.length;
    CRC32 crc = new CRC32();
    crc.update(data);
    record.crc = (int) crc.getValue();
    byte[] encoded = headerName.getBytes(StandardCharsets.UTF_8);
    ByteBuffer header = ByteBuffer.allocate(30 + encoded.length).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(0x04034b50).position(26);
    header.putShort((short) encoded.length).putShort((short) 0).put(encoded);
    bytes.writeBytes(header.array());
    bytes.writeBytes(data);
    records.add(record);
    return this;
  }

  Listed last() {
    return records.getLast();
  }

  byte[] toBytes() {
    return end(records.size(), false);
  }

  /// With the zip64 end record that torch always writes.
  byte[] toBytes64() {
    return end(records.size(), true);
  }

  /// @param count what the end record says
  byte[] end(int count, boolean zip64) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(bytes.toByteArray());
    long directory = all.size();
    for (Listed record : records) {
      all.writeBytes(central(record));
    }
    long size = all.size() - directory;
    if (zip64) {
      long at = all.size();
      all.writeBytes(
          little(76)
              .putInt(0x06064b50)
              .putLong(44)
              .putShort((short) 45)
              .putShort((short) 45)
              .putInt(0)
              .putInt(0)
              .putLong(count)
              .putLong(count)
              .putLong(size)
              .putLong(directory)
              .putInt(0x07064b50)
              .putInt(0)
              .putLong(at)
              .putInt(1)
              .array());
    }
    all.writeBytes(
        little(22)
            .putInt(0x06054b50)
            .putInt(0)
            .putShort((short) count)
            .putShort((short) count)
            .putInt(zip64 ? -1 : (int) size)
            .putInt(zip64 ? -1 : (int) directory)
            .putShort((short) 0)
            .array());
    return all.toByteArray();
  }

  private static byte[] central(Listed record) {
    byte[] encoded = record.name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer central =
        ByteBuffer.allocate(46 + encoded.length + record.extra.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    central.putInt(0x02014b50).putShort((short) 0).putShort((short) 0);
    central.putShort((short) record.flags).putShort((short) record.method).putInt(0);
    central.putInt(record.crc).putInt((int) record.packed).putInt((int) record.size);
    central.putShort((short) encoded.length).putShort((short) record.extra.length);
    central.position(42);
    central.putInt((int) record.offset).put(encoded).put(record.extra);
    return central.array();
  }

  static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
