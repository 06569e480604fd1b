package org.clipscribe.captioner.dataset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.clipscribe.captioner.dataset.Problem.Reason;

/// A folder of images, each with a text file of the same name beside it: `gull.jpg`, `gull.txt`.
/// Each line of the text that is not blank is a caption. Folders below it are looked into; hidden
/// files and folders are not.
record SidecarSource(Path folder) implements CaptionSource {
  /// What counts as an image. Formats that cannot be read are among them: the error says so, where
  /// leaving them out would hide them.
  static final Set<String> IMAGES =
      Set.of(
          "jpg", "jpeg", "jpe", "jfif", "png", "gif", "bmp", "tif", "tiff", "webp", "heic", "heif",
          "avif");

  private static final String TEXT = ".txt";

  @Override
  public void read(RowSink rows, Problems problems) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) {
            return !visited.equals(folder) && isHidden(visited)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (!isHidden(file)) {
              visit(file, rows, problems);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            problems.report(Reason.BAD_ROW, file.toString(), "cannot be read (" + e + ")");
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private void visit(Path file, RowSink rows, Problems problems) throws IOException {
    String name = String.valueOf(file.getFileName());
    if (isImage(name)) {
      String relative = folder.relativize(file).toString().replace('\\', '/');
      Path text = file.resolveSibling(stem(name) + TEXT);
      rows.accept(
          new Row(
              relative,
              relative,
              Optional.empty(),
              captions(text, problems),
              new Place.Named(List.of(relative)),
              file.toString()));
    } else if (name.toLowerCase(Locale.ROOT).endsWith(TEXT) && !hasImage(file, stem(name))) {
      problems.report(Reason.MISSING_IMAGE, file.toString(), "has no image of its name beside it");
    }
  }

  /// Without any, the image is reported later.
  private static List<String> captions(Path text, Problems problems) throws IOException {
    if (!Files.isRegularFile(text)) {
      return List.of();
    }
    if (Files.size(text) > Lines.MOST_BYTES) {
      problems.report(Reason.BAD_ROW, text.toString(), "is too large for captions");
      return List.of();
    }
    try {
      String content =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(Files.readAllBytes(text)))
              .toString();
      return Captions.ofText(content.replace("\ufeff", ""));
    } catch (CharacterCodingException _) {
      problems.report(Reason.BAD_ROW, text.toString(), "is not UTF-8");
      return List.of();
    }
  }

  private static boolean hasImage(Path text, String stem) {
    return IMAGES.stream()
        .anyMatch(
            extension ->
                Files.exists(text.resolveSibling(stem + "." + extension))
                    || Files.exists(
                        text.resolveSibling(stem + "." + extension.toUpperCase(Locale.ROOT))));
  }

  static boolean isImage(String name) {
    int dot = name.lastIndexOf('.');
    return dot > 0 && IMAGES.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
  }

  private static String stem(String name) {
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  private static boolean isHidden(Path path) {
    return String.valueOf(path.getFileName()).startsWith(".");
  }
}
