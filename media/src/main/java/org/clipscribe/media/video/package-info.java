/// Films from files: containers, times, and decoding in a process of its own.
///
/// Our own code reads the containers (MP4, QuickTime, Matroska, MPEG transport streams) and knows
/// which sample is shown when. H.264 and ProRes are decoded by JCodec in a child process that can
/// be stopped; what JCodec gets wrong goes to an `ffmpeg` if there is one.
@org.jspecify.annotations.NullMarked
package org.clipscribe.media.video;
