package org.clipscribe.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.clipscribe.cli.ModelLocator.Location;
import org.clipscribe.cli.PullTarget.Fetch;
import org.clipscribe.hub.DirectClient;
import org.clipscribe.hub.HubClient;
import org.clipscribe.hub.KnownModel.Kind;
import org.clipscribe.hub.ModelStore;
import org.clipscribe.hub.PullListener;
import org.clipscribe.hub.PullRequest;
import org.clipscribe.hub.PulledModel;
import org.clipscribe.hub.PulledModel.PulledFile;

/// Fetches a model and what belongs to it.
record PullRun(Terminal terminal, PulledModels models, PullListener listener, String agent) {
  /// @param location how commands will find it; empty when no weights were fetched
  /// @param description for JSON
  record Result(
      String name,
      Optional<Kind> kind,
      Path path,
      Optional<Location.OnDisk> location,
      long bytes,
      Map<String, Object> description) {
    Map<String, Object> toMap() {
      return description;
    }
  }

  Result run(PullTarget target) throws IOException {
    if (target.clip().isPresent()) {
      Result _ = run(PullTarget.of(models.known().find(target.clip().get()).orElseThrow()));
    }
    return switch (target.what()) {
      case Fetch.FromHub(PullRequest request) -> fromHub(target, request);
      case Fetch.Direct(DirectClient.Request request) -> direct(target, request);
    };
  }

  private Result fromHub(PullTarget target, PullRequest request) throws IOException {
    PulledModel model = new HubClient(models.settings(), agent).pull(request, listener);
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", target.name());
    map.put("repository", request.repository().name());
    map.put("revision", request.revision().name());
    map.put("commit", model.commit());
    map.put("path", model.folder().toString());
    List<Object> files = new ArrayList<>();
    for (PulledFile file : model.files()) {
      files.add(
          Map.of(
              "file", file.name().name(),
              "bytes", file.bytes(),
              "digest", file.digest().toString()));
    }
    map.put("files", files);
    map.put("bytes", model.bytes());
    map.put("downloaded", model.downloadedBytes());
    // By its commit: what was just verified, whatever another process makes of the revision.
    String exact = request.repository() + "@" + model.commit();
    Optional<Location.OnDisk> location =
        models.find(exact).map(found -> named(found, target, models));
    return new Result(target.name(), target.kind(), model.folder(), location, model.bytes(), map);
  }

  private static Location.OnDisk named(
      Location.OnDisk found, PullTarget target, PulledModels models) {
    return found instanceof Location.Pulled(Path path, _, _)
        ? new Location.Pulled(
            path, target.name(), target.clip().flatMap(models::find).map(Location.OnDisk::path))
        : found;
  }

  private Result direct(PullTarget target, DirectClient.Request request) throws IOException {
    ModelStore.Entry entry =
        new DirectClient(
                models.settings(),
                agent,
                models.store(),
                PulledModels.drive(terminal.environment()))
            .pull(request, listener);
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", entry.name());
    map.put("source", entry.source());
    map.put("path", entry.file().toString());
    map.put("bytes", entry.bytes());
    map.put("sha256", entry.sha256());
    return new Result(
        entry.name(), target.kind(), entry.file(), models.find(entry.name()), entry.bytes(), map);
  }
}
