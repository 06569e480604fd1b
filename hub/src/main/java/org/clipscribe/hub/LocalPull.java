package org.clipscribe.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.clipscribe.hub.PullListener.Stage;
import org.clipscribe.hub.PullRequest.Pin;
import org.clipscribe.hub.PulledModel.PulledFile;
import org.clipscribe.nn.BadInputException;
import org.jspecify.annotations.Nullable;

/// A pull without a network: finds and verifies what is in the cache, whoever put it there.
final class LocalPull {
  private final HubCache cache;
  private final PullRequest request;
  private final PullListener listener;
  private final String commit;
  private final List<PulledFile> files = new ArrayList<>();

  private LocalPull(HubCache cache, PullRequest request, String commit, PullListener listener) {
    this.cache = cache;
    this.request = request;
    this.commit = commit;
    this.listener = listener;
  }

  /// @throws HubException when something is missing
  /// @throws BadInputException when something is damaged
  static PulledModel pull(HubCache cache, PullRequest request, PullListener listener)
      throws IOException {
    String commit =
        cache
            .commit(request.repository(), request.revision())
            .orElseThrow(() -> absent(request, "nothing of it"));
    return new LocalPull(cache, request, commit, listener).pull();
  }

  private PulledModel pull() throws IOException {
    if (request.files().isEmpty()) {
      if (!ModelFiles.gather(request.pinned().keySet(), this::find)) {
        findUnusualWeights();
      }
    } else {
      for (RemotePath path : request.files()) {
        if (find(path).isEmpty()) {
          throw absent(request, "no " + path + " of it");
        }
      }
    }
    return new PulledModel(commit, cache.snapshot(request.repository(), commit), files, 0);
  }

  private void findUnusualWeights() throws IOException {
    Path folder = cache.snapshot(request.repository(), commit);
    Path weights = HubCache.weights(folder).orElseThrow(() -> absent(request, "not all of it"));
    String name = folder.relativize(weights).toString().replace('\\', '/');
    // Parts of a checkpoint are not the whole.
    if (cache.file(request.repository(), commit, ModelFiles.INDEX).isPresent()
        || find(new RemotePath(name)).isEmpty()) {
      throw absent(request, "not all of it");
    }
  }

  private Optional<Path> find(RemotePath path) throws IOException {
    Optional<Path> found = cache.file(request.repository(), commit, path);
    if (found.isEmpty()) {
      return found;
    }
    Path file = found.get();
    List<BlobDigest> promised = promised(file, request.pinned().get(path));
    if (!isSound(file, path, promised, listener)) {
      throw new BadInputException(
          file, "is damaged: its digest is not %s; pull it again".formatted(promised));
    }
    files.add(of(path, file, promised));
    return found;
  }

  private static HubException absent(PullRequest request, String what) {
    StringBuilder command = new StringBuilder("clipscribe pull " + request.repository());
    if (!request.revision().equals(Revision.MAIN)) {
      command.append(" --revision ").append(request.revision());
    }
    request.files().forEach(file -> command.append(' ').append(file));
    return new HubException(
        "%s: %s is in the cache, and HF_HUB_OFFLINE forbids the network; unset it and run: %s"
            .formatted(request.repository(), what, command));
  }

  /// What the bytes of a file must be, as far as its name and its pin tell.
  private static List<BlobDigest> promised(Path file, @Nullable Pin pin) {
    List<BlobDigest> promised = new ArrayList<>();
    HubCache.digestOf(file).ifPresent(promised::add);
    if (pin != null && !promised.contains(pin.sha256())) {
      promised.add(pin.sha256());
    }
    return promised;
  }

  private static boolean isSound(
      Path file, RemotePath path, List<BlobDigest> promised, PullListener listener)
      throws IOException {
    long size = Files.size(file);
    for (BlobDigest digest : promised) {
      if (!digest.isOf(file, done -> listener.progress(Stage.VERIFYING, path.name(), done, size))) {
        return false;
      }
    }
    return true;
  }

  private static PulledFile of(RemotePath path, Path file, List<BlobDigest> promised)
      throws IOException {
    BlobDigest digest =
        promised.isEmpty()
            ? BlobDigest.of(BlobDigest.Kind.SHA256, file, _ -> {})
            : promised.getFirst();
    return new PulledFile(path, file, Files.size(file), digest);
  }

  /// A file of a commit that needs no network, because it is there and its digest is known and
  /// right.
  static Optional<PulledFile> sound(
      HubCache cache, PullRequest request, String commit, RemotePath path, PullListener listener)
      throws IOException {
    Optional<Path> found = cache.file(request.repository(), commit, path);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    List<BlobDigest> promised = promised(found.get(), request.pinned().get(path));
    return !promised.isEmpty() && isSound(found.get(), path, promised, listener)
        ? Optional.of(of(path, found.get(), promised))
        : Optional.empty();
  }
}
