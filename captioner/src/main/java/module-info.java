/// From pixels to a caption.
@org.jspecify.annotations.NullMarked
module org.clipscribe.captioner {
  requires static transitive org.jspecify;
  requires transitive org.clipscribe.clip;
  requires transitive org.clipscribe.gpt2;
  requires org.clipscribe.report;

  exports org.clipscribe.captioner;
  exports org.clipscribe.captioner.dataset;
  exports org.clipscribe.captioner.evaluation;
  exports org.clipscribe.captioner.training;
  exports org.clipscribe.captioner.training.contrastive;
  exports org.clipscribe.captioner.training.language;
  exports org.clipscribe.captioner.training.log;
  exports org.clipscribe.captioner.video;

  uses org.clipscribe.captioner.EmbeddedModel;
}
