package org.clipscribe.cli;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.clipscribe.captioner.CaptionerOptions;
import org.clipscribe.cli.ModelLocator.Location;
import org.clipscribe.media.video.FilmOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Captions a film.
@Command(
    name = "video",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = "Say what a film shows, as subtitles.",
    footerHeading = "%nExample:%n",
    footer = {
      "  clipscribe video --model models/small --scenes --formats srt,html holiday.mp4",
      "",
      "Reads MP4, QuickTime, Matroska, WebM and MPEG-TS with H.264, motion JPEG or",
      "ProRes, animated GIFs and folders of pictures; other films with the help of an",
      "ffmpeg on the PATH. Writes NAME_caption.srt and .json beside the film."
    })
final class VideoCommand implements Callable<Integer> {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(ms|s|m|h)?");
  private static final int USUAL_FRAMES = 10;
  private static final int MOST_FRAMES = 1_000_000;

  private final Clipscribe root;
  private final Terminal terminal;

  @Parameters(paramLabel = "FILM", arity = "0..1", description = "A film, or a folder of pictures.")
  private @Nullable String film;

  @Option(
      names = {"-n", "-N", "--num-frames"},
      paramLabel = "N",
      description = "Captions, evenly spread over the film (default: " + USUAL_FRAMES + ").")
  private @Nullable Integer frames;

  @Option(
      names = "--every",
      paramLabel = "TIME",
      description = "A caption every so often instead, like 5s, 500ms or 1m.")
  private @Nullable String every;

  @Option(names = "--scenes", description = "A caption for each shot instead.")
  private boolean scenes;

  @Option(names = "--merge", description = "Join neighbours with the same caption.")
  private boolean merge;

  @ArgGroup(validate = false, heading = "%nModel:%n")
  private final ModelOptions model = new ModelOptions();

  @ArgGroup(validate = false, heading = "%nResults:%n")
  private final OutputOptions output = new OutputOptions();

  @ArgGroup(validate = false, heading = "%nReading the film:%n")
  private final ReadingOptions reading = new ReadingOptions();

  @ArgGroup(validate = false, heading = "%nOptions of the original toolkit:%n")
  private final OriginalOptions original = new OriginalOptions();

  VideoCommand(Clipscribe root, Terminal terminal) {
    this.root = root;
    this.terminal = terminal;
  }

  /// What is written.
  enum Format {
    /// SubRip.
    SRT,
    /// WebVTT.
    VTT,
    /// The original toolkit's.
    JSON,
    /// A page with the pictures.
    HTML
  }

  /// Where captions go.
  static final class OutputOptions {
    @Option(
        names = "--formats",
        paramLabel = "srt,vtt,json,html",
        split = ",",
        description = "Files to write (default: srt,json); html is a page with the pictures.")
    Set<Format> formats = new LinkedHashSet<>(List.of(Format.SRT, Format.JSON));

    @Option(
        names = "--out",
        paramLabel = "DIR",
        description = "Where to write them (default: beside the film).")
    @Nullable Path folder;

    @Option(
        names = "--keep-frames",
        description = "Keep the pictures too, in NAME_captioning_frames.")
    boolean keepFrames;

    @Option(names = "--json", description = "Print one JSON document with all that is known.")
    boolean json;

    @Option(names = "--crlf", description = "End lines of SRT files as Windows does.")
    boolean crlf;
  }

  /// How the film is read.
  static final class ReadingOptions {
    @Option(
        names = "--no-ffmpeg",
        description = "Never start an ffmpeg, also not for what cannot be read without.")
    boolean noFfmpeg;

    @Option(
        names = "--fps",
        paramLabel = "N",
        description = "Pictures of a folder in a second (default: ${DEFAULT-VALUE}).")
    double fps = 1;
  }

  /// What its command lines are used to.
  static final class OriginalOptions {
    @Option(
        names = {"-V", "--video-path"},
        paramLabel = "FILE",
        description = "The film; captions end half-way to the next and frames are kept, as there.")
    @Nullable String film;

    @ArgGroup(exclusive = false)
    OriginalModel model = new OriginalModel();
  }

  @Override
  public Integer call() {
    CaptionerOptions options = model.compute.captionerOptions();
    VideoRun.Plan plan = plan();
    Location location = model.location(terminal, original.model);
    FilmOptions filmOptions =
        FilmOptions.DEFAULT
            .withFfmpeg(!reading.noFfmpeg)
            .withThreads(Math.min(options.threads(), Runtime.getRuntime().availableProcessors()))
            .withPicturesPerSecond(reading.fps);
    return new VideoRun(terminal, plan, root.quiet()).run(location, options, filmOptions);
  }

  private VideoRun.Plan plan() {
    if ((film == null) == (original.film == null)) {
      throw CommandException.usage(
          film == null ? "nothing to caption: name a film" : "the film is named twice, also by -V");
    }
    int ways = (frames == null ? 0 : 1) + (every == null ? 0 : 1) + (scenes ? 1 : 0);
    if (ways > 1) {
      throw CommandException.usage("-n, --every and --scenes exclude each other");
    }
    if (!(reading.fps > 0 && reading.fps <= 1000)) {
      throw CommandException.usage("--fps is " + reading.fps + ", above 0 and at most 1000");
    }
    int count = frames == null ? USUAL_FRAMES : frames;
    if (count < 1 || count > MOST_FRAMES) {
      throw CommandException.usage("-n is " + count + ", 1 to " + MOST_FRAMES);
    }
    boolean asOriginal = original.film != null;
    return new VideoRun.Plan(
        Path.of(asOriginal ? original.film : film),
        count,
        every == null ? 0 : nanos(every),
        scenes,
        merge,
        asOriginal,
        Set.copyOf(output.formats),
        output.folder,
        output.keepFrames || asOriginal,
        output.json,
        output.crlf);
  }

  static long nanos(String duration) {
    Matcher matcher = DURATION.matcher(duration.strip());
    if (!matcher.matches()) {
      throw CommandException.usage(
          "--every is %s, a time like 5s, 500ms or 1m".formatted(duration));
    }
    double unit =
        switch (matcher.group(2)) {
          case "ms" -> 1e6;
          case "m" -> 60e9;
          case "h" -> 3600e9;
          case null, default -> 1e9;
        };
    long nanos = Math.round(Double.parseDouble(matcher.group(1)) * unit);
    if (nanos < 1_000_000) {
      throw CommandException.usage("--every is %s, at least 1ms".formatted(duration));
    }
    return nanos;
  }
}
