package org.clipscribe.captioner;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Document;
import org.clipscribe.nn.safetensors.SafetensorsFile;

/// Where the files of a bundle are.
public sealed interface BundleSource {
  /// What results call the model.
  String name();

  /// What errors call it.
  String origin();

  boolean has(String file);

  /// Reads a small file whole.
  ///
  /// @throws BadInputException when it is missing, unreadable or too large
  Document read(String file);

  /// Opens the weights for reading; the caller closes them.
  ///
  /// @throws BadInputException when they are missing, unreadable or damaged
  SafetensorsFile weights();

  /// A folder, as `clipscribe convert` writes it.
  record Folder(Path directory) implements BundleSource {
    @Override
    public String name() {
      Path name = directory.toAbsolutePath().normalize().getFileName();
      return name == null ? "bundle" : name.toString();
    }

    @Override
    public String origin() {
      return directory.toString();
    }

    @Override
    public boolean has(String file) {
      return Files.isRegularFile(directory.resolve(file));
    }

    @Override
    public Document read(String file) {
      return Document.read(directory.resolve(file), "a file of a bundle");
    }

    @Override
    public SafetensorsFile weights() {
      return SafetensorsFile.open(directory.resolve(Bundle.WEIGHTS));
    }
  }

  /// Resources: nothing is unpacked, the files are read into memory.
  record Embedded(EmbeddedModel model) implements BundleSource {
    @Override
    public String name() {
      return EmbeddedModel.NAME;
    }

    @Override
    public String origin() {
      return "the embedded model";
    }

    @Override
    public boolean has(String file) {
      try (InputStream in = model.open(file)) {
        return in != null;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Document read(String file) {
      String origin = origin() + ", " + file;
      try (InputStream in = model.open(file)) {
        if (in == null) {
          throw new BadInputException(origin, "there is no such file");
        }
        return new Document(origin, in.readAllBytes());
      } catch (IOException e) {
        throw new BadInputException(origin, "cannot be read (" + e + ")", e);
      }
    }

    @Override
    public SafetensorsFile weights() {
      return SafetensorsFile.of(read(Bundle.WEIGHTS));
    }
  }
}
