package org.clipscribe.hub;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.clipscribe.nn.AtomicFile;

/// The folder of the Hugging Face cache, shared with every Python program of the user.
///
/// `models--org--name/blobs/<etag>` holds bytes, `snapshots/<commit>/<path>` links to them,
/// `refs/<revision>` names a commit, `.no_exist/<commit>/<path>` remembers what is not there, and
/// `.locks/models--org--name/<etag>.lock` belongs to whoever downloads. Reading touches no network.
public final class HubCache {
  private static final String TAG = "CACHEDIR.TAG";

  /// The first line is what makes backup programs leave a folder out.
  private static final String TAG_TEXT =
      """
      Signature: 8a477f597d28d172789f06886806bc55
      # Models here can be downloaded again. Written by clipscribe for backup programs; see
      # https://bford.info/cachedir/
      """;

  private final Path root;
  private final boolean symlinks;

  /// @param symlinks whether snapshots may link to blobs
  public HubCache(Path root, boolean symlinks) {
    this.root = root;
    this.symlinks = symlinks;
  }

  public Path root() {
    return root;
  }

  /// A revision of a repository in the cache.
  ///
  /// @param folder with its files, or links to them
  /// @param revisions that name this commit, as of the last download
  public record Snapshot(
      RepositoryId repository, String commit, Path folder, List<String> revisions) {}

  /// The commit that a revision named when it was last downloaded.
  public Optional<String> commit(RepositoryId repository, Revision revision) {
    if (revision.isCommit()) {
      return Optional.of(revision.name());
    }
    return readRef(refs(repository).resolve(revision.name()));
  }

  private static Optional<String> readRef(Path file) {
    try {
      String commit = Files.isRegularFile(file) ? Files.readString(file).strip() : "";
      return Revision.isCommit(commit) ? Optional.of(commit) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // unreadable or no text: as good as none
    }
  }

  /// A file of a snapshot, if it is there with its bytes.
  public Optional<Path> file(RepositoryId repository, String commit, RemotePath path) {
    Path file = path.below(snapshot(repository, commit));
    return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
  }

  /// The folder of a revision, if anything of it is there.
  public Optional<Path> snapshot(RepositoryId repository, Revision revision) {
    return commit(repository, revision)
        .map(commit -> snapshot(repository, commit))
        .filter(Files::isDirectory);
  }

  /// The weights among the files of a snapshot: under a usual name, else the only ones there.
  public static Optional<Path> weights(Path snapshot) throws IOException {
    for (RemotePath usual : ModelFiles.WEIGHTS) {
      Path file = usual.below(snapshot);
      if (Files.isRegularFile(file)) {
        return Optional.of(file);
      }
    }
    List<Path> others =
        Folders.files(snapshot).stream()
            .filter(Files::isRegularFile)
            .filter(file -> String.valueOf(file).matches(".*\\.(pt|pth|bin|safetensors)"))
            .toList();
    return others.size() == 1 ? Optional.of(others.getFirst()) : Optional.empty();
  }

  /// All snapshots of all model repositories, by name.
  public List<Snapshot> snapshots() throws IOException {
    List<Snapshot> snapshots = new ArrayList<>();
    for (Path folder : Folders.children(root)) {
      Optional<RepositoryId> repository =
          RepositoryId.ofFolder(String.valueOf(folder.getFileName()));
      if (repository.isPresent()) {
        snapshots.addAll(snapshots(repository.get()));
      }
    }
    return snapshots;
  }

  /// All snapshots of one repository.
  public List<Snapshot> snapshots(RepositoryId repository) throws IOException {
    Map<String, List<String>> revisions = revisions(repository);
    List<Snapshot> snapshots = new ArrayList<>();
    for (Path folder : Folders.children(repository(repository).resolve("snapshots"))) {
      String commit = String.valueOf(folder.getFileName());
      if (Revision.isCommit(commit) && Files.isDirectory(folder)) {
        snapshots.add(
            new Snapshot(repository, commit, folder, revisions.getOrDefault(commit, List.of())));
      }
    }
    return snapshots;
  }

  private Map<String, List<String>> revisions(RepositoryId repository) throws IOException {
    Path refs = refs(repository);
    Map<String, List<String>> revisions = new TreeMap<>();
    for (Path file : Folders.files(refs)) {
      String name = refs.relativize(file).toString().replace('\\', '/');
      readRef(file)
          .ifPresent(commit -> revisions.computeIfAbsent(commit, _ -> new ArrayList<>()).add(name));
    }
    return revisions;
  }

  /// Where all of a repository is.
  Path repository(RepositoryId repository) {
    return root.resolve(repository.folder());
  }

  Path refs(RepositoryId repository) {
    return repository(repository).resolve("refs");
  }

  Path snapshot(RepositoryId repository, String commit) {
    return repository(repository).resolve("snapshots").resolve(commit);
  }

  Path locks(RepositoryId repository) {
    return root.resolve(".locks").resolve(repository.folder());
  }

  Path blob(RepositoryId repository, BlobDigest digest) {
    return repository(repository).resolve("blobs").resolve(digest.hex());
  }

  /// Where the bytes of a blob gather until they are all there.
  Path partial(RepositoryId repository, BlobDigest digest) {
    return repository(repository).resolve("blobs").resolve(digest.hex() + ".incomplete");
  }

  Path lock(RepositoryId repository, BlobDigest digest) {
    return locks(repository).resolve(digest.hex() + ".lock");
  }

  /// Makes the folders that a download writes to.
  void prepare(RepositoryId repository) throws IOException {
    Files.createDirectories(repository(repository).resolve("blobs"));
    Path tag = root.resolve(TAG);
    if (Files.notExists(tag)) {
      writeText(tag, TAG_TEXT);
    }
  }

  private static void writeText(Path path, String text) throws IOException {
    try (AtomicFile file = new AtomicFile(path)) {
      file.channel().write(StandardCharsets.US_ASCII.encode(text));
      file.commit();
    }
  }

  /// Remembers which commit a revision names.
  void writeRef(RepositoryId repository, Revision revision, String commit) throws IOException {
    if (revision.isCommit() || commit(repository, revision).equals(Optional.of(commit))) {
      return; // also because a cache that is up to date may be read-only
    }
    Path file = refs(repository).resolve(revision.name());
    Files.createDirectories(file.resolveSibling(""));
    writeText(file, commit);
  }

  /// Remembers that a commit has no such file; a cache that cannot be written asks again next time.
  void noteMissing(RepositoryId repository, String commit, RemotePath path) {
    Path mark = missing(repository, commit, path);
    try {
      if (Files.notExists(mark)) {
        Files.createDirectories(mark.resolveSibling(""));
        Files.write(mark, new byte[0]);
      }
    } catch (IOException _) {
      // Nothing depends on it.
    }
  }

  boolean isKnownMissing(RepositoryId repository, String commit, RemotePath path) {
    return Files.isRegularFile(missing(repository, commit, path));
  }

  private Path missing(RepositoryId repository, String commit, RemotePath path) {
    return path.below(repository(repository).resolve(".no_exist").resolve(commit));
  }

  /// Makes a blob a file of a snapshot: by a relative link, or where that cannot be by moving a
  /// blob that is new and copying one that others may refer to.
  Path publish(
      RepositoryId repository, String commit, RemotePath path, BlobDigest digest, boolean isNew)
      throws IOException {
    Path blob = blob(repository, digest);
    Path pointer = path.below(snapshot(repository, commit));
    Files.createDirectories(pointer.resolveSibling(""));
    if (symlinks && Links.point(pointer, blob)) {
      return pointer;
    }
    Links.replaceByFile(pointer, blob, isNew);
    return pointer;
  }

  /// The digest of a snapshot's file, if its name tells: it is that of the blob it links to.
  static Optional<BlobDigest> digestOf(Path pointer) {
    try {
      return Files.isSymbolicLink(pointer)
          ? BlobDigest.ofName(String.valueOf(Files.readSymbolicLink(pointer).getFileName()))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// Bytes on this disk of everything below a folder, links not followed.
  public static long bytes(Path folder) throws IOException {
    long bytes = 0;
    for (Path file : Folders.files(folder)) {
      if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  /// Bytes on the disk of all of a repository: what [CacheRemoval] would free.
  public long bytes(RepositoryId repository) throws IOException {
    return bytes(repository(repository));
  }
}
