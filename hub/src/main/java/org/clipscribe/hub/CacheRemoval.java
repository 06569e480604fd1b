package org.clipscribe.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.clipscribe.hub.HubCache.Snapshot;

/// What removing a model from the shared cache would delete, and doing it. Blobs that other
/// snapshots link to stay; nothing outside of the repository's folders is touched, whatever links
/// there are.
public final class CacheRemoval {
  private final HubCache cache;
  private final RepositoryId repository;
  private final List<Snapshot> removed;
  private final List<Snapshot> kept;

  private CacheRemoval(
      HubCache cache, RepositoryId repository, List<Snapshot> removed, List<Snapshot> kept) {
    this.cache = cache;
    this.repository = repository;
    this.removed = removed;
    this.kept = kept;
  }

  /// Of a repository with all its revisions.
  public static CacheRemoval of(HubCache cache, RepositoryId repository) throws IOException {
    return new CacheRemoval(cache, repository, cache.snapshots(repository), List.of());
  }

  /// Of one commit; when there is no other, of the whole repository.
  public static CacheRemoval of(HubCache cache, RepositoryId repository, String commit)
      throws IOException {
    List<Snapshot> removed = new ArrayList<>();
    List<Snapshot> kept = new ArrayList<>();
    for (Snapshot snapshot : cache.snapshots(repository)) {
      (snapshot.commit().equals(commit) ? removed : kept).add(snapshot);
    }
    return new CacheRemoval(cache, repository, removed, kept);
  }

  public List<Snapshot> snapshots() {
    return List.copyOf(removed);
  }

  /// How many bytes of the disk become free.
  public long bytes() throws IOException {
    if (kept.isEmpty()) {
      return cache.bytes(repository);
    }
    long bytes = 0;
    for (Path file : files()) {
      if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  /// @throws HubException when somebody downloads files of it now
  /// @throws IOException when not all could be removed
  public void run() throws IOException {
    refuseWhileDownloading();
    if (kept.isEmpty()) {
      Folders.delete(cache.repository(repository));
      Folders.delete(cache.locks(repository));
      return;
    }
    for (Snapshot snapshot : removed) {
      for (String revision : snapshot.revisions()) {
        Files.deleteIfExists(cache.refs(repository).resolve(revision));
      }
    }
    for (Path file : files()) {
      Files.deleteIfExists(file);
    }
    for (Snapshot snapshot : removed) {
      Folders.delete(snapshot.folder());
      Folders.delete(cache.repository(repository).resolve(".no_exist").resolve(snapshot.commit()));
    }
  }

  /// Files of the removed snapshots, and blobs that only they link to.
  private List<Path> files() throws IOException {
    Set<Path> shared = new HashSet<>();
    for (Snapshot snapshot : kept) {
      shared.addAll(blobs(snapshot));
    }
    Set<Path> files = new HashSet<>();
    for (Snapshot snapshot : removed) {
      files.addAll(Folders.files(snapshot.folder()));
      files.addAll(blobs(snapshot));
    }
    files.removeAll(shared);
    return files.stream().sorted().toList();
  }

  private Set<Path> blobs(Snapshot snapshot) throws IOException {
    Path folder = cache.repository(repository).resolve("blobs");
    Set<Path> blobs = new HashSet<>();
    for (Path file : Folders.files(snapshot.folder())) {
      if (Files.isSymbolicLink(file)) {
        Path blob = file.resolveSibling(Files.readSymbolicLink(file)).normalize();
        if (folder.equals(blob.getParent())) {
          blobs.add(blob);
        }
      }
    }
    return blobs;
  }

  private void refuseWhileDownloading() throws IOException {
    for (Path file : Folders.children(cache.locks(repository))) {
      if (DownloadLock.isTaken(file)) {
        throw new HubException(
            repository + ": another process downloads it now; wait for that, or stop it");
      }
    }
  }
}
