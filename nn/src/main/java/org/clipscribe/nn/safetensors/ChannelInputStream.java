package org.clipscribe.nn.safetensors;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/// A range of a file as a stream, by positional reads.
final class ChannelInputStream extends InputStream {
  private final FileChannel channel;
  private final long end;
  private long position;

  ChannelInputStream(FileChannel channel, long position, long size) {
    this.channel = channel;
    this.position = position;
    this.end = position + size;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length > 0 && position == end) {
      return -1;
    }
    int wanted = (int) Math.min(length, end - position);
    int count = channel.read(ByteBuffer.wrap(into, offset, wanted), position);
    if (count > 0) {
      position += count;
    }
    return count;
  }
}
