/// Tensors, the operations on them, the contract that a back-end fulfils, and the readable
/// reference back-end.
@org.jspecify.annotations.NullMarked
module org.clipscribe.tensor.core {
  requires static transitive org.jspecify;

  exports org.clipscribe.tensor;
  exports org.clipscribe.tensor.autograd;
  exports org.clipscribe.tensor.spi;

  uses org.clipscribe.tensor.spi.BackendProvider;

  provides org.clipscribe.tensor.spi.BackendProvider with
      org.clipscribe.tensor.reference.ReferenceProvider;
}
