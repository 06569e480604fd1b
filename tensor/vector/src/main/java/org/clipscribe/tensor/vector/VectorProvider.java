package org.clipscribe.tensor.vector;

import org.clipscribe.tensor.spi.Backend;
import org.clipscribe.tensor.spi.BackendOptions;
import org.clipscribe.tensor.spi.BackendProvider;

/// Offers the CPU back-end on the Vector API, where the JVM has the incubator module.
///
/// The system property `clipscribe.vector.bits` forces narrower or wider vectors than the CPU
/// prefers: 128, 256 or 512. It is read once, when the first back-end is probed; widths that the
/// CPU lacks work and are very slow.
public final class VectorProvider implements BackendProvider {
  /// Forces a vector width in bits.
  public static final String BITS_PROPERTY = "clipscribe.vector.bits";

  /// Public and empty, for `ServiceLoader`.
  public VectorProvider() {}

  @Override
  public String kind() {
    return "cpu";
  }

  /// Asks the module graph first: a class that names the Vector API must not load without it.
  @Override
  public Probe probe() {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return new Unavailable(
          "the module jdk.incubator.vector is not there",
          "start java with --add-modules jdk.incubator.vector");
    }
    String bits = System.getProperty(BITS_PROPERTY, "");
    if (!bits.matches("|128|256|512")) {
      return new Unavailable(
          BITS_PROPERTY + " is '" + bits + "'", "use 128, 256 or 512, or leave it out");
    }
    if (!Lanes.multiplyAddIsFast()) {
      return new Unavailable(
          "the CPU shows no AVX2 and no fused multiply-add",
          "use a CPU made since 2013; a virtual machine may have to be told to pass its CPU through");
    }
    int threads = BackendOptions.defaults().threads();
    return new Available(10, VectorBackend.describe(threads));
  }

  /// Begins to have kernels compiled.
  @Override
  public void prepare() {
    if (probe() instanceof Available) {
      SmallKernels.begin();
    }
  }

  @Override
  public Backend open(BackendOptions options) {
    return new VectorBackend(options.threads());
  }
}
