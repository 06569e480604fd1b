/// Pictures from files, through ImageIO: keeps `java.desktop` out of the models.
@org.jspecify.annotations.NullMarked
module org.clipscribe.media {
  requires static transitive org.jspecify;
  requires transitive org.clipscribe.captioner;
  requires java.desktop;

  exports org.clipscribe.media;

  provides org.clipscribe.clip.ImageDecoder with
      org.clipscribe.media.ImageIoDecoder;
}
