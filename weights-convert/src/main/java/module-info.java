/// Foreign checkpoints into bundles: a safe `.pt` reader, key maps, the doctor.
@org.jspecify.annotations.NullMarked
module org.clipscribe.convert {
  requires static transitive org.jspecify;
  requires transitive org.clipscribe.captioner;

  exports org.clipscribe.convert;
  exports org.clipscribe.convert.torch;
}
