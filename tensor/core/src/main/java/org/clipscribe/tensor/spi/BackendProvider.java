package org.clipscribe.tensor.spi;

/// Finds out whether one kind of hardware is there, and opens it. Found by `ServiceLoader`.
///
/// The constructor must touch nothing; [#probe()] may load classes and libraries, and a
/// `LinkageError` from it counts as "unavailable".
public interface BackendProvider {
  /// What a user asks for by `--device`: `reference`, `cpu`, `opencl`, `cuda`.
  String kind();

  Probe probe();

  /// Begins in the background what makes the first computation faster and needs to know nothing,
  /// and returns at once. By itself it changes nothing, and nobody need call it.
  default void prepare() {}

  /// Opens the back-end; called only after [#probe()] said [Probe.Available].
  ///
  /// @param options what the caller chose
  Backend open(BackendOptions options);

  /// What a probe found.
  sealed interface Probe {}

  /// @param rank the default device is the available one with the highest rank
  /// @param description one line for people, like `Vector API, 512-bit, 2 threads`
  record Available(int rank, String description) implements Probe {}

  /// @param reason why not, one line
  /// @param hint what a user can do about it, one line
  record Unavailable(String reason, String hint) implements Probe {}
}
