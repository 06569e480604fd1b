package org.clipscribe.media.video;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import org.clipscribe.captioner.video.FrameSource;
import org.clipscribe.clip.Image;
import org.clipscribe.media.video.Decoding.CodedFilm;
import org.clipscribe.media.video.Decoding.Receiver;

/// One process that decodes, from its start to its end.
final class Child implements AutoCloseable {
  private static final int PIPE_BYTES = 1 << 16;

  /// A piece is small enough that many of them fit in memory, and large enough to be worth a
  /// message.
  private static final int PIECE_SAMPLES = 16;

  private static final int PIECE_BYTES = 2 << 20;

  /// How many pieces a slot has before it: one in work and one waiting.
  private static final int PIECES_AHEAD = 2;

  /// How much processor time may pass without a sample done. What loops burns it, while a machine
  /// that is busy with other things only makes everybody wait. A cold JVM takes a second or two for
  /// its first sample, a warm one hardly more than its compiler needs.
  private static final long PATIENCE_NANOS = 3_000_000_000L;

  private static final long PATIENCE_WHEN_WARM_NANOS = 1_000_000_000L;

  /// And for each pixel; a warm decoder takes 30 ns.
  private static final long PATIENCE_NANOS_PER_PIXEL = 2000;

  /// Whatever the processor does.
  private static final long LONGEST_NANOS = 60_000_000_000L;

  private final Process process;
  private final CodedFilm film;
  private final DataOutputStream out;
  private final DataInputStream in;

  /// The run that each sample is wanted by, of those that no answer came for.
  private final Map<Integer, Run> awaited = new HashMap<>();

  private volatile long heard = System.nanoTime();
  private volatile boolean warm;
  private volatile boolean killed;

  Child(Process process, CodedFilm film) {
    this.process = process;
    this.film = film;
    this.out =
        new DataOutputStream(new BufferedOutputStream(process.getOutputStream(), PIPE_BYTES));
    this.in = new DataInputStream(new BufferedInputStream(process.getInputStream(), PIPE_BYTES));
  }

  /// Has runs decoded.
  ///
  /// @return why it ended before all was done, if it did
  Optional<String> work(List<Run> runs, int slots, Receiver receiver) {
    Thread guard = Thread.ofVirtual().start(this::guard);
    List<Semaphore> room = new ArrayList<>();
    List<Thread> feeders = new ArrayList<>();
    for (Run run : runs) {
      for (int sample : run.missing()) {
        awaited.put(sample, run);
      }
    }
    try {
      greet();
      Queue<Run> waiting = new ConcurrentLinkedQueue<>(runs);
      for (int i = 0; i < slots; i++) {
        int slot = i;
        Semaphore permits = new Semaphore(PIECES_AHEAD);
        room.add(permits);
        feeders.add(Thread.ofVirtual().start(() -> feed(slot, waiting, permits)));
      }
      while (!awaited.isEmpty()) {
        hear(room, receiver);
      }
      return Optional.empty();
    } catch (IOException e) { // the end of its output, or, where we ended it, its closed pipe
      return Optional.of(
          killed ? "decoding it was stopped after too long a time" : "the decoder broke down");
    } finally {
      guard.interrupt();
      feeders.forEach(Thread::interrupt);
    }
  }

  private void greet() throws IOException {
    out.writeByte(film.codec());
    out.writeInt(film.width());
    out.writeInt(film.height());
    out.writeInt(film.colours().matrix());
    out.writeBoolean(film.colours().fullRange());
    out.writeInt(film.setup().lengthSize());
    units(film.setup().sequences());
    units(film.setup().pictures());
    out.flush();
  }

  private void units(Collection<byte[]> units) throws IOException {
    out.writeInt(units.size());
    for (byte[] unit : units) {
      out.writeInt(unit.length);
      out.write(unit);
    }
  }

  /// Sends runs to a slot, piece by piece, as it has room for them.
  private void feed(int slot, Queue<Run> waiting, Semaphore room) {
    try {
      for (Run run = waiting.poll(); run != null; run = waiting.poll()) {
        int at = 0;
        while (at < run.size()) {
          room.acquire();
          at = feed(slot, run, at);
        }
      }
    } catch (InterruptedException | IOException e) {
      // It was done, or it died, which whoever listens notices.
    }
  }

  private int feed(int slot, Run run, int from) throws IOException {
    List<byte[]> samples = new ArrayList<>();
    int bytes = 0;
    int to = from;
    while (to < run.size() && samples.size() < PIECE_SAMPLES && bytes < PIECE_BYTES) {
      byte[] sample = read(run.sample(to));
      samples.add(sample);
      bytes += sample.length;
      to++;
    }
    synchronized (out) {
      out.writeInt(slot);
      out.writeBoolean(from == 0);
      out.writeInt(samples.size());
      for (int i = 0; i < samples.size(); i++) {
        out.writeInt(run.sample(from + i));
        out.writeByte(run.wish(from + i));
        out.writeInt(samples.get(i).length);
        out.write(samples.get(i));
      }
      out.flush();
    }
    heard = System.nanoTime();
    return to;
  }

  /// A sample that is not there is sent empty: the decoder will say that it is damaged.
  private byte[] read(int sample) {
    try {
      ByteBuffer bytes = film.samples().data().read(sample);
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      return copy;
    } catch (FileBytes.Damage e) {
      return new byte[0];
    }
  }

  private void hear(List<Semaphore> room, Receiver receiver) throws IOException {
    byte kind = in.readByte();
    int number = in.readInt();
    heard = System.nanoTime();
    warm = true;
    switch (kind) {
      case Wire.DECODED -> {}
      case Wire.PIECE_DONE -> room.get(number).release();
      case Wire.FRAME -> {
        int width = in.readInt();
        int height = in.readInt();
        byte[] rgb = new byte[3 * width * height];
        in.readFully(rgb);
        if (answered(number)) {
          receiver.frame(number, new Image(width, height, rgb));
        }
      }
      case Wire.THUMBNAIL -> {
        byte[] luma = new byte[FrameSource.Survey.SIDE * FrameSource.Survey.SIDE];
        in.readFully(luma);
        if (answered(number)) {
          receiver.thumbnail(number, luma);
        }
      }
      case Wire.LOST -> {
        String why = in.readUTF();
        if (answered(number)) {
          receiver.lost(number, why);
        }
      }
      default -> throw new EOFException("it says " + kind);
    }
  }

  private boolean answered(int sample) {
    Run run = awaited.remove(sample);
    return run != null && run.answered(sample);
  }

  /// Kills the process when it has worked, or been silent, for too long.
  private void guard() {
    long pixels = (long) film.width() * film.height();
    try {
      long last = heard;
      long spent = processorNanos();
      while (true) {
        Thread.sleep(50);
        long patience =
            (warm ? PATIENCE_WHEN_WARM_NANOS : PATIENCE_NANOS) + pixels * PATIENCE_NANOS_PER_PIXEL;
        if (heard != last) {
          last = heard;
          spent = processorNanos();
        } else if (processorNanos() - spent > patience
            || System.nanoTime() - last > LONGEST_NANOS) {
          killed = true;
          process.destroyForcibly();
          return;
        }
      }
    } catch (InterruptedException e) {
      // All was done.
    }
  }

  /// Where the system does not tell, time on the wall.
  private long processorNanos() {
    return process.info().totalCpuDuration().map(Duration::toNanos).orElseGet(System::nanoTime);
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(); // so that it holds no core when we go on
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
