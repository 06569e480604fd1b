package org.clipscribe.tensor.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;
import org.clipscribe.tensor.spi.WeightImages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a back-end must do whose packed weights can be kept in a file: its tests implement this
/// beside extending [BackendContract].
public interface ImageContract extends BackendFixture {
  /// A copy of the bytes, in memory that another back-end owns.
  private static MemorySegment copy(MemorySegment image, WeightImages into) {
    MemorySegment copy = into.arena().allocate(image.byteSize(), WeightImages.ALIGNMENT);
    return copy.copyFrom(image);
  }

  private static WeightImages images(Backend backend) {
    return backend.images().orElseThrow();
  }

  @ParameterizedTest
  @EnumSource
  default void restoresFromAnImageTheWeightThatWasPacked(WeightFormat format) {
    for (MatrixContract.Sizes sizes : MatrixContract.sizes()) {
      float[] weights = Tensors.random(2, sizes.outputs() * sizes.inputs());
      PackedWeight packed =
          MatrixContract.pack(backend(), weights, sizes.outputs(), sizes.inputs(), format);
      MemorySegment image = images(backend()).image(packed);
      assertThat(image.byteSize())
          .isEqualTo(images(backend()).byteSize(sizes.outputs(), sizes.inputs(), format));
      try (Backend other = open(2)) {
        PackedWeight restored =
            images(other)
                .restore(sizes.outputs(), sizes.inputs(), format, copy(image, images(other)));
        assertThat(restored.byteSize()).isEqualTo(packed.byteSize());
        Tensor x = Tensors.random(other, 1, sizes.rows(), sizes.inputs());
        Tensor same = Tensors.random(backend(), 1, sizes.rows(), sizes.inputs());
        assertThat(other.linear(x, restored).toArray())
            .isEqualTo(backend().linear(same, packed).toArray());
        int[] last = {sizes.outputs() - 1};
        assertThat(other.rows(restored, last).toArray())
            .isEqualTo(backend().rows(packed, last).toArray());
        assertThat(images(other).image(restored).mismatch(image)).isEqualTo(-1);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  default void refusesAnImageOfAnotherSize(WeightFormat format) {
    WeightImages images = images(backend());
    long size = images.byteSize(70, 40, format);
    for (long wrong : new long[] {0, 64, size - 4, size + 4}) {
      MemorySegment image = images.arena().allocate(wrong, WeightImages.ALIGNMENT);
      assertThatThrownBy(() -> images.restore(70, 40, format, image))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(Long.toString(wrong));
    }
  }

  @Test
  default void anImageIsReadOnly() {
    MemorySegment image =
        images(backend())
            .image(MatrixContract.pack(backend(), new float[6], 3, 2, WeightFormat.F32));
    assertThatThrownBy(() -> image.set(ValueLayout.JAVA_BYTE, 0, (byte) 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /// Any bytes make a weight: numbers that are wrong, but no crash.
  @ParameterizedTest
  @EnumSource
  default void readsHostileBytesAsNumbers(WeightFormat format) {
    WeightImages images = images(backend());
    MemorySegment image =
        images.arena().allocate(images.byteSize(70, 40, format), WeightImages.ALIGNMENT);
    image.fill((byte) 0xff);
    PackedWeight weight = images.restore(70, 40, format, image);
    assertThat(backend().linear(Tensors.random(backend(), 1, 6, 40), weight).toArray())
        .hasSize(6 * 70);
  }

  @Test
  default void itsLayoutHasAVersionAndFitsAFileName() {
    assertThat(images(backend()).layout()).matches("[a-z0-9]+(-[a-z0-9]+)*-v[0-9]+");
  }
}
