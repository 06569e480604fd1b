package org.clipscribe.cli;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.clipscribe.cli.ModelLocator.Location;
import org.clipscribe.cli.PulledModels.Reference;
import org.clipscribe.hub.CacheRemoval;
import org.clipscribe.hub.HubCache;
import org.clipscribe.hub.HubCache.Snapshot;
import org.clipscribe.hub.ModelStore;
import org.clipscribe.hub.Revision;
import org.jspecify.annotations.Nullable;

/// What removing a model deletes.
final class ModelRemoval {
  private final String description;
  private final List<Path> bundles;
  private final Step step;

  private ModelRemoval(String description, List<Path> bundles, Step step) {
    this.description = description;
    this.bundles = bundles;
    this.step = step;
  }

  @FunctionalInterface
  private interface Step {
    void run() throws IOException;
  }

  /// Looks, and deletes nothing yet.
  ///
  /// @throws CommandException when there is no such model here
  static ModelRemoval of(
      PulledModels models, CheckpointCache cache, String name, @Nullable String revision)
      throws IOException {
    Optional<ModelStore.Entry> entry = models.store().find(name);
    if (entry.isPresent() && revision == null) {
      List<Path> bundles = models.bundles(models.find(name).stream().toList(), cache);
      long bytes = entry.get().bytes() + bytes(bundles);
      return new ModelRemoval(
          "%s from %s (%s)".formatted(name, entry.get().folder(), TransferBar.amount(bytes)),
          bundles,
          () -> models.store().remove(name));
    }
    Reference reference = models.reference(name).orElseThrow(() -> absent(name));
    boolean whole = revision == null && !name.contains("@");
    CacheRemoval removal = removal(models.cache(), reference, revision, whole);
    if (removal.snapshots().isEmpty()) {
      throw absent(name);
    }
    List<Path> bundles = models.bundles(locations(models, name, removal.snapshots()), cache);
    return new ModelRemoval(
        "%s from %s (%s, %s)"
            .formatted(
                reference.repository(),
                models.cache().root(),
                removal.snapshots().size() == 1
                    ? "1 revision"
                    : removal.snapshots().size() + " revisions",
                TransferBar.amount(removal.bytes() + bytes(bundles))),
        bundles,
        removal::run);
  }

  private static CacheRemoval removal(
      HubCache cache, Reference reference, @Nullable String revision, boolean whole)
      throws IOException {
    if (whole) {
      return CacheRemoval.of(cache, reference.repository());
    }
    Revision wanted;
    try {
      wanted = revision == null ? reference.revision() : new Revision(revision);
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(String.valueOf(e.getMessage()));
    }
    String commit =
        cache
            .commit(reference.repository(), wanted)
            .orElseThrow(() -> absent(reference.repository() + "@" + wanted));
    return CacheRemoval.of(cache, reference.repository(), commit);
  }

  /// Each snapshot under each name that a bundle may have been made by.
  private static List<Location.OnDisk> locations(
      PulledModels models, String name, List<Snapshot> snapshots) {
    List<Location.OnDisk> locations = new ArrayList<>(models.find(name).stream().toList());
    for (Snapshot snapshot : snapshots) {
      models.find(snapshot.repository() + "@" + snapshot.commit()).ifPresent(locations::add);
    }
    return locations;
  }

  private static CommandException absent(String name) {
    return CommandException.noModel(
        name + ": is not on this machine; clipscribe models lists what is");
  }

  private static long bytes(List<Path> folders) throws IOException {
    long bytes = 0;
    for (Path folder : List.copyOf(new java.util.LinkedHashSet<>(folders))) {
      bytes += HubCache.bytes(folder);
    }
    return bytes;
  }

  /// What goes, and from where.
  String description() {
    return description;
  }

  void run() throws IOException {
    step.run();
    for (Path bundle : bundles) {
      delete(bundle);
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
