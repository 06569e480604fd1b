package org.clipscribe.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.clipscribe.hub.PullListener.Stage;
import org.clipscribe.hub.PullRequest.Pin;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.FileLayer;

/// Brings the bytes of files into the cache, verified.
final class Blobs {
  private final HubCache cache;
  private final HubSettings settings;
  private final Transport transport;
  private final PartialFile.Opener opener;

  Blobs(HubCache cache, HubSettings settings, Transport transport, PartialFile.Opener opener) {
    this.cache = cache;
    this.settings = settings;
    this.transport = transport;
    this.opener = opener;
  }

  /// A file that is wanted.
  ///
  /// @param pin what it has to be, whatever the hub says
  /// @param address where its bytes are asked for, each time anew: signed addresses behind it
  ///     expire
  record Wanted(
      RepositoryId repository,
      RemotePath path,
      FileMetadata metadata,
      Optional<Pin> pin,
      URI address) {
    String name() {
      return path.name();
    }
  }

  /// @param path in the snapshot
  /// @param downloaded bytes that came over the network
  record Brought(Path path, long downloaded) {}

  Brought bring(Wanted wanted, PullListener listener) throws IOException {
    checkPin(wanted);
    RepositoryId repository = wanted.repository();
    BlobDigest digest = wanted.metadata().digest();
    cache.prepare(repository);
    Runnable waiting =
        () -> listener.note(wanted.name() + ": another process downloads it; waiting for that");
    try (DownloadLock _ = DownloadLock.take(cache.lock(repository, digest), waiting)) {
      Optional<Path> copy = copied(wanted, listener);
      if (copy.isPresent()) {
        return new Brought(copy.get(), 0);
      }
      Path blob = cache.blob(repository, digest);
      boolean isNew = !isSound(blob, wanted, listener);
      long downloaded = isNew ? download(wanted, blob, listener) : 0;
      Path pointer =
          cache.publish(repository, wanted.metadata().commit(), wanted.path(), digest, isNew);
      return new Brought(pointer, downloaded);
    }
  }

  /// What the hub says must agree with what is known from elsewhere, before anything is fetched.
  private static void checkPin(Wanted wanted) {
    if (wanted.pin().isEmpty()) {
      return;
    }
    Pin pin = wanted.pin().get();
    FileMetadata metadata = wanted.metadata();
    boolean otherDigest =
        metadata.digest().kind() == BlobDigest.Kind.SHA256
            && !metadata.digest().equals(pin.sha256());
    boolean otherSize = pin.size() >= 0 && metadata.size() >= 0 && metadata.size() != pin.size();
    if (otherDigest || otherSize) {
      throw new BadInputException(
          wanted.name(),
          "the server offers %s (%d bytes), the known file is %s (%d bytes); nothing was fetched"
              .formatted(metadata.digest(), metadata.size(), pin.sha256(), pin.size()));
    }
  }

  /// A snapshot's own copy of the bytes, where there are no links.
  private Optional<Path> copied(Wanted wanted, PullListener listener) throws IOException {
    Path pointer =
        wanted.path().below(cache.snapshot(wanted.repository(), wanted.metadata().commit()));
    return Files.isRegularFile(pointer, LinkOption.NOFOLLOW_LINKS)
            && isSound(pointer, wanted, listener)
        ? Optional.of(pointer)
        : Optional.empty();
  }

  /// Whether a file is there and has the bytes that it should; if it has others, it will be
  /// replaced.
  private static boolean isSound(Path file, Wanted wanted, PullListener listener)
      throws IOException {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    long size = Files.size(file);
    if ((wanted.metadata().size() < 0 || wanted.metadata().size() == size)
        && differs(file, wanted, listener).isEmpty()) {
      return true;
    }
    listener.note(wanted.name() + ": the copy in the cache is damaged; fetching it anew");
    return false;
  }

  /// The digest that a file should have and has not.
  private static Optional<BlobDigest> differs(Path file, Wanted wanted, PullListener listener)
      throws IOException {
    long size = Files.size(file);
    BlobDigest digest = wanted.metadata().digest();
    if (!digest.isOf(file, done -> listener.progress(Stage.VERIFYING, wanted.name(), done, size))) {
      return Optional.of(digest);
    }
    Optional<BlobDigest> pinned = wanted.pin().map(Pin::sha256).filter(pin -> !pin.equals(digest));
    return pinned.isPresent() && !pinned.get().isOf(file, _ -> {}) ? pinned : Optional.empty();
  }

  private long download(Wanted wanted, Path blob, PullListener listener) throws IOException {
    Path partial = cache.partial(wanted.repository(), wanted.metadata().digest());
    long before = Files.isRegularFile(partial) ? Files.size(partial) : 0;
    transfer(wanted, partial, listener);
    Optional<BlobDigest> expected = differs(partial, wanted, listener);
    if (expected.isPresent() && before > 0) {
      // Whatever was begun earlier was not the beginning of this.
      listener.note(wanted.name() + ": what an earlier run left was damaged; fetching all of it");
      Files.delete(partial);
      before = 0;
      transfer(wanted, partial, listener);
      expected = differs(partial, wanted, listener);
    }
    if (expected.isPresent()) {
      Files.delete(partial);
      throw new BadInputException(
          wanted.name(),
          "what the server sent is not what it said: the digest is not %s; nothing was kept;"
                  .formatted(expected.get())
              + " try again, or another HF_ENDPOINT");
    }
    long size = Files.size(partial);
    FileLayer.SYSTEM.rename(partial, blob);
    FileLayer.SYSTEM.forceFolder(blob.resolveSibling(""));
    return Math.max(0, size - before);
  }

  private void transfer(Wanted wanted, Path partial, PullListener listener) throws IOException {
    long size = wanted.metadata().size();
    try (PartialFile file = opener.open(partial)) {
      DiskSpace.check(partial, size - file.length());
      Transfer.Request request =
          new Transfer.Request(wanted.name(), size, from -> transport.get(wanted.address(), from));
      Transfer.run(request, file, settings.retryPause(), listener);
      file.force();
    }
  }
}
