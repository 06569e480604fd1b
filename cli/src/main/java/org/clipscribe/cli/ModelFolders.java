package org.clipscribe.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.Captioner;
import org.clipscribe.captioner.CaptionerOptions;
import org.clipscribe.captioner.EmbeddedModel;
import org.clipscribe.cli.CheckpointCache.Source;
import org.clipscribe.cli.ModelLocator.Location;
import org.clipscribe.convert.ConvertRequest;
import org.clipscribe.convert.Converter;

/// Leads from where a model lies to its bundle: a checkpoint is converted once, and the embedded
/// model is spoken of where nobody asked for it.
record ModelFolders(Terminal terminal, boolean quiet) {
  /// Reads and checks the small files of the bundle.
  Bundle bundle(Location location) {
    return switch (location) {
      case Location.Embedded(boolean asked) -> {
        if (!asked) {
          note();
        }
        yield Bundle.embedded();
      }
      // A folder of the Hub has a configuration, too.
      case Location.BundleFolder(Path folder) ->
          Bundle.open(
              Bundle.isAt(folder)
                  ? folder
                  : Converter.weightsIn(folder)
                      .map(Source::of)
                      .map(this::converted)
                      .orElse(folder));
      case Location.Checkpoint(Path file) -> Bundle.open(converted(Source.of(file)));
      case Location.Pulled pulled -> Bundle.open(converted(pulled.source()));
    };
  }

  private Path converted(Source source) {
    try {
      return CheckpointCache.of(terminal.environment()).bundle(source, this::convert);
    } catch (IOException | UncheckedIOException e) {
      throw CommandException.resources(
          "%s; convert it to a place of your own: clipscribe convert %s --to DIR"
              .formatted(Failure.of(e).message(), source.checkpoint()));
    }
  }

  private void note() {
    if (!quiet) {
      EmbeddedModel.find()
          .ifPresent(
              model ->
                  terminal.note(
                      "note: no model was named, so this is the small one that comes along: "
                          + model.knows()
                          + "; --model names another"));
    }
  }

  private void convert(Source source, Path bundle) {
    if (!quiet) {
      terminal.note("note: converting %s once, into %s".formatted(source.checkpoint(), bundle));
    }
    ConvertRequest request =
        ConvertRequest.of(source.checkpoint(), bundle).withToolVersion(Clipscribe.version());
    new Conversions(terminal, quiet).run(source.clip().map(request::withClip).orElse(request));
  }

  Captioner open(Location location, CaptionerOptions options) {
    Captioner captioner = Captioner.open(bundle(location), options);
    if (!quiet) {
      captioner.notice().ifPresent(terminal::warning);
    }
    return captioner;
  }
}
