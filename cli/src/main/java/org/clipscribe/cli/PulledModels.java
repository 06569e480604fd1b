package org.clipscribe.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.cli.ModelLocator.Location;
import org.clipscribe.hub.DirectClient;
import org.clipscribe.hub.HubCache;
import org.clipscribe.hub.HubSettings;
import org.clipscribe.hub.KnownModel;
import org.clipscribe.hub.KnownModel.Origin;
import org.clipscribe.hub.KnownModels;
import org.clipscribe.hub.ModelStore;
import org.clipscribe.hub.RepositoryId;
import org.clipscribe.hub.Revision;

/// Models on this machine by their names: those of the register, those of the hub, those that the
/// user gave to single files. Uses no network.
///
/// @param store of models that came as single files
record PulledModels(HubSettings settings, HubCache cache, ModelStore store, KnownModels known) {
  /// A stand-in for the drive of the original's weights, for mirrors and tests.
  private static final String DRIVE = "CLIPSCRIBE_DRIVE";

  static PulledModels of(Map<String, String> environment) {
    Path home = Path.of(environment.getOrDefault("HOME", System.getProperty("user.home", "")));
    HubSettings settings = HubSettings.of(environment, home);
    return new PulledModels(
        settings,
        new HubCache(settings.cache(), settings.symlinks()),
        new ModelStore(CheckpointCache.of(environment).folder().resolve("models")),
        KnownModels.read());
  }

  /// A repository at a revision, as `organisation/name@revision`.
  record Reference(RepositoryId repository, Revision revision) {
    /// @param revision if it is not part of the text
    /// @return empty when the text cannot be meant so
    static Optional<Reference> parse(String text, Revision revision) {
      int at = text.indexOf('@');
      String name = at < 0 ? text : text.substring(0, at);
      if (!RepositoryId.isValid(name)) {
        return Optional.empty();
      }
      Revision named = at < 0 ? revision : new Revision(text.substring(at + 1));
      return Optional.of(new Reference(new RepositoryId(name), named));
    }
  }

  /// Who serves files of the drive.
  static URI drive(Map<String, String> environment) {
    String given = environment.getOrDefault(DRIVE, "");
    return given.isEmpty() ? DirectClient.DRIVE : URI.create(given);
  }

  /// What `--model` means, if such a model was pulled.
  Optional<Location.OnDisk> find(String name) {
    Optional<Path> clip =
        known.find(name).flatMap(KnownModel::clip).flatMap(this::find).map(Location.OnDisk::path);
    Optional<ModelStore.Entry> entry = store.find(name);
    if (entry.isPresent()) {
      return Optional.of(new Location.Pulled(entry.get().file(), name, clip));
    }
    return reference(name)
        .flatMap(wanted -> cache.snapshot(wanted.repository(), wanted.revision()))
        .flatMap(snapshot -> inside(snapshot, name, clip));
  }

  /// The repository that a name stands for.
  Optional<Reference> reference(String name) {
    try {
      return known
          .find(name)
          .map(KnownModel::origin)
          .filter(Origin.Repository.class::isInstance)
          .map(Origin.Repository.class::cast)
          .map(origin -> new Reference(origin.id(), origin.revision()))
          .or(() -> Reference.parse(name, Revision.MAIN));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // no revision; whatever it is, it was not pulled
    }
  }

  private static Optional<Location.OnDisk> inside(Path snapshot, String name, Optional<Path> clip) {
    if (isBundle(snapshot)) {
      return Optional.of(new Location.BundleFolder(snapshot));
    }
    try {
      return HubCache.weights(snapshot).map(file -> new Location.Pulled(file, name, clip));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Whether somebody published a bundle. The manifest tells it from other models of its kind.
  private static boolean isBundle(Path snapshot) {
    return Files.isRegularFile(snapshot.resolve(Bundle.WEIGHTS))
        && Files.isRegularFile(snapshot.resolve(Bundle.MANIFEST))
        && Bundle.isAt(snapshot);
  }

  /// What to do about a model that is not here.
  String remedy(String name, String otherwise) {
    if (known.find(name).isPresent()) {
      return "fetch it: clipscribe pull " + name;
    }
    return name.contains("/") && reference(name).isPresent()
        ? "%s; or fetch it, if it is a repository of the hub: clipscribe pull %s"
            .formatted(otherwise, name)
        : otherwise;
  }

  /// Where bundles were put that were made of a model, so that they can be removed with it.
  List<Path> bundles(List<Location.OnDisk> locations, CheckpointCache bundles) throws IOException {
    List<Path> places = new ArrayList<>();
    for (Location location : locations) {
      if (location instanceof Location.Pulled pulled) {
        Path place = bundles.place(pulled.source());
        if (Files.isDirectory(place)) {
          places.add(place);
        }
      }
    }
    return places;
  }
}
