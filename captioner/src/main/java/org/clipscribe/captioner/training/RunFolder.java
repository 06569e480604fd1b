package org.clipscribe.captioner.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.clipscribe.nn.AtomicFile;
import org.clipscribe.nn.FileLayer;
import org.clipscribe.nn.training.TrainingCheckpoint;

/// Where a run keeps its checkpoints: `last.checkpoint`, from which it goes on, and
/// `best.checkpoint`, of the epoch that was judged best.
///
/// @param files how files come into being
public record RunFolder(Path path, FileLayer files) {
  /// Makes the folder, if it is missing, and removes what a killed run left unfinished.
  public static RunFolder open(Path path) {
    RunFolder folder = new RunFolder(path, FileLayer.SYSTEM);
    try {
      Files.createDirectories(path);
      AtomicFile.removeLeftovers(folder.last());
      AtomicFile.removeLeftovers(folder.best());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return folder;
  }

  public Path last() {
    return path.resolve("last.checkpoint");
  }

  public Path best() {
    return path.resolve("best.checkpoint");
  }

  /// Where the run stands, if there is one.
  ///
  /// @throws org.clipscribe.nn.BadInputException when the checkpoint is damaged
  Optional<TrainingCheckpoint> resume() {
    return Files.exists(last()) ? Optional.of(TrainingCheckpoint.open(last())) : Optional.empty();
  }

  /// The step from which a run in this folder would go on, -1 when there is none: what logs have to
  /// be cut back to.
  public long lastStep() {
    try (TrainingCheckpoint checkpoint = resume().orElse(null)) {
      return checkpoint == null ? -1 : Progress.of(checkpoint.progress()).step();
    }
  }

  void save(Path file, TrainingCheckpoint.Contents contents) {
    try {
      TrainingCheckpoint.write(file, contents, files);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Keeps the last checkpoint as the best one, too. It is written once: the two are one file with
  /// two names, until the next checkpoint takes the name of the last.
  void keepBest() {
    try {
      AtomicFile.link(last(), best(), files);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
