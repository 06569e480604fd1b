package org.clipscribe.media.video;

/// How films are opened.
///
/// @param ffmpeg whether an `ffmpeg` on the search path may be used for what we cannot decode
/// @param threads how many groups of pictures are decoded side by side; at least 1
/// @param picturesPerSecond how fast the pictures of a folder follow each other
public record FilmOptions(boolean ffmpeg, int threads, double picturesPerSecond) {
  /// With `ffmpeg`, on two threads, a picture a second.
  public static final FilmOptions DEFAULT = new FilmOptions(true, 2, 1);

  public FilmOptions {
    if (threads < 1 || !(picturesPerSecond > 0)) {
      throw new IllegalArgumentException(
          "film options: %d threads, %s pictures a second".formatted(threads, picturesPerSecond));
    }
  }

  public FilmOptions withFfmpeg(boolean use) {
    return new FilmOptions(use, threads, picturesPerSecond);
  }

  public FilmOptions withThreads(int count) {
    return new FilmOptions(ffmpeg, count, picturesPerSecond);
  }

  public FilmOptions withPicturesPerSecond(double rate) {
    return new FilmOptions(ffmpeg, threads, rate);
  }
}
