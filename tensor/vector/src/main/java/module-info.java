/// SIMD kernels on the Panama Vector API: the only module that names `jdk.incubator.vector`.
@org.jspecify.annotations.NullMarked
module org.clipscribe.tensor.vector {
  requires static transitive org.jspecify;
  requires org.clipscribe.tensor.core;
  // Static: without the incubator module this module still resolves, and its provider says why it
  // is off.
  requires static jdk.incubator.vector;

  provides org.clipscribe.tensor.spi.BackendProvider with
      org.clipscribe.tensor.vector.VectorProvider;
}
