package org.clipscribe.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A cache of its own and a client that does not wait long.
final class PullFixture {
  static final RepositoryId REPOSITORY = new RepositoryId(FakeHub.REPOSITORY);

  /// Long enough for a busy machine to answer in, short enough for a test that waits for it.
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  final Path home;
  final Map<String, String> environment = new HashMap<>();
  final List<String> notes = new ArrayList<>();
  PartialFile.Opener opener = PartialFile::open;

  PullFixture(Path home, URI endpoint) {
    this.home = home;
    environment.put("HF_ENDPOINT", endpoint.toString());
  }

  HubSettings settings() {
    return HubSettings.of(environment, home)
        .withTimes(Duration.ofSeconds(20), PATIENCE, Duration.ofMillis(1));
  }

  HubClient client() {
    return new HubClient(settings(), "clipscribe/test", opener);
  }

  HubCache cache() {
    return new HubCache(settings().cache(), settings().symlinks());
  }

  PulledModel pull(String... files) throws IOException {
    return pull(Revision.MAIN, files);
  }

  PulledModel pull(Revision revision, String... files) throws IOException {
    List<RemotePath> paths = java.util.Arrays.stream(files).map(RemotePath::new).toList();
    return pull(new PullRequest(REPOSITORY, revision, paths, Map.of()));
  }

  PulledModel pull(PullRequest request) throws IOException {
    return client()
        .pull(
            request,
            new PullListener() {
              @Override
              public void note(String message) {
                notes.add(message);
              }
            });
  }

  Path folder() {
    return cache().repository(REPOSITORY);
  }

  Path snapshotFile(String name) {
    return cache().snapshot(REPOSITORY, FakeHub.COMMIT).resolve(name);
  }

  /// Everything in the cache but locks, as `path` or `path -> target`.
  List<String> tree() throws IOException {
    Path root = cache().root();
    List<String> tree = new ArrayList<>();
    for (Path file : Folders.files(root)) {
      String name = root.relativize(file).toString();
      if (!name.startsWith(".locks")) {
        boolean link = Files.isSymbolicLink(file);
        tree.add(link ? name + " -> " + Files.readSymbolicLink(file) : name);
      }
    }
    return tree;
  }

  /// Names in the folder of blobs.
  List<String> blobs() throws IOException {
    return Folders.children(folder().resolve("blobs")).stream()
        .filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
        .map(file -> file.getFileName().toString())
        .toList();
  }
}
