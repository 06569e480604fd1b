package org.clipscribe.captioner.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A range of bytes of a file as a stream.
final class SliceInput extends InputStream {
  private final FileChannel channel;
  private long at;
  private final long end;

  private SliceInput(FileChannel channel, long at, long end) {
    this.channel = channel;
    this.at = at;
    this.end = end;
  }

  static SliceInput open(Place.Slice slice) throws IOException {
    FileChannel channel = FileChannel.open(Path.of(slice.archive()), StandardOpenOption.READ);
    return new SliceInput(channel, slice.offset(), slice.offset() + slice.length());
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int from, int count) throws IOException {
    if (at >= end) {
      return count == 0 ? 0 : -1;
    }
    int most = (int) Math.min(count, end - at);
    int read = channel.read(ByteBuffer.wrap(into, from, most), at);
    at += Math.max(0, read);
    return read;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
