package org.clipscribe.media.video;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.clipscribe.captioner.video.FrameSource;
import org.clipscribe.captioner.video.VideoInfo;
import org.clipscribe.clip.Image;
import org.clipscribe.media.ImageFileReader;
import org.clipscribe.media.Orientation;
import org.clipscribe.media.video.Decoding.CodedFilm;
import org.clipscribe.nn.BadInputException;
import org.jspecify.annotations.Nullable;

/// Opens films: MP4, QuickTime, Matroska, WebM and MPEG transport streams with H.264, motion JPEG
/// or ProRes, animated GIFs and folders of pictures; whatever else an `ffmpeg` on the search path
/// can read.
///
/// A film is looked at before it is decoded: what JCodec cannot decode goes to `ffmpeg`, or is
/// refused by name. Where JCodec drifts from the standard by what no caption depends on (at worst
/// 32 dB of signal to noise, measured), `ffmpeg` is preferred and not needed. Decoding happens in a
/// process of its own.
public final class Films {
  /// 8K has half as many.
  private static final long MOST_PIXELS = 72_000_000;

  /// How many samples are looked at for parameters that a stream carries itself.
  private static final int SAMPLES_TO_PROBE = 60;

  /// How many samples are looked at for what JCodec decodes with drift: a read of the file for
  /// each, so that a film of ten hours opens as fast as one of a minute.
  private static final int MOST_SAMPLES_TO_JUDGE = 4096;

  /// That many of them in a row: encoders repeat patterns of a few pictures, of which samples at
  /// equal distances might see one kind only.
  private static final int SAMPLES_IN_A_ROW = 32;

  private final FilmOptions options;
  private final Optional<Ffmpeg> ffmpeg;

  private Films(FilmOptions options, Map<String, String> environment) {
    this.options = options;
    this.ffmpeg = options.ffmpeg() ? Ffmpeg.find(environment) : Optional.empty();
  }

  public static FrameSource open(Path file) {
    return open(file, FilmOptions.DEFAULT);
  }

  /// @throws BadInputException when it is no film, damaged, or coded in a way that cannot be
  ///     decoded
  public static FrameSource open(Path file, FilmOptions options) {
    return open(file, options, System.getenv());
  }

  /// @param environment where `PATH` says where an `ffmpeg` may be
  public static FrameSource open(Path file, FilmOptions options, Map<String, String> environment) {
    return new Films(options, environment).openPath(file);
  }

  private FrameSource openPath(Path path) {
    if (Files.isDirectory(path)) {
      return folder(path);
    }
    FileBytes file = FileBytes.open(path);
    boolean kept = false;
    try {
      FrameSource film = open(file);
      kept = film instanceof DecodedFilm || film.info().codec().equals("mjpeg");
      return film;
    } catch (FileBytes.Damage e) {
      throw new BadInputException(
          path.toString(), "cannot be played: " + e.getMessage() + "; get a fresh copy", e);
    } finally {
      if (!kept) {
        file.close();
      }
    }
  }

  private FrameSource open(FileBytes file) {
    if (file.size() < 16) {
      throw file.refuse("is too small for a film: %d bytes".formatted(file.size()));
    }
    ByteBuffer head = file.read(0, Math.min(1024, file.size()));
    String latin = StandardCharsets.ISO_8859_1.decode(head.duplicate()).toString();
    if (latin.startsWith("GIF8")) {
      return GifFilm.open(file.path());
    }
    @Nullable Track track = track(file, head, latin);
    return track == null ? unknown(file) : film(file, track);
  }

  private static @Nullable Track track(FileBytes file, ByteBuffer head, String latin) {
    String box = latin.substring(4, 8);
    if (List.of("ftyp", "moov", "mdat", "free", "skip", "wide", "pnot").contains(box)) {
      return Mp4File.read(file);
    }
    if (head.getInt(0) == MatroskaFile.EBML) {
      return MatroskaFile.read(file);
    }
    if (isStream(head, 0, TransportStream.PACKET)) {
      return TransportStream.read(file, TransportStream.PACKET);
    }
    return isStream(head, 4, TransportStream.STAMPED_PACKET)
        ? TransportStream.read(file, TransportStream.STAMPED_PACKET)
        : null;
  }

  private static boolean isStream(ByteBuffer head, int from, int stride) {
    int packets = 0;
    for (int at = from; at < head.limit(); at += stride) {
      if ((head.get(at) & 0xff) != TransportStream.SYNC) {
        return false;
      }
      packets++;
    }
    return packets > 1;
  }

  private FrameSource unknown(FileBytes file) {
    if (ffmpeg.isEmpty()) {
      throw file.refuse(
          "is no film that can be read: not MP4, QuickTime, Matroska, WebM, MPEG-TS or GIF; "
              + remedy());
    }
    Ffmpeg.Listing listing = ffmpeg.get().list(file.path());
    return new FfmpegFilm(ffmpeg.get(), file.path(), listing.info(), listing.times(), List.of());
  }

  private FrameSource film(FileBytes file, Track track) {
    return switch (track.codec()) {
      case "h264" -> h264(file, track);
      case "prores" -> {
        H264Setup none = new H264Setup(0, List.of(), List.of());
        int width = wholeBlocks(track.width());
        yield decoded(
            file, track, Wire.PRORES, none, width, wholeBlocks(track.height()), 0, track.colours());
      }
      case "mjpeg" -> pictures(file, track);
      default -> elsewhere(file, track, track.codec().toUpperCase(Locale.ROOT) + " video");
    };
  }

  private static int wholeBlocks(int pixels) {
    return (pixels + 15) / 16 * 16;
  }

  private FrameSource h264(FileBytes file, Track track) {
    Samples samples = track.samples();
    H264Probe probe =
        new H264Probe(
            track.setup().length == 0
                ? new H264Setup(0, List.of(), List.of())
                : H264Setup.parse(track.setup()));
    for (int i = 0;
        i < Math.min(SAMPLES_TO_PROBE, samples.count()) && probe.sequence().isEmpty();
        i++) {
      probe.look(samples.data().head(i));
    }
    String unsupported = probe.unsupported();
    if (unsupported != null) {
      return elsewhere(file, track, unsupported);
    }
    H264Sequence sequence = probe.sequence().orElseThrow();
    boolean drifts = drifts(samples, probe);
    if (drifts && ffmpeg.isPresent()) {
      return elsewhere(file, track, "H.264 with temporal direct prediction");
    }
    Colours colours = sequence.colours() == null ? track.colours() : sequence.colours();
    List<String> notices = new ArrayList<>(track.notices());
    if (drifts) {
      notices.add(
          "its H.264 uses temporal direct prediction: pictures may differ a little from what players"
              + " show; with an ffmpeg on the PATH they do not");
    }
    Track sized =
        new Track(
            track.container(),
            track.codec(),
            track.setup(),
            sequence.width(),
            sequence.height(),
            track.rotation(),
            colours,
            samples,
            track.timeline(),
            List.copyOf(notices));
    return decoded(
        file,
        sized,
        Wire.H264,
        probe.setup(),
        sequence.codedWidth(),
        sequence.codedHeight(),
        sequence.references(),
        colours);
  }

  /// Whether any of the samples is predicted in the way that JCodec gets wrong. Encoders choose it
  /// picture by picture, so all samples of a film of some minutes are looked at, of a longer one a
  /// few in a row at many places; their headers are what is read.
  private static boolean drifts(Samples samples, H264Probe probe) {
    return judged(samples.count())
        .anyMatch(
            i -> {
              try {
                return probe.drifts(samples.data().head(i));
              } catch (FileBytes.Damage e) {
                return false; // the decoder will say that it is damaged
              }
            });
  }

  /// The samples that stand for all of them, ascending.
  static IntStream judged(int count) {
    if (count <= MOST_SAMPLES_TO_JUDGE) {
      return IntStream.range(0, count);
    }
    int places = MOST_SAMPLES_TO_JUDGE / SAMPLES_IN_A_ROW;
    return IntStream.range(0, places)
        .map(place -> (int) ((long) place * (count - SAMPLES_IN_A_ROW) / (places - 1)))
        .flatMap(from -> IntStream.range(from, from + SAMPLES_IN_A_ROW));
  }

  private FrameSource decoded(
      FileBytes file,
      Track track,
      byte codec,
      H264Setup setup,
      int width,
      int height,
      int references,
      Colours colours) {
    if ((long) width * height > MOST_PIXELS || width < 1 || height < 1) {
      throw file.refuse("is too large: %d x %d pixels".formatted(width, height));
    }
    CodedFilm film =
        new CodedFilm(
            file.path(), codec, setup, width, height, references, colours, track.samples());
    return new DecodedFilm(file, track, film, info(track), options.threads());
  }

  private static VideoInfo info(Track track) {
    boolean lying = track.rotation() == 90 || track.rotation() == 270;
    return new VideoInfo(
        track.container(),
        track.codec(),
        lying ? track.height() : track.width(),
        lying ? track.width() : track.height(),
        track.rotation(),
        track.timeline().durationNanos());
  }

  private static FrameSource pictures(FileBytes file, Track track) {
    ImageFileReader reader = new ImageFileReader();
    PictureFilm.Pictures pictures =
        new PictureFilm.Pictures() {
          @Override
          public Image read(int frame) {
            ByteBuffer bytes = track.samples().data().read(track.timeline().samples()[frame]);
            byte[] jpeg = new byte[bytes.remaining()];
            bytes.get(jpeg);
            Image stored =
                reader.read(jpeg, "%s, frame %d".formatted(file.origin(), frame)).image();
            return Orientation.upright(stored, InOrder.orientation(track.rotation()));
          }

          @Override
          public void close() {
            file.close();
          }
        };
    return new PictureFilm(info(track), track.timeline().times(), pictures, track.notices());
  }

  /// What we cannot decode: through `ffmpeg`, with the times that we read ourselves.
  private FrameSource elsewhere(FileBytes file, Track track, String what) {
    if (ffmpeg.isEmpty()) {
      throw file.refuse(
          "%s in %s cannot be decoded here; %s".formatted(what, track.container(), remedy()));
    }
    if (track.width() < 1 || track.height() < 1) {
      Ffmpeg.Listing listing = ffmpeg.get().list(file.path());
      return new FfmpegFilm(
          ffmpeg.get(), file.path(), listing.info(), listing.times(), track.notices());
    }
    return new FfmpegFilm(
        ffmpeg.get(), file.path(), info(track), track.timeline().times(), track.notices());
  }

  private String remedy() {
    return options.ffmpeg()
        ? "install ffmpeg so that it is on the PATH, or convert it to H.264 in MP4"
        : "allow ffmpeg to be used, or convert it to H.264 in MP4";
  }

  private FrameSource folder(Path folder) {
    List<Path> files;
    try (Stream<Path> entries = Files.list(folder)) {
      files = entries.filter(Films::isPicture).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (files.isEmpty()) {
      throw new BadInputException(folder, "is a folder without pictures");
    }
    ImageFileReader reader = new ImageFileReader();
    Image first = reader.read(files.getFirst()).image();
    double each = 1e9 / options.picturesPerSecond();
    long[] times = IntStream.range(0, files.size()).mapToLong(i -> Math.round(i * each)).toArray();
    VideoInfo info =
        new VideoInfo(
            "folder",
            "pictures",
            first.width(),
            first.height(),
            0,
            Math.round(files.size() * each));
    return new PictureFilm(info, times, frame -> reader.read(files.get(frame)).image(), List.of());
  }

  private static boolean isPicture(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return !name.startsWith(".")
        && Stream.of(".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff")
            .anyMatch(name::endsWith);
  }
}
