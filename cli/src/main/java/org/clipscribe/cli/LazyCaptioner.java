package org.clipscribe.cli;

import java.util.Objects;
import java.util.function.Supplier;
import org.clipscribe.captioner.Captioner;
import org.clipscribe.captioner.ModelInfo;
import org.jspecify.annotations.Nullable;

/// Opens the captioner when the first picture was read: a lone bad picture is told at once.
final class LazyCaptioner implements AutoCloseable {
  private final Supplier<Captioner> opening;
  private @Nullable Captioner opened;
  private @Nullable ModelInfo model;

  LazyCaptioner(Supplier<Captioner> opening) {
    this.opening = opening;
  }

  void open() {
    if (opened == null) {
      opened = opening.get();
      model = opened.model(); // once: it may have to read all weights for their digest
    }
  }

  Captioner get() {
    return Objects.requireNonNull(opened, "open() comes first");
  }

  ModelInfo model() {
    return Objects.requireNonNull(model, "open() comes first");
  }

  @Override
  public void close() {
    if (opened != null) {
      opened.close();
    }
  }
}
