package org.clipscribe.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.CaptionRequest;
import org.clipscribe.captioner.Captioner;
import org.clipscribe.captioner.CaptionerOptions;
import org.clipscribe.cli.ModelLocator.Location;
import org.clipscribe.cli.ModelLocator.ModelSize;
import org.clipscribe.cli.Targets.SidecarFormat;
import org.clipscribe.cli.Targets.Target;
import org.clipscribe.clip.Image;
import org.clipscribe.media.CaptionOverlay;
import org.clipscribe.media.CaptionOverlay.Placement;
import org.clipscribe.media.ImageFileReader;
import org.clipscribe.media.JpegWriter;
import org.clipscribe.media.ReadImage;
import org.clipscribe.media.ReadOptions;
import org.clipscribe.nn.AtomicFile;
import org.jspecify.annotations.Nullable;

/// One run of `caption` over its pictures, which counts what went wrong and goes on.
final class CaptionRun {
  private final Terminal terminal;
  private final Plan plan;
  private final boolean quiet;
  private final boolean debug;
  private final List<Failure> failures = new ArrayList<>();

  CaptionRun(Terminal terminal, Plan plan, boolean quiet, boolean debug) {
    this.terminal = terminal;
    this.plan = plan;
    this.quiet = quiet;
    this.debug = debug;
  }

  /// What happens to captions.
  ///
  /// @param overlay folder of the pictures with captions, if wanted
  /// @param placement of the captions on them
  /// @param sidecar what is written beside each picture, if anything
  /// @param skipExisting whether pictures with all their files are left out
  /// @param size what the user thinks the model is
  /// @param request what captions to write, given the usual number of tokens
  record Plan(
      ResultFormat format,
      @Nullable Path overlay,
      Placement placement,
      @Nullable SidecarFormat sidecar,
      boolean skipExisting,
      @Nullable ModelSize size,
      IntFunction<CaptionRequest> request) {}

  /// Says at once what went wrong.
  void fail(List<Failure> found) {
    found.forEach(failure -> failure.report(terminal, debug));
    failures.addAll(found);
  }

  void warn(String message) {
    if (!quiet) {
      terminal.warning(message);
    }
  }

  void fail(Input input, Throwable cause) {
    fail(List.of(Failure.of(cause).about(input.label())));
  }

  /// The exit status of what happened so far.
  ///
  /// @param single whether the arguments name one picture: then its failure is the command's
  int status(boolean single) {
    if (failures.isEmpty()) {
      return ExitStatus.DONE;
    }
    return single ? failures.getFirst().status() : ExitStatus.SOME_FAILED;
  }

  void caption(
      Inputs.Found inputs, Location location, CaptionerOptions options, ReadOptions readOptions) {
    // The small files first: what is wrong with them is known before the weights are read.
    Bundle bundle = new ModelFolders(terminal, quiet).bundle(location);
    String size = size(bundle);
    List<Target> targets = targets(inputs.pictures(), size);
    ResultWriter writer = new ResultWriter(terminal.results(), plan.format(), inputs.single());
    try (LazyCaptioner captioner = new LazyCaptioner(() -> Captioner.open(bundle, options))) {
      boolean visible = targets.size() > 1 && terminal.messagesAreTerminal() && !quiet;
      ProgressBar progress = new ProgressBar(terminal.messages(), visible, targets.size());
      CaptionRequest request = plan.request().apply(bundle.config().maxLength());
      new CaptionLoop(this, captioner, request, new ImageFileReader(readOptions), writer, progress)
          .run(targets);
    }
    writer.end();
  }

  /// What the model is; a wrong `-S` is corrected aloud, as the shapes say it.
  private String size(Bundle bundle) {
    String size = bundle.config().size();
    boolean known = size.equals("S") || size.equals("L");
    if (plan.size() == null || (known && size.equals(plan.size().toString()))) {
      return size;
    }
    if (!known) {
      return plan.size().toString(); // the original names pictures after the option, too
    }
    warn("the model is of size %s, not %s as -S says".formatted(size, plan.size()));
    return size;
  }

  private List<Target> targets(List<Input> inputs, String size) {
    Targets targets = new Targets(plan.overlay(), plan.sidecar(), size);
    List<Target> wanted = new ArrayList<>();
    int skipped = 0;
    for (Input input : inputs) {
      try {
        Target target = targets.of(input);
        if (plan.skipExisting() && target.exists()) {
          skipped++;
        } else {
          wanted.add(target);
        }
      } catch (RuntimeException e) {
        fail(input, e);
      }
    }
    if (skipped > 0 && !quiet) {
      terminal.note("note: %d skipped, done before".formatted(skipped));
    }
    return wanted;
  }

  ReadImage read(Input input, ImageFileReader reader) throws IOException {
    return switch (input) {
      case Input.File file -> reader.read(file.path());
      case Input.Stdin _ -> reader.read(terminal.in(), input.label());
    };
  }

  boolean wantsOverlays() {
    return plan.overlay() != null;
  }

  /// Writes the files of a picture.
  ///
  /// @param image empty where no overlay is wanted
  void save(Target target, CaptionResult result, Optional<Image> image) throws IOException {
    String caption = result.best().text();
    if (target.sidecar().isPresent()) {
      String text = plan.sidecar() == SidecarFormat.TXT ? caption : result.json();
      AtomicFile.write(target.sidecar().get(), (text + "\n").getBytes(StandardCharsets.UTF_8));
    }
    if (target.overlay().isPresent()) {
      Path file = target.overlay().get();
      Files.createDirectories(file.toAbsolutePath().resolveSibling(""));
      JpegWriter.write(CaptionOverlay.draw(image.orElseThrow(), caption, plan.placement()), file);
    }
  }
}
