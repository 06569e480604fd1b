package org.clipscribe.hub;

import java.nio.file.Path;
import java.util.List;

/// What a pull brought, or found.
///
/// @param commit that the revision named
/// @param folder the snapshot
/// @param files verified, in the order in which they were asked for
/// @param downloadedBytes that came over the network
public record PulledModel(
    String commit, Path folder, List<PulledFile> files, long downloadedBytes) {

  public PulledModel {
    files = List.copyOf(files);
  }

  /// @param path in the snapshot
  /// @param digest that its bytes have
  public record PulledFile(RemotePath name, Path path, long bytes, BlobDigest digest) {}

  /// Bytes of all files together.
  public long bytes() {
    return files.stream().mapToLong(PulledFile::bytes).sum();
  }
}
