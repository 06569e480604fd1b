package org.clipscribe.captioner.dataset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.clipscribe.captioner.dataset.Problem.Reason;
import org.clipscribe.captioner.dataset.TarFile.Entry;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;

/// Tar archives as WebDataset has them: consecutive entries whose names agree up to the first dot
/// of the last part are a sample, like `000.jpg` and `000.txt`. Captions are the lines of `.txt`,
/// else what [Records] understands of `.json`.
///
/// An image is called like its entry, below the archive's name when there are several archives.
record TarSource(List<Path> archives) implements CaptionSource {
  TarSource {
    archives = List.copyOf(archives);
  }

  @Override
  public void read(RowSink rows, Problems problems) throws IOException {
    for (Path archive : archives) {
      try (TarFile tar = TarFile.open(archive)) {
        new Reader(archive, tar, rows, problems).run();
      } catch (BadInputException e) {
        problems.report(Reason.BAD_ROW, e); // what came before it is used
      }
    }
  }

  /// Reads one archive.
  private final class Reader {
    private final Path archive;
    private final TarFile tar;
    private final RowSink rows;
    private final Problems problems;

    Reader(Path archive, TarFile tar, RowSink rows, Problems problems) {
      this.archive = archive;
      this.tar = tar;
      this.rows = rows;
      this.problems = problems;
    }

    void run() throws IOException {
      List<Entry> sample = new ArrayList<>();
      try {
        for (Optional<Entry> next = tar.next(); next.isPresent(); next = tar.next()) {
          if (!sample.isEmpty() && !key(sample.getFirst()).equals(key(next.get()))) {
            deliver(sample);
            sample.clear();
          }
          sample.add(next.get());
        }
      } finally {
        if (!sample.isEmpty()) {
          deliver(sample);
        }
      }
    }

    private void deliver(List<Entry> sample) throws IOException {
      Optional<Entry> image = sample.stream().filter(e -> isImage(e.name())).findFirst();
      if (image.isEmpty()) {
        if (sample.stream().anyMatch(e -> isCaption(e.name()))) {
          problems.report(
              Reason.MISSING_IMAGE, origin(sample.getFirst()), "its sample has no image");
        }
        return;
      }
      Entry found = image.get();
      String name =
          archives.size() == 1 ? found.name() : archive.getFileName() + "/" + found.name();
      rows.accept(
          new Row(
              name,
              name,
              Optional.empty(),
              captions(sample),
              new Place.Slice(
                  archive.toString(), found.offset(), found.length(), Place.Slice.IMAGE),
              origin(found)));
    }

    /// None when there are none or they cannot be read, which is reported.
    private List<String> captions(List<Entry> sample) throws IOException {
      for (String extension : List.of("txt", "json")) {
        Optional<Entry> entry =
            sample.stream().filter(e -> extension(e.name()).equals(extension)).findFirst();
        if (entry.isPresent()) {
          try {
            return captions(entry.get(), extension);
          } catch (CharacterCodingException _) {
            problems.report(Reason.BAD_ROW, origin(entry.get()), "is not UTF-8");
          } catch (BadInputException e) {
            problems.report(Reason.BAD_ROW, e);
          }
        }
      }
      return List.of();
    }

    private List<String> captions(Entry entry, String extension) throws IOException {
      if (entry.length() > Lines.MOST_BYTES) {
        throw new BadInputException(origin(entry), "is too large for captions");
      }
      byte[] bytes = tar.read(entry.offset(), (int) entry.length());
      if (extension.equals("txt")) {
        return Captions.ofText(
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
      }
      JsonObject json = Json.parseObject(bytes, origin(entry));
      return Captions.clean(Records.captions(json), origin(entry), problems);
    }

    private String origin(Entry entry) {
      return archive + " entry " + entry.name();
    }
  }

  /// Folder, and the name up to its first dot.
  private static String key(Entry entry) {
    int start = entry.name().lastIndexOf('/') + 1;
    int dot = entry.name().indexOf('.', start);
    return dot < 0 ? entry.name() : entry.name().substring(0, dot);
  }

  /// What is behind the first dot.
  private static String extension(String name) {
    int dot = name.indexOf('.', name.lastIndexOf('/') + 1);
    return dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
  }

  private static boolean isImage(String name) {
    return SidecarSource.IMAGES.contains(extension(name));
  }

  private static boolean isCaption(String name) {
    return extension(name).equals("txt") || extension(name).equals("json");
  }
}
