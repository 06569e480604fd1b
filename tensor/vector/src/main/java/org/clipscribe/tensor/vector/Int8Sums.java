package org.clipscribe.tensor.vector;

import static org.clipscribe.tensor.vector.PanelFormat.COLUMNS;
import static org.clipscribe.tensor.vector.PanelFormat.PART;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.clipscribe.tensor.vector.Products.Matrix;

/// Takes apart the sums that products with [PanelFormat#INT8] weights leave.
///
/// Kernels do not cut a lane into its four weights, which would cost an operation for each. They
/// shift each weight to the top of the lane and leave the smaller ones below it: the sum of part
/// `p` is `2^24 s(p) + 2^16 s(p - 1) + ...`, so it holds that of part `p - 1` in `2^-8` of its
/// size. Rounding a lane to a float loses 2^-24 of it at most, no more than each addition does.
final class Int8Sums {
  private Int8Sums() {}

  /// Replaces the sums of `rows` rows of a panel, of which `width` columns are kept.
  static void separate(Matrix c, int rows, int width) {
    float[] whole = new float[COLUMNS];
    for (int row = 0; row < rows; row++) {
      int at = c.at(row, 0);
      if (width == COLUMNS) {
        separate(c.array(), at);
      } else {
        System.arraycopy(c.array(), at, whole, 0, width);
        separate(whole, 0);
        System.arraycopy(whole, 0, c.array(), at, width);
      }
    }
  }

  /// Replaces the sums of one row of a panel, 64 from `at` on, by those of weights.
  ///
  /// An infinite element of the row leaves infinite sums at all weights but 0, where it would be a
  /// NaN or infinite; nothing is subtracted from it.
  static void separate(float[] sums, int at) {
    for (int lane = at; lane < at + PART; lane += Lanes.COUNT) {
      FloatVector s0 = FloatVector.fromArray(Lanes.FLOATS, sums, lane);
      FloatVector s1 = FloatVector.fromArray(Lanes.FLOATS, sums, lane + PART);
      FloatVector s2 = FloatVector.fromArray(Lanes.FLOATS, sums, lane + 2 * PART);
      FloatVector s3 = FloatVector.fromArray(Lanes.FLOATS, sums, lane + 3 * PART);
      FloatVector none = FloatVector.zero(Lanes.FLOATS);
      s3 = s3.sub(none.blend(s2, s2.test(VectorOperators.IS_FINITE)).mul(0x1p-8f));
      s2 = s2.sub(none.blend(s1, s1.test(VectorOperators.IS_FINITE)).mul(0x1p-8f));
      s1 = s1.sub(none.blend(s0, s0.test(VectorOperators.IS_FINITE)).mul(0x1p-8f));
      s0.mul(0x1p-24f).intoArray(sums, lane);
      s1.mul(0x1p-24f).intoArray(sums, lane + PART);
      s2.mul(0x1p-24f).intoArray(sums, lane + 2 * PART);
      s3.mul(0x1p-24f).intoArray(sums, lane + 3 * PART);
    }
  }
}
