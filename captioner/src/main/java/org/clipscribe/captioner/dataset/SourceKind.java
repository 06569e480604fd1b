package org.clipscribe.captioner.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.JsonObject;
import org.clipscribe.nn.json.JsonRecords;

/// The kinds of sources that captions and images come from.
public enum SourceKind {
  /// `results.csv` of Flickr30k.
  FLICKR30K("Flickr30k results.csv"),
  /// COCO's captions: images and annotations.
  COCO("COCO captions"),
  /// A JSON list of images with captions: Karpathy's splits, ClipCap's list, and others.
  JSON("JSON list of images"),
  /// A JSON record a line.
  JSONL("JSON lines"),
  /// A table with a header.
  CSV("table with a header"),
  /// Images with texts beside them.
  FOLDER("folder of images with .txt files"),
  /// Archives as WebDataset has them.
  WEBDATASET("WebDataset tar"),
  /// A pickled list of (image, embedding, caption), as the original writes it.
  PICKLE("pickled embeddings (dataset.pkl)");

  private static final int START = 512;
  private static final String REMEDY =
      "expected Flickr30k's results.csv, COCO or Karpathy or ClipCap json, a folder of images with"
          + " .txt files or a metadata.jsonl or .csv, WebDataset .tar, or dataset.pkl";

  private final String description;

  SourceKind(String description) {
    this.description = description;
  }

  /// As data sets and command lines write it.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// For people.
  public String description() {
    return description;
  }

  /// A source that was looked at.
  ///
  /// @param files what to read: the file itself, the metadata in a folder, archives, or the folder
  /// @param folder where the source lies, and images too unless told otherwise
  public record Found(SourceKind kind, List<Path> files, Path folder) {
    public Found {
      files = List.copyOf(files);
    }
  }

  /// Tells what a file or folder is, by its content.
  ///
  /// @throws BadInputException when it is missing or nothing of ours
  public static Found detect(Path source) {
    try {
      if (!Files.isDirectory(source)) {
        Path parent = source.toAbsolutePath().getParent();
        return new Found(ofFile(source), List.of(source), parent == null ? Path.of("") : parent);
      }
      for (String name : List.of("metadata.jsonl", "metadata.csv")) {
        Path metadata = source.resolve(name);
        if (Files.isRegularFile(metadata)) {
          return new Found(ofFile(metadata), List.of(metadata), source);
        }
      }
      List<Path> archives = archives(source);
      return archives.isEmpty()
          ? new Found(FOLDER, List.of(source), source)
          : new Found(WEBDATASET, archives, source);
    } catch (IOException e) {
      throw BadInputException.unreadable(source, e);
    }
  }

  private static List<Path> archives(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(file -> file.toString().endsWith(".tar") && Files.isRegularFile(file))
          .sorted()
          .toList();
    }
  }

  private static SourceKind ofFile(Path file) throws IOException {
    byte[] start;
    try (InputStream in = Files.newInputStream(file)) {
      start = in.readNBytes(START);
    }
    if (start.length == 0) {
      throw new BadInputException(file, "is empty");
    }
    if (TarFile.startsLikeOne(start)) {
      return WEBDATASET;
    }
    if (start[0] == (byte) 0x80) {
      return PICKLE;
    }
    if (start[0] == 0x1f && start.length > 1 && start[1] == (byte) 0x8b) {
      throw new BadInputException(file, "is compressed; unpack it with gunzip first");
    }
    String line = FirstLine.of(file);
    if (Flickr30kSource.isHeader(line) || line.matches("[^|]+\\|\\s*\\d+\\s*\\|.*")) {
      return FLICKR30K;
    }
    String text = line.strip();
    if (text.startsWith("[")) {
      return JSON;
    }
    if (text.startsWith("{")) {
      return ofObject(file, text);
    }
    if (TableSource.isHeader(line)) {
      return CSV;
    }
    throw new BadInputException(file, "is no source of captions that is known; " + REMEDY);
  }

  /// An object on a line of its own is a record; else it is a document that holds lists.
  private static SourceKind ofObject(Path file, String line) throws IOException {
    if (line.endsWith("}") && !line.contains("\"images\"") && !line.contains("\"annotations\"")) {
      return JSONL;
    }
    Set<String> lists = Set.of(CocoSource.IMAGES, CocoSource.ANNOTATIONS);
    try (InputStream in = Files.newInputStream(file);
        JsonRecords records = JsonRecords.open(in, file.toString(), lists)) {
      if (!records.next()) {
        throw new BadInputException(file, "has neither images nor annotations; " + REMEDY);
      }
      JsonObject first = records.value();
      return records.list().equals(CocoSource.IMAGES)
              && (first.has("sentences") || first.has("captions"))
          ? JSON
          : COCO;
    }
  }

  CaptionSource open(Found found, Path work) {
    Path file = found.files().getFirst();
    return switch (this) {
      case FLICKR30K -> new Flickr30kSource(file);
      case COCO -> new CocoSource(file, work);
      case JSON -> new JsonListSource(file);
      case JSONL -> new JsonLinesSource(file);
      case CSV -> new TableSource(file);
      case FOLDER -> new SidecarSource(file);
      case WEBDATASET -> new TarSource(found.files());
      case PICKLE -> throw new IllegalArgumentException("a pickle is opened by its own reader");
    };
  }
}
