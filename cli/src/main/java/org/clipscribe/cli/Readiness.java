package org.clipscribe.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.clipscribe.cli.ModelLocator.Location;
import org.clipscribe.hub.KnownModel.Kind;
import org.clipscribe.nn.BadInputException;

/// What can be done with a model that was pulled.
///
/// @param path of what is best named to other commands
/// @param bundle if it captions
/// @param note why it does not
/// @param next a command to try
record Readiness(Path path, Optional<Path> bundle, Optional<String> note, Optional<String> next) {

  /// Nothing is known of it but that it is there.
  static Readiness fetched(PullRun.Result result) {
    return new Readiness(result.path(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /// Converts what captions.
  static Readiness of(PullRun.Result result, ModelFolders folders) {
    if (result.location().isEmpty()) {
      return fetched(result);
    }
    Location.OnDisk location = result.location().get();
    Kind kind = result.kind().orElse(Kind.CAPTIONER);
    String name = result.name();
    return switch (kind) {
      case CLIP -> part(result, "clipscribe classify --model %s --labels cat,dog photo.jpg");
      case GPT2 -> part(result, "clipscribe generate --model %s \"Once upon a time\"");
      case CAPTIONER -> {
        try {
          Path bundle = folders.bundle(location).directory();
          yield new Readiness(
              bundle,
              Optional.of(bundle),
              Optional.empty(),
              Optional.of("clipscribe caption --model %s photo.jpg".formatted(name)));
        } catch (BadInputException e) {
          // Its files are those that were published all the same.
          yield new Readiness(
              result.path(),
              Optional.empty(),
              Optional.of("it captions nothing as it is: " + e.getMessage()),
              Optional.of("clipscribe doctor " + Texts.argument(location.path().toString())));
        }
      }
    };
  }

  private static Readiness part(PullRun.Result result, String command) {
    return new Readiness(
        result.path(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(command.formatted(result.name())));
  }
}
