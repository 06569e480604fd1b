package org.clipscribe.tensor.vector;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.WeightImages;
import org.jspecify.annotations.Nullable;

/// Room for gradients and moments. What is given back is handed out again: every step of training
/// needs the same sizes, and fresh memory costs a page fault each 4 KB.
final class PanelMemory {
  private final Arena arena;
  private final Map<Long, Deque<MemorySegment>> free = new HashMap<>();

  /// @param arena closes with the back-end
  PanelMemory(Arena arena) {
    this.arena = arena;
  }

  /// All zeros.
  PanelWeight take(int outputs, int inputs) {
    long size = PanelWeight.byteSize(outputs, inputs, WeightFormat.F32);
    MemorySegment used = find(size);
    if (used != null) {
      used.fill((byte) 0);
    }
    MemorySegment image = used == null ? arena.allocate(size, WeightImages.ALIGNMENT) : used;
    return PanelWeight.of(outputs, inputs, WeightFormat.F32, image);
  }

  private synchronized @Nullable MemorySegment find(long size) {
    Deque<MemorySegment> some = free.get(size);
    return some == null ? null : some.poll();
  }

  synchronized void giveBack(PanelWeight weight) {
    free.computeIfAbsent(weight.image().byteSize(), _ -> new ArrayDeque<>()).push(weight.image());
  }
}
