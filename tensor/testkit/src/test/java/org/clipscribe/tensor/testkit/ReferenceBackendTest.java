package org.clipscribe.tensor.testkit;

import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.spi.Backend;

class ReferenceBackendTest extends BackendContract {
  @Override
  public Backend open(int threads) {
    return Backends.open("reference", threads).backend();
  }
}
