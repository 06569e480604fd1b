package org.clipscribe.media.video;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.clipscribe.captioner.video.FrameSource.Sink;
import org.clipscribe.captioner.video.VideoInfo;
import org.clipscribe.clip.Image;
import org.clipscribe.nn.BadInputException;

/// The `ffmpeg` of the machine, for what we cannot decode. One process hands over raw pixels
/// through a pipe; its arguments never go through a shell, and it may open nothing but the file.
final class Ffmpeg {
  /// So long may it say nothing.
  private static final long PATIENCE_MILLIS = 30_000;

  /// Above this, it is simpler to have it hand over all frames and to leave some out here.
  private static final int MOST_TERMS = 50;

  private final Path program;

  private Ffmpeg(Path program) {
    this.program = program;
  }

  /// The first `ffmpeg` in the folders of a search path, without those that are relative: what lies
  /// in the current folder is not run.
  static Optional<Ffmpeg> find(Map<String, String> environment) {
    return program("ffmpeg", environment).map(Ffmpeg::new);
  }

  private static Optional<Path> program(String name, Map<String, String> environment) {
    String path = environment.getOrDefault("PATH", "");
    return Arrays.stream(path.split(System.getProperty("path.separator")))
        .filter(folder -> !folder.isBlank())
        .map(Path::of)
        .filter(Path::isAbsolute)
        .flatMap(folder -> List.of(folder.resolve(name), folder.resolve(name + ".exe")).stream())
        .filter(Files::isExecutable)
        .findFirst();
  }

  /// What `ffprobe` says of a file whose container we do not know.
  ///
  /// @param times when each frame appears, sorted
  record Listing(VideoInfo info, long[] times) {}

  /// @throws BadInputException when there is no `ffprobe` beside it or it finds no video
  Listing list(Path file) {
    Path ffprobe =
        program.resolveSibling(program.getFileName().toString().replace("ffmpeg", "ffprobe"));
    if (!Files.isExecutable(ffprobe)) {
      throw new BadInputException(
          file, "is of a kind that needs ffprobe, which is not beside " + program);
    }
    List<String> command = new ArrayList<>(List.of(ffprobe.toString(), "-v", "error"));
    command.addAll(List.of("-protocol_whitelist", "file,pipe", "-select_streams", "v:0"));
    command.addAll(
        List.of(
            "-show_entries",
            "stream=codec_name,width,height,duration:stream_side_data=rotation"
                + ":format=format_name,duration:packet=pts_time,duration_time",
            "-of",
            "default=noprint_wrappers=1",
            url(file)));
    FfprobeOutput output = new FfprobeOutput();
    run(
        command,
        process -> {
          try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            lines.lines().forEach(output::line);
          }
        },
        file,
        new AtomicLong(System.nanoTime()));
    return output.listing(file);
  }

  private static String url(Path file) {
    // With the protocol, so that no name is taken for an option or for an address.
    return "file:" + file.toAbsolutePath();
  }

  /// Decodes frames.
  ///
  /// @param wanted ascending
  /// @param width of upright pictures
  /// @throws BadInputException when it yields none
  void read(Path file, int[] wanted, int width, int height, Sink sink) {
    if (wanted.length == 0) {
      return;
    }
    boolean all = wanted.length > MOST_TERMS;
    String filter =
        (all ? "" : selection(wanted) + ",")
            + "setpts=N/(25*TB),scale=%d:%d".formatted(width, height);
    List<String> command = new ArrayList<>(List.of(program.toString(), "-nostdin", "-v", "error"));
    command.addAll(List.of("-protocol_whitelist", "file,pipe", "-i", url(file), "-map", "0:v:0"));
    // Times are made even so that no version of it leaves frames out or repeats them.
    command.addAll(List.of("-vf", filter, "-r", "25", "-an", "-sn", "-dn"));
    if (!all) {
      command.addAll(List.of("-frames:v", Integer.toString(wanted.length)));
    }
    command.addAll(List.of("-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"));
    AtomicLong heard = new AtomicLong(System.nanoTime());
    int[] next = {0};
    String complaint =
        run(
            command,
            process -> {
              DataInputStream in = new DataInputStream(process.getInputStream());
              for (int frame = 0; next[0] < wanted.length; frame++) {
                byte[] rgb = new byte[3 * width * height];
                in.readFully(rgb);
                heard.set(System.nanoTime());
                if (!all || frame == wanted[next[0]]) {
                  sink.frame(wanted[next[0]], new Image(width, height, rgb));
                  next[0]++;
                }
              }
            },
            file,
            heard);
    if (next[0] == 0) {
      throw new BadInputException(
          file,
          "none of its frames can be decoded by ffmpeg"
              + (complaint.isEmpty() ? "" : ": " + complaint));
    }
    for (int i = next[0]; i < wanted.length; i++) {
      sink.lost(
          wanted[i], "ffmpeg did not get there" + (complaint.isEmpty() ? "" : ": " + complaint));
    }
  }

  private static String selection(int[] wanted) {
    return IntStream.of(wanted)
        .mapToObj(frame -> "eq(n\\," + frame + ")")
        .collect(Collectors.joining("+", "select='", "'"));
  }

  /// Talks to a process.
  private interface Talk {
    void with(Process process) throws IOException;
  }

  /// @return the last line it complained with, or nothing
  private static String run(List<String> command, Talk talk, Path file, AtomicLong heard) {
    Process process;
    try {
      process = new ProcessBuilder(command).start();
    } catch (IOException e) {
      throw new BadInputException(file.toString(), "ffmpeg cannot be started (" + e + ")", e);
    }
    String[] complaint = {""};
    Thread listener =
        Thread.ofVirtual()
            .start(
                () ->
                    process
                        .errorReader(StandardCharsets.UTF_8)
                        .lines()
                        .forEach(line -> complaint[0] = line));
    Thread guard = Thread.ofVirtual().start(() -> guard(process, heard));
    try {
      process.getOutputStream().close();
      talk.with(process);
    } catch (EOFException e) {
      // It has no more frames; what it said tells why.
    } catch (IOException e) {
      complaint[0] = e.toString();
    } finally {
      end(process, listener, guard);
    }
    return complaint[0];
  }

  private static void end(Process process, Thread listener, Thread guard) {
    guard.interrupt();
    try {
      if (!process.waitFor(100, TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
      listener.join(1000);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private static void guard(Process process, AtomicLong heard) {
    try {
      while (System.nanoTime() - heard.get() < TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS)) {
        Thread.sleep(100);
      }
      process.destroyForcibly();
    } catch (InterruptedException e) {
      // It came to its end.
    }
  }
}
