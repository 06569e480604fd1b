package org.clipscribe.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.clipscribe.captioner.CaptionRequest;
import org.clipscribe.captioner.CaptionerOptions;
import org.clipscribe.cli.ModelLocator.Location;
import org.clipscribe.cli.Targets.SidecarFormat;
import org.clipscribe.media.CaptionOverlay.Placement;
import org.clipscribe.media.ReadOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Captions pictures.
@Command(
    name = "caption",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = "Say what pictures show.",
    footerHeading = "%nExample:%n",
    footer = {
      "  clipscribe caption --model models/small --jsonl -r holiday > captions.jsonl",
      "  clipscribe caption --beams 4 -n 3 --prompt \"a photo of\" --json photo.jpg",
      "",
      "Results are printed as they come; a picture that cannot be read is an error on",
      "stderr and does not stop the others."
    })
final class CaptionCommand implements Callable<Integer> {
  private final Clipscribe root;
  private final Terminal terminal;

  @Parameters(
      paramLabel = "IMAGE",
      arity = "0..*",
      description = "Picture files, folders, patterns like 'a/**/*.jpg', or - for standard input.")
  private List<String> images = List.of();

  @Option(
      names = {"-r", "--recursive"},
      description = "Look into the folders of folders too.")
  private boolean recursive;

  @ArgGroup(validate = false, heading = "%nModel:%n")
  private final ModelOptions model = new ModelOptions();

  @ArgGroup(validate = false, heading = "%nResults:%n")
  private final OutputOptions output = new OutputOptions();

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "What every caption begins with; the model goes on from there.")
  private String prompt = "";

  @ArgGroup(validate = false, heading = "%nWriting captions:%n")
  private final DecodingOptions decoding = new DecodingOptions();

  @ArgGroup(validate = false, heading = "%nReading pictures:%n")
  private final ReadingOptions reading = new ReadingOptions();

  @ArgGroup(validate = false, heading = "%nOptions of the original toolkit:%n")
  private final OriginalOptions original = new OriginalOptions();

  CaptionCommand(Clipscribe root, Terminal terminal) {
    this.root = root;
    this.terminal = terminal;
  }

  /// Where captions go.
  static final class OutputOptions {
    @Option(
        names = "--json",
        description = "One JSON document: an object for one picture, an array for more.")
    boolean json;

    @Option(names = "--jsonl", description = "A JSON object a line, whatever the number.")
    boolean jsonLines;

    @Option(
        names = "--overlay",
        paramLabel = "DIR",
        description = "Save each picture with its caption, as DIR/NAME-R<size>.jpg.")
    @Nullable Path overlay;

    @Option(
        names = "--placement",
        paramLabel = "under|over",
        description = "Where the caption stands on saved pictures (default: under).")
    Placement placement = Placement.UNDER;

    @Option(
        names = "--sidecar",
        paramLabel = "txt|json",
        description = "Write NAME.txt or NAME.json beside each picture.")
    @Nullable SidecarFormat sidecar;

    @Option(
        names = "--skip-existing",
        description = "Leave out pictures whose overlay and sidecar are there already.")
    boolean skipExisting;
  }

  /// How picture files are read.
  static final class ReadingOptions {
    @Option(
        names = "--no-upright",
        description =
            "Do not turn pictures as their EXIF orientation says; the original toolkit does not.")
    boolean asStored;

    @Option(
        names = "--allow-damaged",
        description = "Use damaged pictures as far as they go, with a warning.")
    boolean allowDamaged;

    @Option(
        names = "--max-pixels",
        paramLabel = "N",
        description = "Refuse larger pictures (default: ${DEFAULT-VALUE}).")
    long maxPixels = ReadOptions.DEFAULT_MAX_PIXELS;

    ReadOptions options() {
      if (maxPixels < 1) {
        throw CommandException.usage("--max-pixels is " + maxPixels + ", at least 1");
      }
      return ReadOptions.DEFAULT
          .withUpright(!asStored)
          .withAllowDamaged(allowDamaged)
          .withMaxPixels(maxPixels);
    }
  }

  /// What its command lines are used to.
  static final class OriginalOptions {
    /// Where the original saves pictures unless told otherwise.
    static final Path RESULTS = Path.of("data", "result", "prediction");

    @Option(
        names = {"-I", "--img-path"},
        paramLabel = "FILE",
        description = "The picture; it is also saved with its caption, see -R.")
    @Nullable String image;

    @ArgGroup(exclusive = false)
    OriginalModel model = new OriginalModel();

    @Option(
        names = {"-R", "--res-path"},
        paramLabel = "DIR",
        description = "The same as --overlay (default with -I: data/result/prediction).")
    @Nullable Path results;
  }

  @Override
  public Integer call() {
    ReadOptions readOptions = reading.options();
    CaptionerOptions captionerOptions = model.compute.captionerOptions();
    CaptionRun.Plan plan = plan();
    CaptionRequest _ = plan.request().apply(1); // wrong options are told before anything is read
    List<String> arguments = new ArrayList<>(images);
    if (original.image != null) {
      arguments.add(original.image);
    }
    if (arguments.isEmpty()) {
      throw CommandException.usage("nothing to caption: name a picture, a folder or -");
    }
    if (plan.sidecar() != null && arguments.contains("-")) {
      throw CommandException.usage("--sidecar needs files, standard input has no place beside it");
    }
    decoding.noteTemperature(terminal, root.quiet());
    Inputs.Found inputs = Inputs.find(arguments, recursive);
    CaptionRun run = new CaptionRun(terminal, plan, root.quiet(), root.debug());
    run.fail(inputs.failures());
    if (!inputs.pictures().isEmpty()) {
      Location location = model.location(terminal, original.model);
      run.caption(inputs, location, captionerOptions, readOptions);
    }
    return run.status(inputs.single());
  }

  private CaptionRun.Plan plan() {
    if (output.json && output.jsonLines) {
      throw CommandException.usage("--json and --jsonl exclude each other");
    }
    if (output.overlay != null && original.results != null) {
      throw CommandException.usage("--overlay and -R are the same; give one of them");
    }
    Path overlay = output.overlay == null ? original.results : output.overlay;
    if (overlay == null && original.image != null) {
      overlay = OriginalOptions.RESULTS;
    }
    if (output.skipExisting && overlay == null && output.sidecar == null) {
      throw CommandException.usage("--skip-existing needs --overlay or --sidecar");
    }
    ResultFormat format = ResultFormat.TEXT;
    if (output.json || output.jsonLines) {
      format = output.json ? ResultFormat.JSON : ResultFormat.JSON_LINES;
    }
    return new CaptionRun.Plan(
        format,
        overlay,
        output.placement,
        output.sidecar,
        output.skipExisting,
        original.model.size(),
        this::request);
  }

  private CaptionRequest request(int usualTokens) {
    return new CaptionRequest(decoding.decoding(usualTokens), prompt, decoding.stops());
  }
}
