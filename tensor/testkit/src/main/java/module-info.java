/// The back-end contract as tests: an operation case table and comparisons in double precision.
@org.jspecify.annotations.NullMarked
module org.clipscribe.tensor.testkit {
  requires static transitive org.jspecify;
  requires transitive org.clipscribe.tensor.core;
  requires transitive org.junit.jupiter.api;
  requires transitive org.junit.jupiter.params;
  requires org.assertj.core;

  exports org.clipscribe.tensor.testkit;
}
