package org.clipscribe.scenes;

import org.clipscribe.clip.Image;

/// A picture with everything that training and evaluation want to know about it.
///
/// @param image square
/// @param facts what is true of it
/// @param caption one of the sentences that state these facts
/// @param patches for each patch of the picture, row by row, the index of the concept that covers
///     most of it, or [Concepts#count()] plus the place of the background in
///     its list
/// @param places for each patch, which object covers most of it: 1 for the first from the left or
///     from above, whichever way the objects are spread further; 0 for the background
/// @param style of the drawings, by name
public record Scene(
    Image image, SceneFacts facts, String caption, int[] patches, int[] places, String style) {}
