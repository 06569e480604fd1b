package org.clipscribe.scenes.training;

import java.util.Objects;
import java.util.Set;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.TensorInfo;

/// The start of a vision tower whose patches know from the first step where they lie: position
/// embeddings are sines and cosines of row and column at many wavelengths (Vaswani et al., 2017;
/// in two dimensions as Beyer et al., 2022, "Better plain ViT baselines for ImageNet-1k"), and are
/// trained from there. Random ones are so faint beside the patches that the tower spends its first
/// thousands of steps on finding out which patches are neighbours.
///
/// @param drawn everything else
/// @param grid patches of a row
record PatchPositions(NamedTensors drawn, int grid) implements NamedTensors {
  private static final String NAME = "clip.vision_model.embeddings.position_embedding.weight";

  /// Half of what a patch's embedding is drawn with, about 1: heard, but not louder than the patch.
  private static final float AMPLITUDE = 0.5f;

  /// The longest wave over 2 pi, in patches: far longer than a row of 8, so that codes of a picture
  /// differ.
  private static final double LONGEST = 100;

  @Override
  public String origin() {
    return drawn.origin();
  }

  @Override
  public Set<String> names() {
    return drawn.names();
  }

  @Override
  public TensorInfo info(String name) {
    return drawn.info(name);
  }

  @Override
  public void readFloats(String name, long first, int count, float[] into) {
    if (!name.equals(NAME)) {
      drawn.readFloats(name, first, count, into);
      return;
    }
    int width = Math.toIntExact(info(name).shape().get(1));
    Objects.checkFromIndexSize(first, count, info(name).elements());
    for (int i = 0; i < count; i++) {
      int row = (int) ((first + i) / width);
      int column = (int) ((first + i) % width);
      // The class token lies nowhere.
      into[i] = row == 0 ? 0 : code((row - 1) / grid, (row - 1) % grid, column, width / 4);
    }
  }

  /// The first half of an embedding says the patch's row, the second its column; of each, the first
  /// half is sines, the second cosines.
  private static float code(int y, int x, int column, int waves) {
    int kind = column / waves;
    double wave = StrictMath.pow(LONGEST, -(double) (column % waves) / waves);
    double angle = (kind < 2 ? y : x) * wave;
    return AMPLITUDE * (float) (kind % 2 == 0 ? StrictMath.sin(angle) : StrictMath.cos(angle));
  }

  @Override
  public void readLongs(String name, long first, int count, long[] into) {
    drawn.readLongs(name, first, count, into);
  }
}
