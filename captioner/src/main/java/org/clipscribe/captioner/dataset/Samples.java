package org.clipscribe.captioner.dataset;

import java.util.Arrays;
import java.util.Objects;

/// The captions of a split, numbered in the order of the files. May be empty.
///
/// [ShuffledOrder] has an order for training.
public final class Samples {
  private final EmbeddingDataset dataset;
  private final Split split;

  /// Rows of the split's images, ascending.
  private final int[] rows;

  /// For each of them the number of the sample behind its last one, ascending.
  private final int[] ends;

  Samples(EmbeddingDataset dataset, Split split, int[] rows, int[] ends) {
    this.dataset = dataset;
    this.split = split;
    this.rows = rows;
    this.ends = ends;
  }

  public Split split() {
    return split;
  }

  /// Number of captions.
  public int size() {
    return ends.length == 0 ? 0 : ends[ends.length - 1];
  }

  /// Number of images.
  public int images() {
    return rows.length;
  }

  /// Row of the embedding of an image.
  ///
  /// @param image from 0 to `images() - 1`
  public int imageRow(int image) {
    return rows[image];
  }

  /// Row of the embedding of a sample's image; reads nothing.
  ///
  /// @param sample from 0 to `size() - 1`
  public int row(int sample) {
    return rows[image(sample)];
  }

  /// A sample with its text; reads a line of the index.
  ///
  /// @param sample from 0 to `size() - 1`
  public Sample sample(int sample) {
    int image = image(sample);
    int row = rows[image];
    CaptionedImage found = dataset.image(row);
    String caption = found.captions().get(sample - (image == 0 ? 0 : ends[image - 1]));
    return new Sample(row, found.id(), found.file(), found.split(), caption);
  }

  /// The image whose samples this one is among: the first that ends behind it.
  private int image(int sample) {
    Objects.checkIndex(sample, size());
    int found = Arrays.binarySearch(ends, sample);
    return found >= 0 ? found + 1 : -found - 1;
  }
}
