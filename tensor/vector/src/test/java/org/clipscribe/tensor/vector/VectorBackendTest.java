package org.clipscribe.tensor.vector;

import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.spi.Backend;
import org.clipscribe.tensor.testkit.BackendContract;

/// Runs at the preferred width and once more for each forced one; see the executions in `pom.xml`.
class VectorBackendTest extends BackendContract {
  @Override
  public Backend open(int threads) {
    return Backends.open("cpu", threads).backend();
  }
}
