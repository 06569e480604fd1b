package org.clipscribe.media.video;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.clipscribe.captioner.video.FrameSource;
import org.clipscribe.captioner.video.VideoInfo;
import org.clipscribe.clip.Image;
import org.clipscribe.media.video.Decoding.CodedFilm;

/// A film whose pictures depend on each other, decoded in a process of its own.
final class DecodedFilm implements FrameSource {
  /// Above this many bytes of pictures that one run may hold back, runs are done one by one.
  private static final long MOST_HELD_BYTES = 64 << 20;

  private final FileBytes file;
  private final Track track;
  private final CodedFilm film;
  private final VideoInfo info;
  private final int slots;
  private final Groups groups;

  DecodedFilm(FileBytes file, Track track, CodedFilm film, VideoInfo info, int slots) {
    this.file = file;
    this.track = track;
    this.film = film;
    this.info = info;
    this.slots = slots;
    this.groups = new Groups(film.samples());
  }

  @Override
  public VideoInfo info() {
    return info;
  }

  @Override
  public int frames() {
    return track.timeline().frames();
  }

  @Override
  public long time(int frame) {
    return track.timeline().times()[frame];
  }

  @Override
  public List<String> notices() {
    return track.notices();
  }

  @Override
  public void read(int[] wanted, Sink sink) {
    int[] samples = Arrays.stream(wanted).map(frame -> track.timeline().samples()[frame]).toArray();
    List<Run> runs = runs(samples, Wire.FRAME);
    long held = 3L * film.width() * film.height() * wanted.length / Math.max(1, runs.size());
    InOrder receiver = new InOrder(wanted, track.timeline(), info.rotation(), sink);
    new Decoding(film).decode(runs, held > MOST_HELD_BYTES ? 1 : slots, receiver);
    if (wanted.length > 0 && receiver.delivered() == 0) {
      throw file.refuse(
          "none of its frames can be decoded: %s; get a fresh copy"
              .formatted(receiver.lastFault()));
    }
  }

  @Override
  public void survey(Survey survey) {
    byte[][] thumbnails = new byte[film.samples().count()][];
    String[] fault = {""};
    new Decoding(film)
        .decode(
            runs(track.timeline().samples(), Wire.THUMBNAIL),
            slots,
            new Decoding.Receiver() {
              @Override
              public void frame(int sample, Image stored) {
                throw new IllegalStateException("frame: not wanted");
              }

              @Override
              public void thumbnail(int sample, byte[] luma) {
                thumbnails[sample] = luma;
              }

              @Override
              public void lost(int sample, String why) {
                fault[0] = why;
              }
            });
    int seen = 0;
    for (int frame = 0; frame < frames(); frame++) {
      byte[] luma = thumbnails[track.timeline().samples()[frame]];
      if (luma != null) {
        survey.thumbnail(frame, luma);
        seen++;
      }
    }
    if (seen == 0) {
      throw file.refuse("none of its frames can be decoded: %s".formatted(fault[0]));
    }
  }

  /// What must be decoded for the samples that are wanted: from the sync sample before each on,
  /// without those that no other refers to and those that are shown before the sync sample.
  private List<Run> runs(int[] wanted, byte wish) {
    BitSet open = new BitSet();
    Arrays.stream(wanted).forEach(open::set);
    Map<Integer, Integer> ends = new TreeMap<>(); // of the samples that start at the same one
    open.stream().forEach(sample -> ends.merge(groups.startOf(sample), sample, Math::max));
    List<Run> runs = new ArrayList<>();
    ends.forEach((start, end) -> runs.add(run(start, end, open, wish)));
    return runs;
  }

  private Run run(int start, int end, BitSet wanted, byte wish) {
    Samples samples = film.samples();
    int[] chosen =
        IntStream.rangeClosed(start, end)
            .filter(
                i ->
                    (wanted.get(i) && groups.startOf(i) == start)
                        || (samples.times()[i] >= samples.times()[start] && isReference(i)))
            .toArray();
    byte[] wishes = new byte[chosen.length];
    for (int i = 0; i < chosen.length; i++) {
      boolean isWanted = wanted.get(chosen[i]) && groups.startOf(chosen[i]) == start;
      wishes[i] = isWanted ? wish : Wire.DECODE;
    }
    return new Run(chosen, wishes);
  }

  /// Whether other pictures may refer to a sample; all samples of ProRes stand alone.
  private boolean isReference(int sample) {
    try {
      return film.codec() != Wire.H264
          || film.setup().firstUnits(film.samples().data().head(sample)).stream()
              .anyMatch(unit -> isSlice(unit) && (unit[0] >> 5 & 3) != 0);
    } catch (FileBytes.Damage e) {
      return true;
    }
  }

  private static boolean isSlice(byte[] unit) {
    int type = unit[0] & 31;
    return type >= H264Setup.SLICE && type <= H264Setup.KEY_SLICE;
  }

  @Override
  public void close() {
    file.close();
  }
}
