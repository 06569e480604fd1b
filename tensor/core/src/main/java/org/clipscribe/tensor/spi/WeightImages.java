package org.clipscribe.tensor.spi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.WeightFormat;

/// Packed weights of a back-end as plain bytes, so that packing is done once and its result kept in
/// a file.
///
/// Only sizes are checked: bytes from elsewhere give wrong numbers, never an access out of bounds.
public interface WeightImages {
  /// How images are to be aligned, in bytes: a cache line, so that no vector load crosses two.
  int ALIGNMENT = 64;

  /// Name and version of the layout, like `panels64-v2`, fit for a file name. It changes whenever
  /// the bytes of any image would.
  String layout();

  /// How many bytes the image of such a weight has.
  long byteSize(int outputs, int inputs, WeightFormat format);

  /// The image of a weight of this back-end. Read-only, and valid as long as the back-end.
  MemorySegment image(PackedWeight weight);

  /// A weight whose memory is the image: nothing is copied but what is small.
  ///
  /// @param image `byteSize` bytes outside the heap, aligned, which neither change nor go away
  ///     before the back-end is closed
  /// @throws IllegalArgumentException when it is of another size
  PackedWeight restore(int outputs, int inputs, WeightFormat format, MemorySegment image);

  /// Where to allocate or map images: it closes with the back-end.
  Arena arena();
}
