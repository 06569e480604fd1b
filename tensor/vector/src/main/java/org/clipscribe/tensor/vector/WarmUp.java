package org.clipscribe.tensor.vector;

import static org.clipscribe.tensor.vector.PanelFormat.COLUMNS;

import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.clipscribe.tensor.AttentionMask;
import org.clipscribe.tensor.Binary;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.Unary;
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
  private static final int DEPTH = 4;

  /// A batch of calls that is timed.
  private static final int BATCH = 20;

  /// A compiled call takes a fifth of this; what C1 makes of the smallest kernel takes three times
  /// as much, and the interpreter a hundred times.
  private static final long HOT_NANOS = 1_500;

  /// The most that a product waits, where compiling takes long or does not happen.
  private static final long PATIENCE_NANOS = 2_000_000_000L;

  /// Ends the attempt where nothing gets compiled, as under a debugger. C2 compiles after 5000
  /// calls, and later the more methods wait for it.
  private static final int MOST_BATCHES = 20_000 / BATCH;

  /// The JVM looks at its counters each 1024 calls. What is called meanwhile is of no use, makes an
  /// object of each vector and C2's queue longer: with pauses a process that captions one photo
  /// takes 80 MB less at the JVM's default options.
  private static final int BATCHES_A_PAUSE = 1000 / BATCH;

  /// Measured: half of it saves no memory, twice as much takes longer.
  private static final int PAUSE_MILLIS = 20;

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
      readyFor(weights);
    } while (!endsAfter(weights));
  }

  /// On two threads, because one that waits for its kernel to be compiled leaves its core idle. The
  /// large kernel is compiled while the small ones are.
  private void drive(List<PanelWeight> weights) {
    Thread small =
        Thread.ofPlatform()
            .daemon()
            .name("clipscribe-warm-up-small")
            .start(
                () -> {
                  HeapKernel.Task heap = heapTask();
                  drive(() -> HeapKernel.multiply(heap, Tile.ROWS));
                  driveRows();
                });
    List<Task> tiles = weights.stream().map(WarmUp::task).toList();
    drive(() -> tiles.forEach(task -> PanelKernel.multiply(task, Tile.ROWS)));
    List<RowKernel.Task> rows = weights.stream().map(WarmUp::rowTask).toList();
    drive(() -> rows.forEach(RowKernel::multiply));
    if (weights.stream().anyMatch(weight -> weight.layout() == PanelFormat.INT8)) {
      float[] sums = new float[COLUMNS];
      drive(() -> Int8Sums.separate(sums, 0));
    }
    WorkCrew.join(small);
  }

  private static Task task(PanelWeight weight) {
    int depth = Math.min(DEPTH, weight.inputs());
    MemorySegment lines = weight.lines(0, 0, depth);
    return new Task(weight.layout(), lines, lines, tile(depth), tile(COLUMNS), depth, COLUMNS);
  }

  private static HeapKernel.Task heapTask() {
    float[] panel = new float[DEPTH * COLUMNS];
    return new HeapKernel.Task(panel, 0, tile(DEPTH), tile(COLUMNS), DEPTH, COLUMNS);
  }

  /// The rows of a tile.
  private static Matrix tile(int columns) {
    return new Matrix(new float[Tile.ROWS * columns], 0, columns);
  }

  private static RowKernel.Task rowTask(PanelWeight weight) {
    int depth = Math.min(DEPTH, weight.inputs());
    float[] sums = new float[RowKernel.PANELS * COLUMNS];
    float[] a = new float[depth];
    return new RowKernel.Task(weight.layout(), weight.image(), 0, 1, a, 0, sums, depth);
  }

  /// Everything that a layer does beside its products.
  private void driveRows() {
    int width = 2 * Lanes.COUNT;
    float[] x = new float[width];
    // All operations in turn, for the same reason as the formats.
    drive(
        () -> {
          for (Binary f : Binary.values()) {
            Elements.zip(f, x, 0, x, 0, x, 0, width);
            Elements.zip(f, x, 0, 1, x, 0, width);
          }
        });
    Functions functions = new Functions();
    for (Unary f : List.of(Unary.RELU, Unary.QUICK_GELU, Unary.GELU_TANH)) {
      drive(() -> functions.map(f, x, 0, x, 0, width));
    }
    drive(() -> Rows.layerNorm(x, 0, x, 0, x, 0, 1, x, 0, width));
    drive(() -> Rows.softmaxVectors(x, 0, width, 1));
    Matrix row = new Matrix(x, 0, width);
    Attention attention =
        new Attention(row, row, row, row, 1, 1, 1, AttentionMask.NONE, Dropout.NONE);
    drive(() -> attention.run(0));
  }

  private void drive(Runnable call) {
    for (int batch = 1; batch <= MOST_BATCHES && !closed; batch++) {
      long start = System.nanoTime();
      for (int i = 0; i < BATCH; i++) {
        call.run();
      }
      if (System.nanoTime() - start < BATCH * HOT_NANOS || !pause(batch)) {
        return;
      }
    }
  }

  /// Leaves the core to the compiler now and then; false when somebody wants this thread to end.
  private static boolean pause(int batch) {
    if (batch % BATCHES_A_PAUSE == 0) {
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
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
