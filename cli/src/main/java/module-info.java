/// The command line. Back-ends are found at run time only.
@org.jspecify.annotations.NullMarked
module org.clipscribe.cli {
  requires static transitive org.jspecify;
  requires org.clipscribe.convert;
  requires org.clipscribe.hub;
  requires org.clipscribe.media;
  requires org.clipscribe.scenes;
  requires info.picocli;

  opens org.clipscribe.cli to
      info.picocli;
}
