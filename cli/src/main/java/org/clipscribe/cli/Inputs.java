package org.clipscribe.cli;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import org.clipscribe.nn.BadInputException;

/// Turns what stands on a command line into pictures: files, folders, patterns and `-`.
///
/// What cannot be found is a failure of its own and keeps nothing else from being captioned.
final class Inputs {
  /// What counts as a picture in a folder. Formats that cannot be read are among them: their error
  /// says so, where leaving them out would hide them.
  private static final Set<String> PICTURES =
      Set.of(
          "jpg", "jpeg", "jpe", "jfif", "png", "gif", "bmp", "tif", "tiff", "webp", "heic", "heif",
          "avif");

  private final boolean recursive;
  private final List<Input> found = new ArrayList<>();
  private final List<Failure> failures = new ArrayList<>();
  private boolean searched;

  private Inputs(boolean recursive) {
    this.recursive = recursive;
  }

  /// @param pictures in the order of the arguments, those of a folder or pattern sorted by name
  /// @param failures arguments that led to no picture
  /// @param single whether the arguments name one picture; the form of the results depends on it
  ///     and must not change with what happens to lie in a folder
  record Found(List<Input> pictures, List<Failure> failures, boolean single) {}

  static Found find(List<String> arguments, boolean recursive) {
    Inputs inputs = new Inputs(recursive);
    arguments.forEach(inputs::add);
    boolean single = arguments.size() == 1 && !inputs.searched;
    return new Found(List.copyOf(inputs.found), List.copyOf(inputs.failures), single);
  }

  private void add(String argument) {
    try {
      if (argument.equals("-")) {
        found.add(new Input.Stdin());
        return;
      }
      Path path = path(argument);
      if (Files.isDirectory(path)) {
        addFolder(path);
      } else if (Files.exists(path)) {
        found.add(new Input.File(path));
      } else if (argument.matches(".*[*?\\[{].*")) {
        addMatches(argument);
      } else {
        throw new BadInputException(argument, "no such file or folder");
      }
    } catch (BadInputException e) {
      failures.add(Failure.of(e));
    }
  }

  private static Path path(String argument) {
    try {
      return Path.of(argument);
    } catch (InvalidPathException e) {
      throw new BadInputException(argument, "is no file name (" + e.getReason() + ")", e);
    }
  }

  private void addFolder(Path folder) {
    searched = true;
    List<Path> pictures =
        walk(folder, recursive ? Integer.MAX_VALUE : 1, file -> isPicture(file.getFileName()));
    if (pictures.isEmpty()) {
      throw new BadInputException(
          folder,
          recursive
              ? "no pictures in this folder or below it"
              : "no pictures in this folder; --recursive looks below it too");
    }
    for (Path picture : pictures) {
      Path parent = folder.relativize(picture).getParent();
      found.add(new Input.File(picture, parent == null ? Path.of("") : parent));
    }
  }

  private static boolean isPicture(Path name) {
    String text = name.toString().toLowerCase(Locale.ROOT);
    int dot = text.lastIndexOf('.');
    return dot > 0 && PICTURES.contains(text.substring(dot + 1));
  }

  /// A pattern that no shell expanded: quoted, or from a program.
  private void addMatches(String pattern) {
    searched = true;
    Path base = path(pattern.startsWith("/") ? "/" : "");
    for (String part : pattern.split("/")) {
      if (part.matches(".*[*?\\[{\\\\].*")) {
        break;
      }
      base = base.resolve(part);
    }
    PathMatcher matcher;
    try {
      matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
    } catch (PatternSyntaxException e) {
      throw new BadInputException(pattern, "no such file, and no pattern either", e);
    }
    int depth =
        pattern.contains("**")
            ? Integer.MAX_VALUE
            : path(pattern).getNameCount()
                - base.getNameCount()
                + (base.toString().isEmpty() ? 1 : 0);
    List<Path> matches = Files.isDirectory(base) ? walk(base, depth, matcher) : List.of();
    if (matches.isEmpty()) {
      throw new BadInputException(pattern, "no file matches this pattern");
    }
    matches.forEach(match -> found.add(new Input.File(match)));
  }

  /// Files below a folder, sorted by name, without hidden files and folders.
  private List<Path> walk(Path base, int depth, PathMatcher wanted) {
    List<Path> files = new ArrayList<>();
    try {
      Files.walkFileTree(
          base,
          Set.of(),
          depth,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              return !folder.equals(base) && isHidden(folder)
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              // A link to a picture counts, a link to a folder does not: it could lead in circles.
              if (!isHidden(file) && wanted.matches(file) && Files.isRegularFile(file)) {
                files.add(file);
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              failures.add(
                  Failure.of(
                      new BadInputException(file.toString(), "cannot be read (" + e + ")", e)));
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new BadInputException(base.toString(), "cannot be read (" + e + ")", e);
    }
    files.sort(Comparator.comparing(Path::toString));
    return files;
  }

  private static boolean isHidden(Path path) {
    return String.valueOf(path.getFileName()).startsWith(".");
  }
}
