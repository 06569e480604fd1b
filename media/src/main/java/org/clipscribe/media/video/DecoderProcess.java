package org.clipscribe.media.video;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.clipscribe.captioner.video.FrameSource;
import org.jcodec.codecs.h264.H264Decoder;
import org.jcodec.codecs.prores.ProresDecoder;
import org.jcodec.common.model.ColorSpace;
import org.jcodec.common.model.Picture;
import org.jspecify.annotations.Nullable;

/// The main class of the process that decodes films. It reads samples from standard input and
/// writes pictures to standard output, see [Wire]; it opens no file and can be killed at any
/// moment.
public final class DecoderProcess {
  private static final int PIPE_BYTES = 1 << 16;

  private final DataInputStream in;
  private final DataOutputStream out;
  private final byte codec;
  private final H264Setup setup;
  private final YuvConverter converter;
  private final int width;
  private final int height;

  private DecoderProcess(DataInputStream in, DataOutputStream out) throws IOException {
    this.in = in;
    this.out = out;
    codec = in.readByte();
    width = in.readInt();
    height = in.readInt();
    converter = new YuvConverter(new Colours(in.readInt(), in.readBoolean()));
    setup = new H264Setup(in.readInt(), units(), units());
  }

  /// @param arguments how many slots there are
  public static void main(String[] arguments) throws IOException {
    // JCodec prints; whatever it says must not come between our messages.
    System.setOut(new PrintStream(System.err, true, System.err.charset()));
    var in =
        new DataInputStream(
            new BufferedInputStream(new FileInputStream(FileDescriptor.in), PIPE_BYTES));
    var out =
        new DataOutputStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), PIPE_BYTES));
    try {
      new DecoderProcess(in, out).run(Integer.parseInt(arguments[0]));
    } catch (EOFException e) {
      // Whoever asked has got all it wanted, or is gone: a decoder that still loops must end, too.
      Runtime.getRuntime().halt(0);
    }
  }

  private List<byte[]> units() throws IOException {
    List<byte[]> units = new ArrayList<>();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      units.add(in.readNBytes(in.readInt()));
    }
    return units;
  }

  private record Sample(int number, byte wish, byte[] bytes) {}

  private void run(int slots) throws IOException {
    List<Slot> all = new ArrayList<>();
    for (int i = 0; i < slots; i++) {
      all.add(new Slot(i));
    }
    while (true) {
      Slot slot = all.get(in.readInt());
      boolean first = in.readBoolean();
      int count = in.readInt();
      List<Sample> samples = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        samples.add(new Sample(in.readInt(), in.readByte(), in.readNBytes(in.readInt())));
      }
      slot.worker.execute(() -> slot.work(first, samples));
    }
  }

  /// Decodes one run after another on a thread of its own.
  private final class Slot {
    final ExecutorService worker =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
    private final int number;
    private Decoder decoder = decoder();

    Slot(int number) {
      this.number = number;
    }

    void work(boolean first, List<Sample> samples) {
      try {
        if (first) {
          decoder = decoder();
        }
        for (Sample sample : samples) {
          decode(decoder, sample);
        }
        synchronized (out) {
          out.writeByte(Wire.PIECE_DONE);
          out.writeInt(number);
          out.flush();
        }
      } catch (IOException e) {
        Runtime.getRuntime().halt(1); // nobody listens
      }
    }
  }

  private void decode(Decoder decoder, Sample sample) throws IOException {
    @Nullable String fault = null;
    try {
      Picture picture = decoder.decode(ByteBuffer.wrap(sample.bytes()));
      if (picture != null) {
        answer(sample, picture);
        return;
      }
      fault = "it holds no picture";
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
      fault =
          e instanceof OutOfMemoryError
              ? "decoding it takes too much memory"
              : "it is damaged (" + e + ")";
    }
    synchronized (out) {
      out.writeByte(sample.wish() == Wire.DECODE ? Wire.DECODED : Wire.LOST);
      out.writeInt(sample.number());
      if (sample.wish() != Wire.DECODE) {
        out.writeUTF(fault.length() > 200 ? fault.substring(0, 200) : fault);
      }
      out.flush();
    }
  }

  private void answer(Sample sample, Picture picture) throws IOException {
    byte[] content =
        switch (sample.wish()) {
          case Wire.FRAME -> converter.rgb(picture);
          case Wire.THUMBNAIL -> converter.thumbnail(picture, FrameSource.Survey.SIDE);
          default -> new byte[0];
        };
    synchronized (out) {
      out.writeByte(sample.wish() == Wire.DECODE ? Wire.DECODED : sample.wish());
      out.writeInt(sample.number());
      if (sample.wish() == Wire.FRAME) {
        out.writeInt(YuvConverter.shown(picture).getWidth());
        out.writeInt(YuvConverter.shown(picture).getHeight());
      }
      out.write(content);
      out.flush();
    }
  }

  /// A decoder of one job; it remembers the pictures that later ones refer to.
  private interface Decoder {
    @Nullable Picture decode(ByteBuffer sample);
  }

  private Decoder decoder() {
    return codec == Wire.PRORES ? new Prores() : new H264();
  }

  private final class H264 implements Decoder {
    private final H264Decoder decoder = new H264Decoder();
    private final byte[][] buffer = Picture.create(width, height, ColorSpace.YUV420J).getData();

    H264() {
      decoder.addSps(buffers(setup.sequences()));
      decoder.addPps(buffers(setup.pictures()));
    }

    private static List<ByteBuffer> buffers(List<byte[]> units) {
      // Without the header of the unit, which JCodec does not expect here.
      return units.stream().map(unit -> ByteBuffer.wrap(unit, 1, unit.length - 1).slice()).toList();
    }

    @Override
    public @Nullable Picture decode(ByteBuffer sample) {
      List<ByteBuffer> units = setup.units(sample).stream().map(ByteBuffer::wrap).toList();
      return decoder.decodeFrameFromNals(units, buffer);
    }
  }

  private final class Prores implements Decoder {
    private final ProresDecoder decoder = new ProresDecoder();

    @Override
    public @Nullable Picture decode(ByteBuffer sample) {
      byte[][] buffer = Picture.create(width, height, ColorSpace.YUV444).getData();
      return decoder.decodeFrame(sample, buffer);
    }
  }
}
