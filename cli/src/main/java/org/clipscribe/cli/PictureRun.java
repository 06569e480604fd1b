package org.clipscribe.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.clipscribe.clip.Image;
import org.clipscribe.media.ImageFileReader;
import org.clipscribe.media.ReadImage;
import org.clipscribe.media.ReadOptions;

/// Looks at pictures one after another. One that fails is told and stops no other.
final class PictureRun {
  private final Terminal terminal;
  private final Clipscribe root;
  private final ImageFileReader reader;
  private final List<Failure> failures = new ArrayList<>();

  PictureRun(Terminal terminal, Clipscribe root, ReadOptions options) {
    this.terminal = terminal;
    this.root = root;
    this.reader = new ImageFileReader(options);
  }

  /// Says at once what went wrong.
  void fail(List<Failure> found) {
    found.forEach(failure -> failure.report(terminal, root.debug()));
    failures.addAll(found);
  }

  /// Reads pictures and hands them on.
  void forEach(List<Input> inputs, BiConsumer<Input, Image> work) {
    boolean visible = inputs.size() > 1 && terminal.messagesAreTerminal() && !root.quiet();
    ProgressBar progress = new ProgressBar(terminal.messages(), visible, inputs.size());
    for (int i = 0; i < inputs.size(); i++) {
      Input input = inputs.get(i);
      progress.show(i, input.name());
      try {
        ReadImage image = read(input);
        if (!root.quiet()) {
          image.notices().forEach(notice -> terminal.warning(input.label() + ": " + notice));
        }
        work.accept(input, image.image());
      } catch (CommandException | Results.ClosedException e) {
        throw e; // there is nowhere to print to: no use in going on
      } catch (IOException | RuntimeException | OutOfMemoryError e) {
        progress.clear();
        fail(List.of(Failure.of(e).about(input.label())));
      }
    }
    progress.clear();
  }

  private ReadImage read(Input input) throws IOException {
    return switch (input) {
      case Input.File file -> reader.read(file.path());
      case Input.Stdin _ -> reader.read(terminal.in(), input.label());
    };
  }

  boolean failed() {
    return !failures.isEmpty();
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
}
