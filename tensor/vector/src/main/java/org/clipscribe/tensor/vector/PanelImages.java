package org.clipscribe.tensor.vector;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.WeightImages;

/// Panels as they lie in memory, for every vector width the same.
record PanelImages(Arena arena, WarmUp warmUp) implements WeightImages {
  @Override
  public String layout() {
    return "panels64-v2";
  }

  @Override
  public long byteSize(int outputs, int inputs, WeightFormat format) {
    return PanelWeight.byteSize(outputs, inputs, format);
  }

  @Override
  public MemorySegment image(PackedWeight weight) {
    return ((PanelWeight) weight).image().asReadOnly();
  }

  @Override
  public PackedWeight restore(int outputs, int inputs, WeightFormat format, MemorySegment image) {
    PanelWeight weight = PanelWeight.of(outputs, inputs, format, image);
    warmUp.request(weight);
    return weight;
  }
}
