package org.clipscribe.captioner.video;

/// A frame that is looked at for a stretch of the film.
///
/// @param frame its number
/// @param startNanos where the stretch begins
/// @param endNanos where it ends; not before it begins
public record Moment(int frame, long startNanos, long endNanos) {}
