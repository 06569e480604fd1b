package org.clipscribe.captioner.dataset;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.clipscribe.nn.AtomicFile;
import org.clipscribe.nn.BadInputException;
import org.jspecify.annotations.Nullable;

/// The folder that a data set is built in. One process at a time may.
///
/// `build.json` says what is being built as long as it is not finished; `.work` holds temporary
/// files. Both are gone in the end. A folder that we made and that nothing came into is gone too.
final class BuildFolder implements AutoCloseable {
  static final String RECIPE = "build.json";
  private static final String WORK = ".work";
  private static final String LOCK = ".lock";

  private final Path folder;
  private final boolean created;
  private final FileChannel lock;

  private BuildFolder(Path folder, boolean created, FileChannel lock) {
    this.folder = folder;
    this.created = created;
    this.lock = lock;
  }

  /// @param force whether a data set that is there may be removed
  /// @throws BadInputException when something is there that must not be touched
  static BuildFolder open(Path folder, boolean force) throws IOException {
    boolean created = Files.notExists(folder);
    check(folder, force);
    Files.createDirectories(folder);
    BuildFolder opened = new BuildFolder(folder, created, lock(folder));
    try {
      opened.removeTemporary();
      if (force && Files.exists(folder.resolve(Manifest.FILE))) {
        opened.removeDataset();
      }
      Files.createDirectory(opened.work());
      return opened;
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private static void check(Path folder, boolean force) throws IOException {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new BadInputException(folder, "is a file; name a folder for the data set");
    }
    if (Files.exists(folder.resolve(Manifest.FILE))) {
      Manifest.read(folder); // nothing else is ever replaced
      if (!force) {
        throw new BadInputException(
            folder, "is a data set already; name another folder, or replace it with --force");
      }
      return;
    }
    if (Files.isDirectory(folder) && !Files.exists(folder.resolve(RECIPE))) {
      List<Path> strangers = list(folder, name -> !isOurs(name));
      if (!strangers.isEmpty()) {
        throw new BadInputException(
            folder, "holds other files (%s); name a new folder".formatted(strangers.getFirst()));
      }
    }
  }

  private static FileChannel lock(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    @Nullable FileLock held;
    try {
      held = channel.tryLock();
    } catch (OverlappingFileLockException _) {
      held = null; // this very process
    }
    if (held == null) {
      channel.close();
      throw new BadInputException(folder, "is being built by another process");
    }
    return channel;
  }

  Path path() {
    return folder;
  }

  /// For temporary files.
  Path work() {
    return folder.resolve(WORK);
  }

  /// Notes what is built, or checks that it is what an earlier run began.
  ///
  /// @param recipe everything that the result depends on
  /// @param force whether what another build left may be removed
  /// @throws BadInputException when it is another build's
  void begin(byte[] recipe, boolean force) throws IOException {
    Path file = folder.resolve(RECIPE);
    if (Files.exists(file)) {
      if (Arrays.equals(Files.readAllBytes(file), recipe)) {
        return;
      }
      if (!force) {
        throw new BadInputException(
            folder,
            "was begun from other captions, images, a model or options that are not these; repeat"
                + " that command, or start again with --force");
      }
      removeDataset();
    }
    AtomicFile.write(file, recipe);
  }

  /// Publishes the data set.
  void finish(Manifest manifest) throws IOException {
    AtomicFile.write(folder.resolve(Manifest.FILE), manifest.toJson());
    Files.deleteIfExists(folder.resolve(RECIPE));
  }

  /// All that belongs to a data set, finished or not.
  void removeDataset() throws IOException {
    Files.deleteIfExists(folder.resolve(Manifest.FILE)); // first: without it nothing is read
    for (Path shard : list(folder, name -> name.matches("shard-\\d+\\.(jsonl|safetensors)"))) {
      Files.deleteIfExists(folder.resolve(shard));
    }
    Files.deleteIfExists(folder.resolve(RECIPE));
  }

  /// What a process that was killed left behind.
  private void removeTemporary() throws IOException {
    if (Files.isDirectory(work())) {
      for (Path file : list(work(), _ -> true)) {
        Files.deleteIfExists(work().resolve(file));
      }
      Files.delete(work());
    }
    for (Path file : list(folder, name -> name.startsWith(".") && name.endsWith(".tmp"))) {
      Files.deleteIfExists(folder.resolve(file));
    }
  }

  private static boolean isOurs(String name) {
    return name.equals(WORK) || name.equals(LOCK);
  }

  /// Names in a folder.
  private static List<Path> list(Path folder, Predicate<String> wanted) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .map(entry -> folder.relativize(entry))
          .filter(name -> wanted.test(name.toString()))
          .sorted()
          .toList();
    }
  }

  @Override
  public void close() throws IOException {
    removeTemporary();
    Files.deleteIfExists(folder.resolve(LOCK));
    lock.close();
    if (created && list(folder, _ -> true).isEmpty()) {
      Files.delete(folder);
    }
  }
}
