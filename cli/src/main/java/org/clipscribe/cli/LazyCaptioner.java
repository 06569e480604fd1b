package org.clipscribe.cli;

import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.clipscribe.captioner.Captioner;
import org.clipscribe.captioner.ModelInfo;
import org.jspecify.annotations.Nullable;

/// Opens the captioner while the first picture is read, and speaks of it when that went well: a
/// lone bad picture is told at once.
final class LazyCaptioner implements AutoCloseable {
  private final FutureTask<Captioner> opening;
  private final Thread thread;
  private @Nullable Captioner opened;
  private @Nullable ModelInfo model;

  LazyCaptioner(Supplier<Captioner> opening) {
    this.opening = new FutureTask<>(opening::get);
    this.thread = Thread.ofPlatform().daemon().name("clipscribe-open").unstarted(this.opening);
  }

  /// Begins, and waits for nothing.
  void begin() {
    thread.start();
  }

  /// Waits until the captioner is open.
  ///
  /// @return whether this is the first time
  /// @throws RuntimeException or Error whatever opening it threw
  boolean open() {
    if (opened != null) {
      return false;
    }
    opened = result();
    model = opened.model(); // once: it may have to read all weights for their digest
    return true;
  }

  private Captioner result() {
    try {
      return opening.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  Captioner get() {
    return Objects.requireNonNull(opened, "open() comes first");
  }

  ModelInfo model() {
    return Objects.requireNonNull(model, "open() comes first");
  }

  /// Where no picture could be read, packing weights may be under way: that is broken off, and
  /// clears up after itself.
  @Override
  public void close() {
    if (opened != null) {
      opened.close();
    } else if (thread.getState() != Thread.State.NEW) {
      thread.interrupt();
      try {
        result().close();
      } catch (RuntimeException | Error e) {
        // nobody asked for it
      }
    }
  }
}
