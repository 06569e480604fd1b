package org.clipscribe.captioner.video;

/// What a film is, as far as its file says.
///
/// @param container like `mp4`
/// @param codec like `h264`
/// @param width of the upright picture, in pixels
/// @param height of the upright picture, in pixels
/// @param rotation by how many degrees, counter-clockwise, stored pictures are turned to stand
///     upright: 0, 90, 180 or 270
/// @param durationNanos until the last frame disappears
public record VideoInfo(
    String container, String codec, int width, int height, int rotation, long durationNanos) {}
