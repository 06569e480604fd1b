/// Scenes of emoji drawings with captions that are true: what the embedded model is trained on.
@org.jspecify.annotations.NullMarked
module org.clipscribe.scenes {
  requires static transitive org.jspecify;
  requires transitive org.clipscribe.captioner;
  // Only the tools that make art files and contact sheets draw with AWT and read SVG.
  requires static java.desktop;
  requires static com.github.weisj.jsvg;

  exports org.clipscribe.scenes;
}
