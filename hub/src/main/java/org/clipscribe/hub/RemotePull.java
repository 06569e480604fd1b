package org.clipscribe.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.clipscribe.hub.PulledModel.PulledFile;
import org.clipscribe.nn.BadInputException;

/// One pull from a hub.
final class RemotePull {
  private final HubSettings settings;
  private final HubCache cache;
  private final Transport transport;
  private final Blobs blobs;
  private final PullRequest request;
  private final RepositoryId repository;
  private final PullListener listener;
  private final List<PulledFile> files = new ArrayList<>();
  private Revision revision;
  private long downloaded;

  RemotePull(
      HubSettings settings,
      HubCache cache,
      Transport transport,
      Blobs blobs,
      PullRequest request,
      PullListener listener) {
    this.settings = settings;
    this.cache = cache;
    this.transport = transport;
    this.blobs = blobs;
    this.request = request;
    this.repository = request.repository();
    this.listener = listener;
    this.revision = request.revision();
  }

  PulledModel pull() throws IOException {
    if (request.files().isEmpty()) {
      if (!ModelFiles.gather(request.pinned().keySet(), this::find)) {
        findUnusualWeights();
      }
    } else {
      for (RemotePath path : request.files()) {
        if (find(path).isEmpty()) {
          throw lacking("has no file " + path);
        }
      }
    }
    String commit = revision.name();
    return new PulledModel(commit, cache.snapshot(repository, commit), files, downloaded);
  }

  private void findUnusualWeights() throws IOException {
    Optional<RemotePath> weights =
        revision.isCommit() ? RepositoryListing.of(this::listing).onlyWeights() : Optional.empty();
    if (weights.isEmpty() || find(weights.get()).isEmpty()) {
      throw lacking("has no weights under a usual name (%s)".formatted(ModelFiles.WEIGHTS));
    }
  }

  private HubException lacking(String what) throws IOException {
    if (!revision.isCommit()) {
      return new HubException(
          "%s@%s: the server knows no file of it; check the name of the repository, or HF_ENDPOINT"
              .formatted(repository, revision));
    }
    return new HubException(repository + ": " + what + RepositoryListing.of(this::listing).hint());
  }

  /// Brings a file, if the repository has it.
  private Optional<Path> find(RemotePath path) throws IOException {
    if (revision.isCommit()) {
      Optional<Path> here = findHere(path);
      if (here.isPresent()) {
        return here;
      }
      if (cache.isKnownMissing(repository, revision.name(), path)) {
        return Optional.empty();
      }
    }
    Optional<FileMetadata> metadata = metadata(path);
    if (metadata.isEmpty()) {
      return Optional.empty();
    }
    boolean first = !revision.isCommit();
    agree(metadata.get().commit());
    Optional<Path> here = first ? findHere(path) : Optional.empty();
    return here.isPresent() ? here : Optional.of(bring(path, metadata.get()));
  }

  /// What needs no network once the commit is known; touches nothing, as a cache may be read-only.
  private Optional<Path> findHere(RemotePath path) throws IOException {
    Optional<PulledFile> here = LocalPull.sound(cache, request, revision.name(), path, listener);
    here.ifPresent(files::add);
    return here.map(PulledFile::path);
  }

  private Path bring(RemotePath path, FileMetadata metadata) throws IOException {
    Blobs.Wanted wanted =
        new Blobs.Wanted(
            repository,
            path,
            metadata,
            Optional.ofNullable(request.pinned().get(path)),
            address(path));
    Blobs.Brought brought = blobs.bring(wanted, listener);
    downloaded += brought.downloaded();
    Path file = brought.path();
    files.add(new PulledFile(path, file, Files.size(file), metadata.digest()));
    return file;
  }

  /// From the first answer on, all files are those of one commit.
  private void agree(String commit) throws IOException {
    if (!revision.isCommit()) {
      cache.writeRef(repository, revision, commit);
      revision = new Revision(commit);
    } else if (!revision.name().equals(commit)) {
      throw new BadInputException(
          repository.name(),
          "the server answers with commit %s when asked for %s".formatted(commit, revision));
    }
  }

  /// @return empty when the repository has no such file
  private Optional<FileMetadata> metadata(RemotePath path) throws IOException {
    String name = repository + "/" + path;
    try (Answer answer = Attempts.head(transport, address(path), name, settings, listener)) {
      if (answer.status() / 100 == 2 || answer.isRedirect()) {
        return Optional.of(FileMetadata.of(name, answer));
      }
      Optional<String> commit = FileMetadata.commit(answer.uri(), answer);
      if (answer.status() == 404 && commit.isPresent()) {
        agree(commit.get());
        cache.noteMissing(repository, commit.get(), path);
        return Optional.empty();
      }
      String code = answer.header("X-Error-Code").orElse("EntryNotFound");
      if (answer.status() == 404 && code.equals("EntryNotFound")) {
        return Optional.empty();
      }
      throw Refusals.of(repository + "@" + revision, answer);
    }
  }

  private URI address(RemotePath path) {
    return URI.create(
        "%s/%s/resolve/%s/%s"
            .formatted(
                settings.endpoint(),
                repository,
                PercentEncoding.whole(revision.name()),
                PercentEncoding.path(path.name())));
  }

  private byte[] listing() throws IOException {
    URI uri =
        URI.create(
            "%s/api/models/%s/revision/%s"
                .formatted(
                    settings.endpoint(), repository, PercentEncoding.whole(revision.name())));
    try (Answer answer = transport.get(uri, 0)) {
      return answer.status() == 200
          ? answer.body().readNBytes(RepositoryListing.MAX_BYTES)
          : new byte[0];
    }
  }
}
