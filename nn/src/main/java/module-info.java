/// Checkpoint files, parameter sources and layers.
@org.jspecify.annotations.NullMarked
module org.clipscribe.nn {
  requires static transitive org.jspecify;
  requires transitive org.clipscribe.tensor.core;
  requires tools.jackson.core;

  exports org.clipscribe.nn;
  exports org.clipscribe.nn.json;
  exports org.clipscribe.nn.safetensors;
  exports org.clipscribe.nn.text;
  exports org.clipscribe.nn.training;
}
