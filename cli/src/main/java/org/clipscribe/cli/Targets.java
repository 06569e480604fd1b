package org.clipscribe.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.clipscribe.cli.Input.File;
import org.clipscribe.cli.Input.Stdin;
import org.clipscribe.nn.BadInputException;
import org.jspecify.annotations.Nullable;

/// Which files each picture's caption goes to, besides standard output.
///
/// Two pictures never share one: the second would overwrite what was written for the first.
final class Targets {
  private final @Nullable Path overlayFolder;
  private final @Nullable SidecarFormat sidecars;
  private final String size;
  private final Map<Path, Input> owners = new HashMap<>();

  /// @param overlayFolder where pictures with their captions go, if they are wanted
  /// @param sidecars what is written beside each picture, if anything
  /// @param size of the model, part of the overlay's name as in the original
  Targets(@Nullable Path overlayFolder, @Nullable SidecarFormat sidecars, String size) {
    this.overlayFolder = overlayFolder;
    this.sidecars = sidecars;
    this.size = size;
  }

  /// What is written beside a picture.
  enum SidecarFormat {
    /// The caption and a line feed.
    TXT,
    /// The object of `--jsonl`.
    JSON
  }

  /// A picture and the files that are written for it.
  record Target(Input input, Optional<Path> overlay, Optional<Path> sidecar) {
    /// Whether everything that would be written is there already.
    boolean exists() {
      return overlay.or(() -> sidecar).isPresent()
          && overlay.map(Files::exists).orElse(true)
          && sidecar.map(Files::exists).orElse(true);
    }
  }

  /// @throws BadInputException when another picture is written there
  Target of(Input input) {
    Optional<Path> overlay =
        Optional.ofNullable(overlayFolder).map(folder -> overlay(folder, input));
    Optional<Path> sidecar =
        Optional.ofNullable(sidecars).flatMap(format -> sidecar(format, input));
    List<Path> files = new ArrayList<>();
    overlay.ifPresent(files::add);
    sidecar.ifPresent(files::add);
    for (Path file : files) {
      Input owner = owners.putIfAbsent(file.toAbsolutePath().normalize(), input);
      if (owner != null && !owner.equals(input)) {
        throw new BadInputException(
            input.name(),
            "%s would be written for %s too; caption them in two runs"
                .formatted(file, owner.name()));
      }
    }
    return new Target(input, overlay, sidecar);
  }

  private Path overlay(Path folder, Input input) {
    return switch (input) {
      case File file ->
          folder.resolve(file.folder()).resolve("%s-R%s.jpg".formatted(file.stem(), size));
      case Stdin _ -> folder.resolve("stdin-R%s.jpg".formatted(size));
    };
  }

  private static Optional<Path> sidecar(SidecarFormat format, Input input) {
    return switch (input) {
      case File file ->
          Optional.of(
              file.path()
                  .resolveSibling(file.stem() + (format == SidecarFormat.TXT ? ".txt" : ".json")));
      case Stdin _ -> Optional.empty();
    };
  }
}
