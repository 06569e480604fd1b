package org.clipscribe.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.clipscribe.hub.ModelStore.Entry;
import org.clipscribe.hub.PullListener.Stage;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.FileLayer;

/// Brings single files that are in no repository: from the web, from the drive of the original's
/// weights, from this machine.
public final class DirectClient {
  /// Where shared files of the drive are asked for.
  public static final URI DRIVE = URI.create("https://drive.google.com");

  private final HubSettings settings;
  private final String agent;
  private final ModelStore store;
  private final URI drive;

  /// @param agent what servers are told about this program
  /// @param drive [#DRIVE], or a stand-in
  public DirectClient(HubSettings settings, String agent, ModelStore store, URI drive) {
    this.settings = settings;
    this.agent = agent;
    this.store = store;
    this.drive = drive;
  }

  /// What to bring.
  ///
  /// @param name under which the model is found later
  /// @param fileName of the file in its folder
  /// @param sha256 that it must have; without one nothing but its length can be checked
  public record Request(
      String name, DirectSource source, String fileName, Optional<BlobDigest> sha256) {}

  /// @throws HubException when it cannot be had: no network or none allowed, not shared, not there
  /// @throws BadInputException when it is not what it has to be, or the name stands for another
  ///     model
  /// @throws IOException when it cannot be written, or the thread was interrupted
  public Entry pull(Request request, PullListener listener) throws IOException {
    Path file = store.folder(request.name()).resolve(request.fileName());
    Runnable waiting =
        () -> listener.note(request.name() + ": another process downloads it; waiting for that");
    try (DownloadLock _ = DownloadLock.take(store.lock(request.name()), waiting)) {
      Optional<Entry> there = there(request, listener);
      if (there.isPresent()) {
        return there.get();
      }
      Files.createDirectories(file.resolveSibling(""));
      Path partial = file.resolveSibling("." + request.fileName() + ".incomplete");
      if (request.sha256().isEmpty()) {
        Files.deleteIfExists(partial); // nothing could tell whether both parts are of one file
      }
      boolean whole = false;
      try {
        fetch(request, partial, listener);
        String sha256 = verified(request, partial, listener);
        FileLayer.SYSTEM.rename(partial, file);
        whole = true;
        FileLayer.SYSTEM.forceFolder(file.resolveSibling(""));
        return store.enter(request.name(), file, request.source(), sha256);
      } finally {
        if (!whole) {
          tidy(request, partial);
        }
      }
    }
  }

  /// Keeps of a failure only what the next attempt can go on from.
  private static void tidy(Request request, Path partial) throws IOException {
    boolean resumable =
        request.sha256().isPresent() && !(request.source() instanceof DirectSource.Local);
    if (!resumable) {
      Files.deleteIfExists(partial);
    }
    Path folder = partial.resolveSibling("");
    if (Folders.children(folder).isEmpty()) {
      Files.deleteIfExists(folder);
    }
  }

  private Optional<Entry> there(Request request, PullListener listener) throws IOException {
    Optional<Entry> there = store.find(request.name());
    if (there.isEmpty()) {
      return there;
    }
    Entry entry = there.get();
    if (!entry.source().equals(request.source().toString())) {
      throw new BadInputException(
          request.name(),
          "is there already, from %s; choose another --name, or remove it: clipscribe rm %s"
              .formatted(entry.source(), request.name()));
    }
    BlobDigest expected = request.sha256().orElse(BlobDigest.sha256(entry.sha256()));
    if (isOf(expected, entry.file(), request.name(), listener)) {
      return there;
    }
    listener.note(request.name() + ": what is there is damaged or another file; fetching it anew");
    return Optional.empty();
  }

  private static boolean isOf(BlobDigest digest, Path file, String name, PullListener listener)
      throws IOException {
    long size = Files.size(file);
    return digest.isOf(file, done -> listener.progress(Stage.VERIFYING, name, done, size));
  }

  private void fetch(Request request, Path partial, PullListener listener) throws IOException {
    switch (request.source()) {
      case DirectSource.Local(Path file) -> copy(file, partial, request.name(), listener);
      case DirectSource.Web(URI address) ->
          overTheNetwork(
              request, partial, listener, transport -> from -> file(transport.get(address, from)));
      case DirectSource.Drive(String id) ->
          overTheNetwork(
              request, partial, listener, transport -> new DriveSource(transport, drive, id));
    }
  }

  /// Makes a source of the bytes once there may be a connection.
  @FunctionalInterface
  private interface SourceMaker {
    Transfer.Source of(Transport transport);
  }

  private void overTheNetwork(
      Request request, Path partial, PullListener listener, SourceMaker source) throws IOException {
    if (settings.offline()) {
      throw new HubException(
          "%s: is not here, and HF_HUB_OFFLINE forbids the network; unset it and run:"
                  .formatted(request.name())
              + " clipscribe pull "
              + request.source());
    }
    try (Transport transport = new Transport(settings, agent);
        PartialFile file = PartialFile.open(partial)) {
      Transfer.Request transfer = new Transfer.Request(request.name(), -1, source.of(transport));
      Transfer.run(transfer, file, settings.retryPause(), listener);
      file.force();
    }
  }

  /// A page instead of a file: a login, an error told with status 200.
  private static Answer file(Answer answer) throws IOException {
    boolean page =
        answer.header("Content-Type").filter(type -> type.startsWith("text/html")).isPresent();
    if (answer.status() == 200 && page) {
      answer.close();
      throw new HubException(
          answer.uri() + ": is a web page, not a file; find the file's own link");
    }
    return answer;
  }

  private static void copy(Path from, Path to, String name, PullListener listener)
      throws IOException {
    if (!Files.isRegularFile(from)) {
      throw new BadInputException(from, "there is no such file");
    }
    long size = Files.size(from);
    Files.deleteIfExists(to);
    try (PartialFile file = PartialFile.open(to)) {
      DiskSpace.check(to, size);
      LocalCopy.append(from, file, done -> listener.progress(Stage.DOWNLOADING, name, done, size));
      file.force();
    }
  }

  private static String verified(Request request, Path partial, PullListener listener)
      throws IOException {
    long size = Files.size(partial);
    BlobDigest found =
        BlobDigest.of(
            BlobDigest.Kind.SHA256,
            partial,
            done -> listener.progress(Stage.VERIFYING, request.name(), done, size));
    Optional<BlobDigest> expected = request.sha256();
    if (expected.isPresent() && !expected.get().equals(found)) {
      Files.delete(partial);
      throw new BadInputException(
          request.source().toString(),
          "is not the file that was asked for: its digest is %s, expected %s; nothing was kept"
              .formatted(found, expected.get()));
    }
    if (expected.isEmpty()) {
      listener.note(
          "%s: %s; no digest to hold it to was given, later pulls can: --sha256"
              .formatted(request.name(), found));
    }
    return found.hex();
  }
}
