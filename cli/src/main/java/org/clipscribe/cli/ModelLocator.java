package org.clipscribe.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.EmbeddedModel;
import org.jspecify.annotations.Nullable;

/// Finds the model that a command line means, without reading any of it.
///
/// In this order: `--model`, the original toolkit's `-S` and `-C`, the variable `CLIPSCRIBE_MODEL`,
/// the folder `weights` that the original fills, the embedded model. A name is `embedded`, that of
/// a file or a folder, or that of a model that was pulled.
final class ModelLocator {
  static final String VARIABLE = "CLIPSCRIBE_MODEL";
  static final String CHECKPOINT = "model.pt";

  private static final String REMEDY =
      "make a bundle of a checkpoint (clipscribe convert model.pt --to DIR) and name it with"
          + " --model DIR or in "
          + VARIABLE;

  private final Map<String, String> environment;
  private final Path directory;

  /// @param directory against which names are resolved: the current one
  ModelLocator(Map<String, String> environment, Path directory) {
    this.environment = environment;
    this.directory = directory;
  }

  /// For names relative to the current folder.
  static ModelLocator of(Terminal terminal) {
    return new ModelLocator(terminal.environment(), Path.of(""));
  }

  /// Where a model lies.
  sealed interface Location {
    /// In a file or a folder.
    sealed interface OnDisk extends Location {
      Path path();

      /// Where the files that belong to it lie.
      default Path folder() {
        return Files.isDirectory(path()) ? path() : path().toAbsolutePath().resolveSibling("");
      }

      /// What results call the model.
      default String name() {
        return ClipModels.name(path());
      }
    }

    /// A folder with all that a captioner needs.
    record BundleFolder(Path path) implements OnDisk {}

    /// A checkpoint that has to be converted first.
    record Checkpoint(Path path) implements OnDisk {}

    /// Weights that `pull` fetched.
    ///
    /// @param name by which they were asked for
    /// @param clip weights of the CLIP that belongs to them, when they hold none
    record Pulled(Path path, String name, Optional<Path> clip) implements OnDisk {
      CheckpointCache.Source source() {
        return new CheckpointCache.Source(path, name.replace('/', '-'), clip);
      }
    }

    /// The one that comes with this program.
    ///
    /// @param asked whether it was named, and not just what was left
    record Embedded(boolean asked) implements Location {}
  }

  /// For commands that the original does not have.
  ///
  /// @param model value of `--model`, if given
  /// @throws CommandException with status 4 when there is no model
  Location find(@Nullable String model) {
    return find(model, null, null);
  }

  /// @param model value of `--model`, if given
  /// @param size value of `-S`, if given
  /// @param checkpoint value of `-C`, if given
  /// @throws CommandException with status 4 when there is no model
  Location find(@Nullable String model, @Nullable ModelSize size, @Nullable String checkpoint) {
    if (model != null) {
      return named(model, "--model");
    }
    if (size != null || checkpoint != null) {
      ModelSize wanted = size == null ? ModelSize.S : size; // as in the original's predict.py
      return original(wanted, checkpoint == null ? CHECKPOINT : checkpoint);
    }
    String variable = environment.getOrDefault(VARIABLE, "");
    if (!variable.isEmpty()) {
      return named(variable, VARIABLE);
    }
    for (ModelSize each : ModelSize.values()) {
      Optional<Location> found = firstOf(places(each, CHECKPOINT));
      if (found.isPresent()) {
        return found.get();
      }
    }
    if (EmbeddedModel.find().isPresent()) {
      return new Location.Embedded(false);
    }
    throw CommandException.noModel("no model was named; " + REMEDY);
  }

  private Location named(String name, String by) {
    if (name.equals(EmbeddedModel.NAME)) {
      return new Location.Embedded(true);
    }
    Path path = directory.resolve(name);
    Optional<Location> found = firstOf(List.of(path));
    if (found.isPresent()) {
      return found.get();
    }
    if (Files.isDirectory(path)) {
      throw CommandException.noModel(
          "%s: no model is in this folder (%s): neither %s nor %s; %s"
              .formatted(name, by, Bundle.CONFIG, CHECKPOINT, REMEDY));
    }
    PulledModels pulled = PulledModels.of(environment);
    return pulled
        .find(name)
        .orElseThrow(
            () ->
                CommandException.noModel(
                    "%s: no such model (%s); %s".formatted(name, by, pulled.remedy(name, REMEDY))));
  }

  private Location original(ModelSize size, String checkpoint) {
    List<Path> places = places(size, checkpoint);
    return firstOf(places)
        .orElseThrow(
            () ->
                CommandException.noModel(
                    "%s: no such model of size %s; put the original's checkpoint there, or %s"
                        .formatted(directory.relativize(places.getFirst()), size, REMEDY)));
  }

  /// Where the original keeps a checkpoint, and where a bundle made of it would be looked for.
  private List<Path> places(ModelSize size, String checkpoint) {
    Path weights = directory.resolve("weights").resolve(size.folder());
    List<Path> places = new ArrayList<>(List.of(weights.resolve(checkpoint)));
    if (checkpoint.equals(CHECKPOINT)) {
      places.add(weights);
    }
    places.add(directory.resolve(checkpoint));
    return places;
  }

  private static Optional<Location> firstOf(List<Path> places) {
    for (Path place : places) {
      if (Files.isRegularFile(place)) {
        return Optional.of(new Location.Checkpoint(place));
      }
      Path checkpoint = place.resolve(CHECKPOINT);
      if (Files.isRegularFile(checkpoint) && !Files.exists(place.resolve(Bundle.WEIGHTS))) {
        return Optional.of(new Location.Checkpoint(checkpoint));
      }
      if (Files.isRegularFile(
          place.resolve(
              Bundle.CONFIG))) { // if it is an incomplete one, opening it says what is missing
        return Optional.of(new Location.BundleFolder(place));
      }
    }
    return Optional.empty();
  }

  /// The original's two sizes.
  enum ModelSize {
    S,
    L;

    /// Below `weights`.
    String folder() {
      return this == S ? "small" : "large";
    }

    @Override
    public String toString() {
      return name().toUpperCase(Locale.ROOT);
    }
  }
}
