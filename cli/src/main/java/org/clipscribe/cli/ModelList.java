package org.clipscribe.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.clipscribe.cli.ModelLocator.Location;
import org.clipscribe.hub.HubCache;
import org.clipscribe.hub.HubCache.Snapshot;
import org.clipscribe.hub.KnownModel;
import org.clipscribe.hub.KnownModel.Origin;
import org.clipscribe.hub.ModelStore;
import org.clipscribe.hub.RepositoryId;

/// Known models and those that are here.
final class ModelList {
  private final PulledModels models;
  private final CheckpointCache bundles;
  private final List<Row> rows = new ArrayList<>();

  /// @param kind empty when it is not known
  /// @param source a repository with its revision, or where a file came from
  /// @param licence empty when it is not known
  /// @param path where it is; empty when it is not here
  /// @param bytes on this disk
  record Row(
      String name,
      String kind,
      String source,
      String licence,
      String description,
      Optional<Path> path,
      long bytes) {
    boolean isHere() {
      return path.isPresent();
    }

    Map<String, Object> toMap() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("name", name);
      map.put("source", source);
      if (!kind.isEmpty()) {
        map.put("kind", kind);
        map.put("licence", licence);
        map.put("description", description);
      }
      map.put("installed", isHere());
      path.ifPresent(place -> map.put("path", place.toString()));
      if (isHere()) {
        map.put("bytes", bytes);
      }
      return map;
    }
  }

  private ModelList(PulledModels models, CheckpointCache bundles) {
    this.models = models;
    this.bundles = bundles;
  }

  static List<Row> of(PulledModels models, CheckpointCache bundles) throws IOException {
    return new ModelList(models, bundles).rows();
  }

  private List<Row> rows() throws IOException {
    Set<RepositoryId> listed = new HashSet<>();
    Set<String> names = new HashSet<>();
    for (KnownModel model : models.known().all()) {
      rows.add(known(model));
      names.add(model.name());
      if (model.origin() instanceof Origin.Repository(RepositoryId id, _)) {
        listed.add(id);
      }
    }
    for (ModelStore.Entry entry : models.store().entries()) {
      if (names.add(entry.name())) {
        rows.add(
            new Row(
                entry.name(),
                "",
                entry.source(),
                "",
                "",
                Optional.of(entry.file()),
                entry.bytes() + bundleBytes(entry.name())));
      }
    }
    for (Snapshot snapshot : models.cache().snapshots()) {
      if (listed.add(snapshot.repository())) {
        rows.add(other(snapshot));
      }
    }
    return rows;
  }

  private Row known(KnownModel model) throws IOException {
    Optional<Location.OnDisk> location = models.find(model.name());
    String source = model.origin().toString();
    long bytes = 0;
    switch (model.origin()) {
      case Origin.Repository(RepositoryId id, var revision) -> {
        source = id + "@" + revision;
        bytes = models.cache().bytes(id);
      }
      case Origin.File(var file) -> {
        source = file.toString();
        bytes = models.store().find(model.name()).map(ModelStore.Entry::bytes).orElse(0L);
      }
    }
    return new Row(
        model.name(),
        model.kind().label(),
        source,
        model.licence(),
        model.description(),
        location.map(Location.OnDisk::path),
        bytes + bundleBytes(model.name()));
  }

  private Row other(Snapshot snapshot) throws IOException {
    String name = snapshot.repository().name();
    boolean main = snapshot.revisions().contains("main");
    return new Row(
        main ? name : name + "@" + snapshot.commit(),
        "",
        name + "@" + snapshot.commit(),
        "",
        "",
        Optional.of(snapshot.folder()),
        models.cache().bytes(snapshot.repository()) + bundleBytes(name));
  }

  private long bundleBytes(String name) throws IOException {
    long bytes = 0;
    for (Path place : models.bundles(models.find(name).stream().toList(), bundles)) {
      bytes += HubCache.bytes(place);
    }
    return bytes;
  }
}
