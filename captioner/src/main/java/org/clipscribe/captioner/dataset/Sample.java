package org.clipscribe.captioner.dataset;

/// A caption and the image that it describes: what a step of training is about.
///
/// @param row of the image's embedding, see [EmbeddingDataset#embedding]
/// @param id what the source calls the image
/// @param file the image's name below the folder of images
public record Sample(int row, String id, String file, Split split, String caption) {}
