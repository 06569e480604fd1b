package org.clipscribe.hub;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.clipscribe.hub.KnownModel.KnownFile;
import org.clipscribe.hub.KnownModel.Origin;
import org.clipscribe.hub.PullRequest.Pin;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;

/// The register of models that have a name of their own here: `known-models.json`.
///
/// A digest or a size stands there only if it was published; the hub names a digest for every other
/// file, and that is what they are held to.
public final class KnownModels {
  private static final String RESOURCE = "known-models.json";

  private final List<KnownModel> all;

  private KnownModels(List<KnownModel> all) {
    this.all = all;
  }

  /// Reads the register that comes with this program.
  public static KnownModels read() {
    try (InputStream in = KnownModels.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + " is missing from this program");
      }
      return parse(in.readAllBytes(), RESOURCE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static KnownModels parse(byte[] json, String origin) {
    List<KnownModel> models = new ArrayList<>();
    for (JsonObject model : Json.parseObject(json, origin).objects("models")) {
      models.add(model(model));
    }
    return new KnownModels(List.copyOf(models));
  }

  private static KnownModel model(JsonObject json) {
    List<KnownFile> files = new ArrayList<>();
    for (JsonObject file : json.objects("files")) {
      Optional<BlobDigest> sha256 =
          file.has("sha256")
              ? Optional.of(BlobDigest.sha256(file.string("sha256")))
              : Optional.empty();
      long bytes = file.get("bytes") instanceof Long size ? size : -1;
      files.add(new KnownFile(new RemotePath(file.string("path")), bytes, sha256));
    }
    Origin origin =
        json.has("repository")
            ? new Origin.Repository(
                new RepositoryId(json.string("repository")), new Revision(json.string("revision")))
            : new Origin.File(new DirectSource.Drive(json.string("drive")));
    return new KnownModel(
        json.string("name"),
        KnownModel.Kind.valueOf(json.string("kind").toUpperCase(Locale.ROOT)),
        origin,
        List.copyOf(files),
        json.string("licence"),
        json.has("clip") ? Optional.of(json.string("clip")) : Optional.empty(),
        json.string("description"));
  }

  public List<KnownModel> all() {
    return all;
  }

  /// By its name, or by its repository.
  public Optional<KnownModel> find(String name) {
    return all.stream()
        .filter(model -> model.name().equals(name) || isRepository(model, name))
        .findFirst();
  }

  private static boolean isRepository(KnownModel model, String name) {
    return model.origin() instanceof Origin.Repository(RepositoryId id, _)
        && id.name().equalsIgnoreCase(name);
  }

  /// What is known of the files of a repository at a revision, whatever its server says.
  public static Map<RemotePath, Pin> pins(KnownModel model) {
    Map<RemotePath, Pin> pins = new HashMap<>();
    for (KnownFile file : model.files()) {
      file.sha256().ifPresent(digest -> pins.put(file.path(), new Pin(file.bytes(), digest)));
    }
    return pins;
  }
}
