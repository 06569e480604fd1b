package org.clipscribe.convert.torch;

import java.nio.ByteBuffer;
import org.clipscribe.convert.torch.PickleValue.Storage;
import org.jspecify.annotations.Nullable;

/// The bytes of a storage. Those of a zip archive are compared with their checksum before the first
/// of them is given out.
final class StorageData {
  private final FileSlice bytes;
  private final ZipArchive.@Nullable Entry entry;
  private boolean checked;

  private StorageData(FileSlice bytes, ZipArchive.@Nullable Entry entry) {
    this.bytes = bytes;
    this.entry = entry;
  }

  static StorageData of(ZipArchive.Entry entry) {
    return new StorageData(entry.data(), entry);
  }

  /// Bytes that no checksum protects.
  static StorageData of(FileSlice bytes) {
    return new StorageData(bytes, null);
  }

  /// This, if it has exactly the elements that a pickle claims.
  ///
  /// @throws IllegalArgumentException otherwise; the message is for a user
  StorageData holding(Storage storage) {
    int width = storage.dtype().bytes();
    if (bytes.length() % width != 0 || bytes.length() / width != storage.elements()) {
      throw new IllegalArgumentException(
          "needs storage %s of %d x %s, but the file has %d bytes for it"
              .formatted(storage.key(), storage.elements(), storage.dtype(), bytes.length()));
    }
    return this;
  }

  /// Where in the file it starts.
  long position() {
    return bytes.start();
  }

  void read(long position, ByteBuffer into) {
    check();
    bytes.read(position, into);
  }

  private synchronized void check() {
    if (!checked && entry != null) {
      entry.check();
    }
    checked = true;
  }
}
