/// CLIP: preprocessing, vision tower, text tower, tokenizer.
@org.jspecify.annotations.NullMarked
module org.clipscribe.clip {
  requires static transitive org.jspecify;
  requires transitive org.clipscribe.nn;

  exports org.clipscribe.clip;

  uses org.clipscribe.clip.ImageDecoder;
}
