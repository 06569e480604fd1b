package org.clipscribe.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.clipscribe.captioner.Caption;
import org.clipscribe.captioner.CaptionRequest;
import org.clipscribe.captioner.Captioner;
import org.clipscribe.captioner.PreparedImage;
import org.clipscribe.cli.Targets.Target;
import org.clipscribe.clip.Image;
import org.clipscribe.media.ImageFileReader;
import org.clipscribe.media.ReadImage;

/// Reads pictures, captions as many together as is best, and hands results on in their order. A
/// picture that fails stops no other.
final class CaptionLoop {
  /// Pictures that wait for their overlay take no more than this, or than one takes.
  private static final long MOST_BYTES = 64 << 20;

  private final CaptionRun run;
  private final LazyCaptioner captioner;
  private final CaptionRequest request;
  private final ImageFileReader reader;
  private final ResultWriter writer;
  private final ProgressBar progress;
  private final HeapSweep heap = new HeapSweep();

  CaptionLoop(
      CaptionRun run,
      LazyCaptioner captioner,
      CaptionRequest request,
      ImageFileReader reader,
      ResultWriter writer,
      ProgressBar progress) {
    this.run = run;
    this.captioner = captioner;
    this.request = request;
    this.reader = reader;
    this.writer = writer;
    this.progress = progress;
  }

  /// A picture that was read.
  ///
  /// @param whole for the overlay, if one is wanted
  /// @param nanos what reading took
  private record Waiting(
      Target target,
      PreparedImage prepared,
      Optional<Image> whole,
      List<String> notices,
      long nanos) {
    long bytes() {
      return whole.map(image -> (long) image.rgb().length).orElse(0L);
    }
  }

  void run(List<Target> targets) {
    List<Waiting> batch = new ArrayList<>();
    if (!targets.isEmpty()) {
      captioner.begin();
    }
    for (int i = 0; i < targets.size(); i++) {
      progress.show(i, targets.get(i).input().name());
      heap.sweep();
      read(targets.get(i)).ifPresent(batch::add);
      if (batch.size() == Captioner.BATCH
          || batch.stream().mapToLong(Waiting::bytes).sum() >= MOST_BYTES) {
        caption(batch);
        batch.clear();
      }
    }
    caption(batch);
    progress.clear();
  }

  private Optional<Waiting> read(Target target) {
    long start = System.nanoTime();
    ReadImage image;
    try {
      image = run.read(target.input(), reader);
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      fail(target, e);
      return Optional.empty();
    }
    long reading = System.nanoTime() - start;
    if (captioner.open()) { // what goes wrong here would go wrong for all
      captioner.get().notice().ifPresent(run::warn);
    }
    try {
      start = System.nanoTime();
      PreparedImage prepared = captioner.get().prepare(image.image());
      Optional<Image> whole = Optional.of(image.image()).filter(_ -> run.wantsOverlays());
      long nanos = reading + System.nanoTime() - start;
      return Optional.of(new Waiting(target, prepared, whole, image.notices(), nanos));
    } catch (RuntimeException | OutOfMemoryError e) {
      fail(target, e);
      return Optional.empty();
    }
  }

  private void caption(List<Waiting> batch) {
    if (batch.isEmpty()) {
      return;
    }
    long start = System.nanoTime();
    List<List<Caption>> captions;
    try {
      List<PreparedImage> prepared = batch.stream().map(Waiting::prepared).toList();
      captions = captioner.get().candidatesPrepared(prepared, request);
    } catch (RuntimeException | OutOfMemoryError e) {
      if (batch.size() == 1) {
        fail(batch.getFirst().target(), e);
      } else {
        batch.forEach(one -> caption(List.of(one))); // what one did is not the others' fault
      }
      return;
    }
    long share = (System.nanoTime() - start) / batch.size();
    progress.clear();
    for (int i = 0; i < batch.size(); i++) {
      deliver(batch.get(i), captions.get(i), share);
    }
  }

  private void deliver(Waiting picture, List<Caption> captions, long nanos) {
    Input input = picture.target().input();
    try {
      picture.notices().forEach(notice -> run.warn(input.label() + ": " + notice));
      long milliseconds = (picture.nanos() + nanos) / 1_000_000;
      CaptionResult result =
          new CaptionResult(input.name(), captions, captioner.model(), milliseconds);
      writer.write(result);
      run.save(picture.target(), result, picture.whole());
    } catch (CommandException | Results.ClosedException e) {
      throw e; // there is nowhere to print to: no use in going on
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      fail(picture.target(), e);
    }
  }

  private void fail(Target target, Throwable cause) {
    progress.clear();
    run.fail(target.input(), cause);
  }
}
