package org.clipscribe.media;

import javax.imageio.stream.ImageInputStreamImpl;

/// A few bytes of our own followed by a part of a file in memory. Copies nothing and, unlike the
/// streams that ImageIO makes, caches nothing on disk or a second time in memory.
final class SplicedStream extends ImageInputStreamImpl {
  private final byte[] head;
  private final byte[] file;
  private final int from;
  private final long length;

  /// @param from where in the file the part begins
  /// @param to where it ends
  SplicedStream(byte[] head, byte[] file, int from, int to) {
    this.head = head;
    this.file = file;
    this.from = from;
    this.length = (long) head.length + (to - from);
  }

  @Override
  public int read() {
    bitOffset = 0;
    if (streamPos >= length) {
      return -1;
    }
    long at = streamPos++;
    return (at < head.length ? head[(int) at] : file[from + (int) (at - head.length)]) & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int count) {
    bitOffset = 0;
    if (count == 0) {
      return 0;
    }
    if (streamPos >= length) {
      return -1;
    }
    boolean inHead = streamPos < head.length;
    long end = inHead ? head.length : length;
    int read = (int) Math.min(count, end - streamPos);
    if (inHead) {
      System.arraycopy(head, (int) streamPos, target, offset, read);
    } else {
      System.arraycopy(file, from + (int) (streamPos - head.length), target, offset, read);
    }
    streamPos += read;
    return read;
  }

  @Override
  public long length() {
    return length;
  }
}
