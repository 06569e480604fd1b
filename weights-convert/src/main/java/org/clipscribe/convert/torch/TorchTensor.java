package org.clipscribe.convert.torch;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.clipscribe.nn.TensorInfo;

/// A tensor of a file: its type, its shape and how to get at its elements.
///
/// @param storage the bytes of the whole storage, which other tensors may share
record TorchTensor(TensorInfo info, StridedView view, StorageData storage) {
  /// Elements gathered at a time from a view that is not contiguous.
  private static final int GATHERED = 1 << 16;

  /// Elements that lie this near are read together, for a read costs more than the bytes between.
  private static final int NEAR = 1 << 10;

  private static final int WINDOW = 1 << 14;

  /// Fills `into` with elements from `first`, row-major, as they are stored.
  void read(long first, ByteBuffer into) {
    int width = info.dtype().bytes();
    int count = into.remaining() / width;
    if (first < 0 || first > view.elements() - count) {
      throw new IndexOutOfBoundsException("%d from %d of %s".formatted(count, first, info));
    }
    if (view.contiguous()) {
      storage.read((view.offset() + first) * width, into);
      return;
    }
    for (int done = 0; done < count; done += GATHERED) {
      int part = Math.min(GATHERED, count - done);
      gather(first + done, into.slice(into.position() + done * width, part * width), width);
    }
    into.position(into.limit());
  }

  /// Visits the elements in the order of the storage, so that neighbours are read together, and
  /// puts each where the view has it.
  private void gather(long first, ByteBuffer into, int width) {
    long[] indices = new long[into.remaining() / width];
    view.indices(first, indices);
    long[] places = indices.clone();
    long lowest = Arrays.stream(indices).min().orElse(0);
    for (int i = 0; i < places.length; i++) {
      places[i] = (indices[i] - lowest) * GATHERED + i; // sorts by index, carries the place along
    }
    Arrays.sort(places);
    ByteBuffer window = ByteBuffer.allocate(WINDOW * width);
    int next = 0;
    while (next < places.length) {
      long start = places[next] / GATHERED;
      int end = next;
      long last = start;
      while (end < places.length
          && places[end] / GATHERED - last <= NEAR
          && places[end] / GATHERED - start < WINDOW) {
        last = places[end++] / GATHERED;
      }
      storage.read(
          (lowest + start) * width, window.clear().limit((int) (last - start + 1) * width));
      for (; next < end; next++) {
        int from = (int) (places[next] / GATHERED - start) * width;
        into.put((int) (places[next] % GATHERED) * width, window, from, width);
      }
    }
  }
}
