/// A small model of scenes of drawings, so that there is one without a download.
@org.jspecify.annotations.NullMarked
module org.clipscribe.embedded {
  requires static transitive org.jspecify;
  requires org.clipscribe.captioner;

  provides org.clipscribe.captioner.EmbeddedModel with
      org.clipscribe.embedded.SceneModel;
}
