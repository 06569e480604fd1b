package org.clipscribe.tensor.vector;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.clipscribe.tensor.spi.Limits;

/// The limits of the processor, as far as Java reaches them: within a few percent of C.
///
/// Results are summed up and kept, so that C2 cannot leave the work out.
final class VectorLimits implements Limits {
  private static final int SUMS = 12;

  /// Bytes of memory that a thread reads before it looks for the next part.
  private static final int PART = 1 << 20;

  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private final WorkCrew crew;

  /// A number for each part, which nobody reads.
  private final float[] kept;

  VectorLimits(WorkCrew crew) {
    this.crew = crew;
    this.kept = new float[crew.threads()];
  }

  @Override
  public double multiplyAdd(int rounds) {
    crew.run(kept.length, Long.MAX_VALUE, part -> kept[part] = multiplyAdd(rounds, part));
    return 2.0 * SUMS * Lanes.COUNT * rounds * kept.length;
  }

  /// Twelve independent sums keep two units with a latency of four cycles busy, and leave registers
  /// over where there are sixteen.
  private static float multiplyAdd(int rounds, float start) {
    FloatVector x = FloatVector.broadcast(Lanes.FLOATS, 0.999f);
    FloatVector y = FloatVector.broadcast(Lanes.FLOATS, start);
    FloatVector a = y;
    FloatVector b = y;
    FloatVector c = y;
    FloatVector d = y;
    FloatVector e = y;
    FloatVector f = y;
    FloatVector g = y;
    FloatVector h = y;
    FloatVector i = y;
    FloatVector j = y;
    FloatVector k = y;
    FloatVector l = y;
    for (int round = 0; round < rounds; round++) {
      a = a.fma(x, y);
      b = b.fma(x, y);
      c = c.fma(x, y);
      d = d.fma(x, y);
      e = e.fma(x, y);
      f = f.fma(x, y);
      g = g.fma(x, y);
      h = h.fma(x, y);
      i = i.fma(x, y);
      j = j.fma(x, y);
      k = k.fma(x, y);
      l = l.fma(x, y);
    }
    FloatVector sum = a.add(b).add(c).add(d).add(e).add(f);
    return sum.add(g).add(h).add(i).add(j).add(k).add(l).reduceLanes(VectorOperators.ADD);
  }

  @Override
  public Reader reader(int megabytes) {
    return new MemoryReader((long) megabytes << 20);
  }

  private final class MemoryReader implements Reader {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;

    MemoryReader(long bytes) {
      memory = arena.allocate(bytes, 64);
      memory.fill((byte) 1); // pages that were never written all share one page of zeros
    }

    @Override
    public double read() {
      int parts = (int) (memory.byteSize() / PART);
      crew.run(parts, Long.MAX_VALUE, part -> kept[part % kept.length] = sum((long) part * PART));
      return (double) parts * PART;
    }

    private float sum(long from) {
      FloatVector a = FloatVector.zero(Lanes.FLOATS);
      FloatVector b = a;
      FloatVector c = a;
      FloatVector d = a;
      int step = 4 * Float.BYTES * Lanes.COUNT;
      int vector = Float.BYTES * Lanes.COUNT;
      for (int at = 0; at < PART; at += step) {
        a = a.add(FloatVector.fromMemorySegment(Lanes.FLOATS, memory, from + at, ORDER));
        b = b.add(FloatVector.fromMemorySegment(Lanes.FLOATS, memory, from + at + vector, ORDER));
        c =
            c.add(
                FloatVector.fromMemorySegment(Lanes.FLOATS, memory, from + at + 2 * vector, ORDER));
        d =
            d.add(
                FloatVector.fromMemorySegment(Lanes.FLOATS, memory, from + at + 3 * vector, ORDER));
      }
      return a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
    }

    @Override
    public void close() {
      arena.close();
    }
  }
}
