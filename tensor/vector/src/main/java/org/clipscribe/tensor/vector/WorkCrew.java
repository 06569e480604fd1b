package org.clipscribe.tensor.vector;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Threads that share out the parts of one job at a time; the caller works too.
///
/// Made for jobs of some ten microseconds in quick succession: workers spin for the next job a
/// little, then yield, then sleep. Which thread does which part is open, so a part must not depend
/// on that. When several callers come at once, one gets the workers and the others work alone.
final class WorkCrew implements AutoCloseable {
  /// About 20 microseconds of waiting for the next job: the time between two operations of a model.
  private static final int SPINS = 1000;

  /// How often to offer the core to somebody else before sleeping, which costs the caller a system
  /// call to end. When other programs compete for the cores, spinning longer stops everybody.
  private static final int YIELDS = 200;

  private static final long CALLER_NAP_NANOS = 50_000;

  /// Multiplications, or as much other work, that are done before another thread has noticed them.
  private static final long TOO_SMALL = 1 << 16;

  private final AtomicReference<@Nullable Job> current = new AtomicReference<>();
  private final Worker[] workers;
  private volatile boolean closed;

  /// @param threads how many threads work, the caller's included; at least 1
  WorkCrew(int threads) {
    workers = IntStream.range(1, threads).mapToObj(Worker::new).toArray(Worker[]::new);
    for (Worker worker : workers) {
      worker.thread.start();
    }
  }

  int threads() {
    return workers.length + 1;
  }

  /// Runs `task` on `0 .. parts`, each part once, and returns when all are done.
  ///
  /// @param work about how many multiplications that takes in all
  /// @throws RuntimeException or Error whatever a part threw first
  void run(int parts, long work, IntConsumer task) {
    Job job = new Job(parts, task);
    boolean share = parts > 1 && work >= TOO_SMALL && workers.length > 0;
    if (share && current.compareAndSet(null, job)) {
      try {
        wake(parts - 1);
        job.work();
      } finally {
        current.set(null);
        job.await();
      }
    } else {
      job.work();
    }
    job.rethrow();
  }

  private void wake(int most) {
    for (int i = 0; i < workers.length && i < most; i++) {
      if (workers[i].asleep.get()) {
        LockSupport.unpark(workers[i].thread);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    for (Worker worker : workers) {
      LockSupport.unpark(worker.thread);
    }
    for (Worker worker : workers) {
      join(worker.thread);
    }
  }

  /// Waits until a thread has ended, whatever happens.
  static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Waits for a moment; false when it is time to sleep.
  @SuppressWarnings("ThreadPriorityCheck") // correct without the yields, which only save time
  private static boolean pause(int round) {
    if (round < SPINS) {
      Thread.onSpinWait();
    } else if (round < SPINS + YIELDS) {
      Thread.yield();
    } else {
      return false;
    }
    return true;
  }

  /// Parts are taken one by one from a counter, so that a thread that lost its core delays nobody
  /// longer than one part takes.
  private static final class Job {
    private final int parts;
    private final IntConsumer task;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger unfinished;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Job(int parts, IntConsumer task) {
      this.parts = parts;
      this.task = task;
      this.unfinished = new AtomicInteger(parts);
    }

    boolean hasParts() {
      return next.get() < parts;
    }

    void work() {
      for (int part = next.getAndIncrement(); part < parts; part = next.getAndIncrement()) {
        try {
          task.accept(part);
        } catch (Throwable e) { // every part is accounted for, or the caller would wait for ever
          failure.compareAndSet(null, e);
        } finally {
          unfinished.decrementAndGet();
        }
      }
    }

    void await() {
      for (int round = 0; unfinished.get() > 0; round++) {
        if (!pause(round)) {
          LockSupport.parkNanos(CALLER_NAP_NANOS);
        }
      }
    }

    void rethrow() {
      switch (failure.get()) {
        case null -> {}
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case Throwable e -> throw new IllegalStateException(e);
      }
    }
  }

  private final class Worker {
    private final AtomicBoolean asleep = new AtomicBoolean();
    private final Thread thread;

    Worker(int number) {
      thread = Thread.ofPlatform().daemon().name("clipscribe-cpu-" + number).unstarted(this::live);
    }

    private void live() {
      int idle = 0;
      while (!closed) {
        Job job = current.get();
        if (job != null && job.hasParts()) {
          job.work();
          idle = 0;
        } else if (pause(idle)) {
          idle++;
        } else {
          sleep();
          idle = 0;
        }
      }
    }

    /// Says first that it sleeps and looks once more after that, while a caller first puts up its
    /// job and looks who sleeps after that: one of the two sees the other.
    private void sleep() {
      asleep.set(true);
      if (current.get() == null && !closed) {
        LockSupport.park(WorkCrew.this);
      }
      asleep.set(false);
    }
  }
}
