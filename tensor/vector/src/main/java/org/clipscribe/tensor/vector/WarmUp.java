package org.clipscribe.tensor.vector;

import static org.clipscribe.tensor.vector.PanelFormat.COLUMNS;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.vector.PanelKernel.Task;
import org.clipscribe.tensor.vector.Products.Matrix;
import org.jspecify.annotations.Nullable;

/// Gets the kernels compiled while a program still loads its weights.
///
/// Interpreted vector code is some ten thousand times slower than compiled code, and the JVM
/// compiles what has been called often: with the sizes of a model that takes seconds, with tiny
/// ones a fraction of one. Formats take turns, because C2 leaves out what it has not seen happen
/// and has to start over when it does. Results are thrown away.
final class WarmUp implements AutoCloseable {
  /// Lines of a panel: so few that interpreted calls end soon, and enough to be a loop.
  static final int DEPTH = 4;

  /// The most that a product waits, where compiling takes long or does not happen.
  private static final long PATIENCE_NANOS = 2_000_000_000L;

  /// How soon a closed back-end is noticed.
  private static final Duration LOOK_UP = Duration.ofMillis(10);

  /// A weight of each format: memory of the kind that will be multiplied, for mapped memory is of
  /// another class than allocated memory.
  private final Map<WeightFormat, PanelWeight> wanted = new EnumMap<>(WeightFormat.class);

  private @Nullable Thread thread;
  private volatile boolean busy;
  private volatile boolean closed;

  /// Sees to it, in the background, that products with weights like this one are compiled.
  synchronized void request(PanelWeight weight) {
    boolean empty = weight.outputs() == 0 || weight.inputs() == 0;
    if (closed || empty || wanted.putIfAbsent(weight.format(), weight) != null) {
      return;
    }
    busy = true;
    // On a thread of its own, because one that waits for its kernel to be compiled leaves its core
    // idle. The large kernels are compiled while the small ones are.
    SmallKernels.begin();
    if (thread == null) {
      thread = Thread.ofPlatform().daemon().name("clipscribe-warm-up").start(this::run);
    }
  }

  /// Waits until the kernels are compiled, but not for long: one interpreted product of a model's
  /// size can take longer than that, and takes the core from the compiler. The small kernels count
  /// as well: a caption that began as soon as the products were ready took a tenth more time.
  void await() {
    if (busy) {
      awaitIdle();
    }
  }

  private synchronized void awaitIdle() {
    long end = System.nanoTime() + PATIENCE_NANOS;
    boolean interrupted = false;
    for (long left = PATIENCE_NANOS; busy && left > 0; left = end - System.nanoTime()) {
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        interrupted = true;
        break;
      }
    }
    busy = false; // whoever has waited long enough speaks for all
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void readyFor(List<PanelWeight> done) {
    if (done.size() == wanted.size()) {
      busy = false;
      notifyAll();
    }
  }

  private synchronized List<PanelWeight> weights() {
    return List.copyOf(wanted.values());
  }

  private synchronized boolean endsAfter(List<PanelWeight> done) {
    boolean ends = closed || done.size() == wanted.size();
    if (ends) {
      thread = null;
    }
    return ends;
  }

  private void run() {
    List<PanelWeight> weights;
    do {
      weights = weights();
      drive(weights);
      while (!closed && !SmallKernels.await(LOOK_UP)) {}
      readyFor(weights);
    } while (!endsAfter(weights));
  }

  private void drive(List<PanelWeight> weights) {
    List<Task> tiles = weights.stream().map(WarmUp::task).toList();
    call(() -> tiles.forEach(task -> PanelKernel.multiply(task, Tile.ROWS)));
    List<RowKernel.Task> rows = weights.stream().map(WarmUp::rowTask).toList();
    call(() -> rows.forEach(RowKernel::multiply));
    if (weights.stream().anyMatch(weight -> weight.layout() == PanelFormat.INT8)) {
      float[] sums = new float[COLUMNS];
      call(() -> Int8Sums.separate(sums, 0));
    }
  }

  private void call(Runnable kernel) {
    UntilCompiled.call(kernel, () -> closed);
  }

  private static Task task(PanelWeight weight) {
    int depth = Math.min(DEPTH, weight.inputs());
    MemorySegment lines = weight.lines(0, 0, depth);
    return new Task(weight.layout(), lines, lines, tile(depth), tile(COLUMNS), depth, COLUMNS);
  }

  /// The rows of a tile.
  static Matrix tile(int columns) {
    return new Matrix(new float[Tile.ROWS * columns], 0, columns);
  }

  private static RowKernel.Task rowTask(PanelWeight weight) {
    int depth = Math.min(DEPTH, weight.inputs());
    float[] sums = new float[RowKernel.PANELS * COLUMNS];
    float[] a = new float[depth];
    return new RowKernel.Task(weight.layout(), weight.image(), 0, 1, a, 0, sums, depth);
  }

  /// Ends the thread before the weights go away.
  @Override
  public void close() {
    Thread running;
    synchronized (this) {
      closed = true;
      running = thread;
    }
    if (running != null) {
      WorkCrew.join(running);
    }
  }
}
