package org.clipscribe.convert;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.BundleConfig;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.Json;
import org.jspecify.annotations.Nullable;

/// A folder that appears whole or not at all: filled under another name beside its place, forced to
/// the device, then renamed. Closing without a commit removes what was written.
final class StagedFolder implements AutoCloseable {
  private final Path target;
  private final Path staging;
  private final List<Path> newParents;
  private boolean committed;

  /// @param newParents made for this, innermost first
  private StagedFolder(Path target, Path staging, List<Path> newParents) {
    this.target = target;
    this.staging = staging;
    this.newParents = newParents;
  }

  /// @param force whether a bundle at the target may be replaced; nothing else ever is
  /// @throws BadInputException when something is at the target that must not be replaced
  static StagedFolder create(Path folder, boolean force) throws IOException {
    Path target = folder.toAbsolutePath().normalize();
    if (Files.exists(target) && !isEmptyFolder(target)) {
      if (!isBundle(target)) {
        throw new BadInputException(
            folder, "is there already and is not a bundle; name another folder");
      }
      if (!force) {
        throw new BadInputException(
            folder, "is a bundle already; name another folder, or replace it with --force");
      }
    }
    Path parent = target.getParent();
    if (parent == null) {
      throw new BadInputException(folder, "is not a folder that can be made");
    }
    List<Path> newParents = new ArrayList<>();
    for (Path path = parent; path != null && Files.notExists(path); path = path.getParent()) {
      newParents.add(path);
    }
    Files.createDirectories(parent);
    Path staging = Files.createDirectory(beside(target, "partial"));
    return new StagedFolder(target, staging, newParents);
  }

  private static boolean isEmptyFolder(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return false;
    }
    try (Stream<Path> entries = Files.list(path)) {
      return entries.findAny().isEmpty();
    }
  }

  /// Also a folder in Hugging Face's form that has our manifest.
  private static boolean isBundle(Path path) {
    return hasFormat(path.resolve(Bundle.CONFIG), BundleConfig.FORMAT)
        || hasFormat(path.resolve(Bundle.MANIFEST), Manifest.FORMAT);
  }

  private static boolean hasFormat(Path json, String format) {
    try {
      return Files.isRegularFile(json) && format.equals(Json.readObject(json).get("format"));
    } catch (BadInputException e) {
      return false; // whatever it is, we did not write it
    }
  }

  private static Path beside(Path target, String purpose) {
    String number = Long.toHexString(ThreadLocalRandom.current().nextLong());
    return target.resolveSibling("." + target.getFileName() + "." + purpose + "-" + number);
  }

  /// Where to write.
  Path path() {
    return staging;
  }

  /// Puts the folder into its place.
  void commit() throws IOException {
    List<Path> files;
    try (Stream<Path> entries = Files.list(staging)) {
      files = entries.toList();
    }
    for (Path file : files) {
      force(file, StandardOpenOption.WRITE);
    }
    forceFolder(staging);
    Path old = null;
    if (Files.exists(target)) {
      old = beside(target, "old");
      Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
    }
    try {
      Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (old != null) {
        Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
      }
      throw e;
    }
    committed = true;
    forceFolder(target.resolveSibling("."));
    if (old != null) {
      delete(old);
    }
  }

  /// Without this a new name may be lost with the power. Windows cannot open folders and needs no
  /// such call.
  private static void forceFolder(Path folder) throws IOException {
    if (folder.getFileSystem().getSeparator().equals("/")) {
      force(folder, StandardOpenOption.READ);
    }
  }

  private static void force(Path path, StandardOpenOption option) throws IOException {
    try (FileChannel channel = FileChannel.open(path, option)) {
      channel.force(true);
    }
  }

  private static void delete(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  @Override
  public void close() throws IOException {
    if (committed) {
      return;
    }
    delete(staging);
    for (Path parent : newParents) {
      if (!isEmptyFolder(parent)) {
        return; // somebody else has moved in
      }
      Files.delete(parent);
    }
  }
}
