package org.clipscribe.media.video;

import java.util.List;

/// The film in a file: what is coded how, and when it is shown.
///
/// @param container like `mp4`
/// @param codec like `h264`, in the words of ffmpeg; or the file's own code if we do not know it
/// @param setup what the decoder must know before the first sample; empty if nothing
/// @param width of stored pictures, in pixels; 0 if the container does not say
/// @param height of stored pictures, in pixels; 0 if the container does not say
/// @param rotation by how many degrees pictures are turned counter-clockwise to stand upright
/// @param colours as the container says
/// @param notices what a user should know
record Track(
    String container,
    String codec,
    byte[] setup,
    int width,
    int height,
    int rotation,
    Colours colours,
    Samples samples,
    Timeline timeline,
    List<String> notices) {}
