package org.clipscribe.hub;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.clipscribe.nn.AtomicFile;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;

/// Models that came as a single file: a folder each, with the file and `source.json`, which says
/// where it came from and is written last.
public final class ModelStore {
  static final String SOURCE = "source.json";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  private final Path root;

  public ModelStore(Path root) {
    this.root = root;
  }

  /// @param source as the user wrote it
  /// @param sha256 of the file, computed when it came
  public record Entry(String name, Path file, String source, long bytes, String sha256) {
    public Path folder() {
      return file.resolveSibling("");
    }
  }

  public static boolean isName(String name) {
    return NAME.matcher(name).matches() && !name.endsWith(".");
  }

  Path folder(String name) {
    if (!isName(name)) {
      throw new IllegalArgumentException(
          name + " is no name of a model: letters, digits, '.', '_' and '-'");
    }
    return root.resolve(name);
  }

  Path lock(String name) {
    return root.resolve(".locks").resolve(name + ".lock");
  }

  /// A model that is there as a whole.
  public Optional<Entry> find(String name) {
    if (!isName(name)) {
      return Optional.empty();
    }
    Path note = folder(name).resolve(SOURCE);
    if (!Files.isRegularFile(note)) {
      return Optional.empty();
    }
    JsonObject json = Json.readObject(note);
    String fileName = json.string("file");
    if (!RemotePath.isValid(fileName) || fileName.contains("/")) {
      throw json.refuse("file", fileName, "the name of a file beside it");
    }
    Path file = note.resolveSibling(fileName);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Entry(name, file, json.string("source"), Files.size(file), json.string("sha256")));
    } catch (IOException e) {
      throw BadInputException.unreadable(file, e);
    }
  }

  /// All models, by name.
  public List<Entry> entries() throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (Path folder : Folders.children(root)) {
      find(String.valueOf(folder.getFileName())).ifPresent(entries::add);
    }
    return entries;
  }

  /// Writes down that a file is whole.
  Entry enter(String name, Path file, DirectSource source, String sha256) throws IOException {
    Map<String, Object> note = new LinkedHashMap<>();
    note.put("source", source.toString());
    note.put("file", String.valueOf(file.getFileName()));
    note.put("sha256", sha256);
    try (AtomicFile written = new AtomicFile(file.resolveSibling(SOURCE))) {
      written.channel().write(StandardCharsets.UTF_8.encode(Json.writePretty(note)));
      written.commit();
    }
    return new Entry(name, file, source.toString(), Files.size(file), sha256);
  }

  /// Removes a model; nothing if there is none.
  public void remove(String name) throws IOException {
    Folders.delete(folder(name));
    Files.deleteIfExists(lock(name));
  }
}
