/// Scenes of emoji drawings with captions that are true: what the embedded model is trained on.
@org.jspecify.annotations.NullMarked
module org.clipscribe.scenes {
  requires static transitive org.jspecify;
  requires transitive org.clipscribe.captioner;
  requires org.clipscribe.report;
  // Only who makes art files, contact sheets and reports of training draws with AWT and reads SVG.
  requires static java.desktop;
  requires static com.github.weisj.jsvg;

  exports org.clipscribe.scenes;
  exports org.clipscribe.scenes.training;
}
