package org.clipscribe.media;

/// Overwrites fields of TIFF files as ImageIO writes them.
final class TiffFields {
  private TiffFields() {}

  /// Sets the first value of a tag in the first directory to a LONG.
  static void put(byte[] file, int tag, int value) {
    boolean little = file[0] == 'I';
    ByteView view = new ByteView(file, 0, file.length, little);
    long directory = view.u32(4);
    for (int i = 0; i < view.u16(directory); i++) {
      int entry = (int) directory + 2 + 12 * i;
      if (view.u16(entry) == tag) {
        write(file, entry + 2, 4, 2, little); // LONG
        write(file, entry + 8, value, 4, little);
        return;
      }
    }
    throw new AssertionError("no tag " + tag);
  }

  private static void write(byte[] file, int at, int value, int bytes, boolean little) {
    for (int i = 0; i < bytes; i++) {
      file[at + i] = (byte) (value >> (8 * (little ? i : bytes - 1 - i)));
    }
  }
}
