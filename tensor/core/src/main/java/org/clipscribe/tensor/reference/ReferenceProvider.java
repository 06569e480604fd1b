package org.clipscribe.tensor.reference;

import org.clipscribe.tensor.spi.Backend;
import org.clipscribe.tensor.spi.BackendOptions;
import org.clipscribe.tensor.spi.BackendProvider;

/// Offers the reference back-end, which runs on every JVM.
public final class ReferenceProvider implements BackendProvider {
  /// Public and empty, for `ServiceLoader`.
  public ReferenceProvider() {}

  @Override
  public String kind() {
    return "reference";
  }

  @Override
  public Probe probe() {
    return new Available(0, "plain Java, for reading and checking: slow");
  }

  @Override
  public Backend open(BackendOptions options) {
    return new ReferenceBackend(options.threads());
  }
}
