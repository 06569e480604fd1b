package org.clipscribe.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.clipscribe.captioner.Captioner;
import org.clipscribe.captioner.CaptionerOptions;
import org.clipscribe.captioner.ModelInfo;
import org.clipscribe.captioner.video.FrameSource;
import org.clipscribe.captioner.video.Moment;
import org.clipscribe.captioner.video.Moments;
import org.clipscribe.captioner.video.Shots;
import org.clipscribe.captioner.video.Subtitles;
import org.clipscribe.captioner.video.TimedCaption;
import org.clipscribe.captioner.video.VideoCaptioner;
import org.clipscribe.cli.ModelLocator.Location;
import org.clipscribe.cli.VideoCommand.Format;
import org.clipscribe.clip.Image;
import org.clipscribe.media.JpegWriter;
import org.clipscribe.media.video.ContactSheet;
import org.clipscribe.media.video.FilmOptions;
import org.clipscribe.media.video.Films;
import org.clipscribe.nn.AtomicFile;
import org.jspecify.annotations.Nullable;

/// One run of `video`: nothing is written before all captions are there.
final class VideoRun {
  /// Shorter shots are flashes.
  private static final long SHORTEST_SHOT_NANOS = 500_000_000;

  private final Terminal terminal;
  private final Plan plan;
  private final boolean quiet;

  VideoRun(Terminal terminal, Plan plan, boolean quiet) {
    this.terminal = terminal;
    this.plan = plan;
    this.quiet = quiet;
  }

  /// What is to be done.
  ///
  /// @param everyNanos a caption each time that passed; 0 for `count` of them
  /// @param asOriginal whether captions end half-way to the next
  /// @param folder where files go; null for beside the film
  /// @param json whether one document goes to standard output
  record Plan(
      Path film,
      int count,
      long everyNanos,
      boolean scenes,
      boolean merge,
      boolean asOriginal,
      Set<Format> formats,
      @Nullable Path folder,
      boolean keepFrames,
      boolean json,
      boolean crlf) {

    /// The name of a file about the film.
    Path file(String ending) {
      Path absolute = film.toAbsolutePath().normalize();
      String name = String.valueOf(absolute.getFileName());
      int dot = name.lastIndexOf('.');
      String stem = dot > 0 && !Files.isDirectory(absolute) ? name.substring(0, dot) : name;
      return (folder == null ? absolute.resolveSibling("") : folder).resolve(stem + ending);
    }
  }

  /// @return the exit status
  int run(Location location, CaptionerOptions options, FilmOptions filmOptions) {
    ModelFolders models = new ModelFolders(terminal, quiet);
    // The film first: what is wrong with it is known before the weights are read.
    try (FrameSource film = Films.open(plan.film(), filmOptions, terminal.environment())) {
      if (!quiet) {
        film.notices().forEach(notice -> terminal.warning(plan.film() + ": " + notice));
      }
      List<Moment> moments = moments(film);
      try (Captioner captioner = models.open(location, options);
          Pictures pictures = new Pictures()) {
        Watcher watcher = new Watcher(moments, pictures);
        List<TimedCaption> captions = new VideoCaptioner(captioner).caption(film, moments, watcher);
        watcher.progress.clear();
        ModelInfo model = captioner.model();
        write(finished(captions), film, model, pictures);
        return watcher.lost == 0 ? ExitStatus.DONE : ExitStatus.SOME_FAILED;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private List<Moment> moments(FrameSource film) {
    if (plan.scenes()) {
      return Shots.of(film, SHORTEST_SHOT_NANOS);
    }
    return plan.everyNanos() > 0
        ? Moments.every(film, plan.everyNanos())
        : Moments.even(film, plan.count());
  }

  private List<TimedCaption> finished(List<TimedCaption> captions) {
    List<TimedCaption> shown = captions;
    if (plan.asOriginal()) {
      shown = captions.stream().map(c -> c.until((c.startMillis() + c.endMillis()) / 2)).toList();
    }
    return plan.merge() ? VideoCaptioner.merged(shown) : shown;
  }

  private void write(
      List<TimedCaption> captions, FrameSource film, ModelInfo model, Pictures pictures)
      throws IOException {
    Map<Path, byte[]> files = new LinkedHashMap<>();
    String name = plan.film().toString();
    for (Format format : Format.values()) {
      if (plan.formats().contains(format)) {
        switch (format) {
          case SRT -> files.put(plan.file("_caption.srt"), utf8(lines(Subtitles.srt(captions))));
          case VTT -> files.put(plan.file("_caption.vtt"), utf8(Subtitles.webVtt(captions)));
          case JSON ->
              files.put(plan.file("_caption.json"), utf8(Subtitles.originalJson(captions)));
          case HTML ->
              files.put(
                  plan.file("_caption.html"),
                  pictures.sheet.toBytes(name, film.info(), model, captions));
        }
      }
    }
    for (Map.Entry<Path, byte[]> file : files.entrySet()) {
      AtomicFile.write(file.getKey(), file.getValue());
    }
    List<Path> written = new ArrayList<>(files.keySet());
    if (plan.keepFrames()) {
      written.add(pictures.publish(plan.file("_captioning_frames")));
    }
    print(name, film, model, captions);
    if (!quiet) {
      written.forEach(file -> terminal.note("wrote " + shortly(file)));
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private String lines(String text) {
    return plan.crlf() ? text.replace("\n", "\r\n") : text;
  }

  private static Path shortly(Path file) {
    Path here = Path.of("").toAbsolutePath();
    return file.startsWith(here) ? here.relativize(file) : file;
  }

  private void print(String name, FrameSource film, ModelInfo model, List<TimedCaption> captions) {
    if (plan.json()) {
      terminal.results().line(Subtitles.json(name, film.info(), model, captions));
      return;
    }
    for (TimedCaption caption : captions) {
      terminal.results().line(Subtitles.time(caption.startMillis()) + "  " + caption.text());
    }
  }

  /// Follows the captioner, keeps what is wanted of the pictures, and counts what was lost.
  private final class Watcher implements VideoCaptioner.Observer {
    private final Map<Integer, List<Integer>> places = new HashMap<>();
    private final Pictures pictures;
    private final ProgressBar progress;
    private int done;
    private int lost;

    Watcher(List<Moment> moments, Pictures pictures) {
      for (int i = 0; i < moments.size(); i++) {
        places.computeIfAbsent(moments.get(i).frame(), _ -> new ArrayList<>()).add(i);
      }
      this.pictures = pictures;
      boolean visible = places.size() > 1 && terminal.messagesAreTerminal() && !quiet;
      this.progress = new ProgressBar(terminal.messages(), visible, places.size());
      progress.show(0, plan.film().toString());
    }

    @Override
    public void decoded(int frame, Image image) {
      pictures.keep(frame, places.getOrDefault(frame, List.of()), image);
      progress.show(++done, plan.film().toString());
    }

    @Override
    public void lost(int frame, String why) {
      lost++;
      progress.clear();
      terminal.warning("%s: frame %d is lost: %s".formatted(plan.film(), frame, why));
    }
  }

  /// The pictures of a run: thumbnails for the page, and files that appear when all are there.
  private final class Pictures implements AutoCloseable {
    private final ContactSheet sheet = new ContactSheet();
    private Optional<Path> hidden = Optional.empty();

    void keep(int frame, List<Integer> places, Image image) {
      if (plan.formats().contains(Format.HTML)) {
        sheet.add(frame, image);
      }
      if (plan.keepFrames()) {
        try {
          Path folder = hidden();
          for (int place : places) {
            JpegWriter.write(image, folder.resolve("frame_%04d.jpg".formatted(place)));
          }
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }

    private Path hidden() throws IOException {
      if (hidden.isEmpty()) {
        Path parent = plan.file("").toAbsolutePath().resolveSibling("");
        Files.createDirectories(parent);
        hidden = Optional.of(Files.createTempDirectory(parent, ".captioning_frames"));
      }
      return hidden.get();
    }

    /// Moves the pictures to where the user looks for them.
    Path publish(Path folder) throws IOException {
      Files.createDirectories(folder);
      for (Path picture : files(hidden())) {
        Files.move(
            picture, folder.resolve(picture.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
      return folder;
    }

    private static List<Path> files(Path folder) throws IOException {
      try (Stream<Path> entries = Files.list(folder)) {
        return entries.sorted().toList();
      }
    }

    @Override
    public void close() throws IOException {
      if (hidden.isPresent()) {
        for (Path left : files(hidden.get())) {
          Files.delete(left);
        }
        Files.delete(hidden.get());
      }
    }
  }
}
