/// Pictures from files, through ImageIO: keeps `java.desktop` out of the models.
@org.jspecify.annotations.NullMarked
@SuppressWarnings("requires-automatic") // JCodec has no module descriptor
module org.clipscribe.media {
  requires static transitive org.jspecify;
  requires transitive org.clipscribe.captioner;
  requires org.clipscribe.report;
  requires java.desktop;
  requires jcodec;

  exports org.clipscribe.media;
  exports org.clipscribe.media.video;

  provides org.clipscribe.clip.ImageDecoder with
      org.clipscribe.media.ImageIoDecoder;
}
