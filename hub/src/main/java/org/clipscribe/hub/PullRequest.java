package org.clipscribe.hub;

import java.util.List;
import java.util.Map;

/// Which files of a repository to bring.
///
/// @param repository whose files
/// @param revision of them
/// @param files that must come; empty: what [ModelFiles] knows of models
/// @param pinned what files have to be, whatever the hub says of them
public record PullRequest(
    RepositoryId repository,
    Revision revision,
    List<RemotePath> files,
    Map<RemotePath, Pin> pinned) {

  public PullRequest {
    files = List.copyOf(files);
    pinned = Map.copyOf(pinned);
  }

  /// What is known of a file from elsewhere than the server it comes from.
  ///
  /// @param size in bytes, -1 when that is not known
  public record Pin(long size, BlobDigest sha256) {}

  /// All that a model needs.
  public static PullRequest of(RepositoryId repository, Revision revision) {
    return new PullRequest(repository, revision, List.of(), Map.of());
  }
}
