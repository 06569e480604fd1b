package org.clipscribe.tensor.spi;

/// What a device can do at most, to be measured: the two lines of a roofline (Williams, Waterman
/// and Patterson, 2009, "Roofline: an insightful visual performance model for multicore
/// architectures"). All threads of the back-end take part.
public interface Limits {
  /// Multiplies and adds in registers only.
  ///
  /// @param rounds as many as take some milliseconds; a million is a good number to start with
  /// @return floating point operations that were done, two for each multiply-add
  double multiplyAdd(int rounds);

  /// Reads memory of its own from one end to the other.
  ///
  /// @param megabytes many times what the caches hold
  /// @return a reader, whose calls each return how many bytes they read; close it afterwards
  Reader reader(int megabytes);

  /// Memory that can be read again and again.
  interface Reader extends AutoCloseable {
    /// @return bytes
    double read();

    @Override
    void close();
  }
}
