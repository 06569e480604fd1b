package org.clipscribe.captioner.evaluation;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;

/// Captions on their way: what a run has written stays, also when it is killed, and the next run
/// goes on behind it.
///
/// `captions.jsonl`: a first line that says what wrote the captions, then `{"id": ..., "caption":
/// ...}` a line each. A last line that was not finished is cut off.
public final class CaptionFile implements AutoCloseable {
  private final OutputStream out;
  private final Map<String, String> captions;

  private CaptionFile(OutputStream out, Map<String, String> captions) {
    this.out = out;
    this.captions = captions;
  }

  /// @param file made if it is missing
  /// @param origin what decides the captions: model, decoding; a file with another one is refused
  /// @throws BadInputException when the file is something else or of another origin
  public static CaptionFile open(Path file, Map<String, Object> origin) {
    Map<String, String> captions = new LinkedHashMap<>();
    try {
      long length = Files.exists(file) ? read(file, origin, captions) : 0;
      if (length > 0) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.truncate(length);
        }
        OutputStream out = Files.newOutputStream(file, StandardOpenOption.APPEND);
        return new CaptionFile(out, captions);
      }
      CaptionFile made = new CaptionFile(Files.newOutputStream(file), captions);
      made.write(origin);
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// How many bytes are whole lines; 0 when not even the first is.
  private static long read(Path file, Map<String, Object> origin, Map<String, String> captions)
      throws IOException {
    long length = 0;
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      for (int b = in.read(); b >= 0; b = in.read()) {
        if (b != '\n') {
          line.write(b);
          continue;
        }
        if (length == 0) {
          checkOrigin(file, line.toString(StandardCharsets.UTF_8), origin);
        } else {
          JsonObject caption = Json.parseObject(line.toByteArray(), file.toString());
          captions.put(caption.string("id"), caption.string("caption"));
        }
        length += line.size() + 1;
        line.reset();
      }
    }
    return length;
  }

  private static void checkOrigin(Path file, String line, Map<String, Object> origin) {
    if (!line.equals(Json.write(origin))) {
      throw new BadInputException(
          file,
          "holds captions of another model or of other settings (%s); choose another --out or remove it"
              .formatted(line.length() > 200 ? line.substring(0, 200) + "..." : line));
    }
  }

  /// What is written, by the id of the image.
  public Map<String, String> captions() {
    return Collections.unmodifiableMap(captions);
  }

  /// Writes a caption through to the operating system.
  public void add(String id, String caption) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("id", id);
    line.put("caption", caption);
    write(line);
    captions.put(id, caption);
  }

  private void write(Map<String, Object> line) {
    try {
      out.write((Json.write(line) + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
