package org.clipscribe.convert.torch;

import org.clipscribe.convert.torch.PickleValue.Storage;

/// What both containers come to: one value, and storages that it refers to.
interface TorchStorages {
  /// What was saved.
  PickleValue top();

  /// The bytes of a storage, exactly as many as it claims.
  ///
  /// @throws IllegalArgumentException when there are none or more or fewer; the message is for a
  ///     user, and the caller puts the tensor's name before it
  StorageData data(Storage storage);
}
