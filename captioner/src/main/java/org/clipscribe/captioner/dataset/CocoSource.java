package org.clipscribe.captioner.dataset;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.clipscribe.captioner.dataset.ExternalSort.Cursor;
import org.clipscribe.captioner.dataset.ExternalSort.Entry;
import org.clipscribe.captioner.dataset.Problem.Reason;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.JsonObject;
import org.clipscribe.nn.json.JsonRecords;

/// COCO's captions: `{"images": [{"id", "file_name"}], "annotations": [{"id", "image_id",
/// "caption"}]}`, the lists in any order.
///
/// Annotations are sorted by their own number, to see repeated ones, then images and annotations
/// by the image's number, so that they meet; all of it on disk.
///
/// @param file the JSON
/// @param work folder for temporary files
record CocoSource(Path file, Path work) implements CaptionSource {
  static final String IMAGES = "images";
  static final String ANNOTATIONS = "annotations";

  private static final byte IMAGE = 0;
  private static final byte ANNOTATION = 1;

  /// A name of a file or a caption.
  private record Fact(String text, String id, String origin) {
    byte[] toBytes() throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      for (String each : List.of(text, id, origin)) {
        byte[] utf8 = each.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
      }
      return bytes.toByteArray();
    }

    static Fact of(byte[] value) throws IOException {
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(value));
      return new Fact(read(in), read(in), read(in));
    }

    private static String read(DataInputStream in) throws IOException {
      return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }
  }

  @Override
  public void read(RowSink rows, Problems problems) throws IOException {
    try (ExternalSort byAnnotation = new ExternalSort(work, "annotations");
        ExternalSort byImage = new ExternalSort(work, "coco")) {
      scan(byAnnotation, byImage, problems);
      dropRepeated(byAnnotation.sorted(), byImage, problems);
      join(byImage.sorted(), rows, problems);
    }
  }

  private void scan(ExternalSort byAnnotation, ExternalSort byImage, Problems problems)
      throws IOException {
    try (InputStream in = Files.newInputStream(file);
        JsonRecords records = JsonRecords.open(in, file.toString(), Set.of(IMAGES, ANNOTATIONS))) {
      while (records.next()) {
        String origin = file + " " + records.place();
        try {
          JsonObject json = records.value();
          if (records.list().equals(IMAGES)) {
            String id = id(json, "id");
            byImage.add(key(id, IMAGE), new Fact(json.string("file_name"), id, origin).toBytes());
          } else {
            annotation(json, origin, byAnnotation, byImage);
          }
        } catch (BadInputException e) {
          problems.report(Reason.BAD_ROW, e);
        }
      }
    }
  }

  private static void annotation(
      JsonObject json, String origin, ExternalSort byAnnotation, ExternalSort byImage)
      throws IOException {
    String image = id(json, "image_id");
    byte[] fact = new Fact(json.string("caption"), image, origin).toBytes();
    if (json.has("id")) {
      byAnnotation.add(key(id(json, "id"), ANNOTATION), fact);
    } else {
      byImage.add(key(image, ANNOTATION), fact);
    }
  }

  private static String id(JsonObject json, String name) {
    return switch (json.get(name)) {
      case Long number -> number.toString();
      case String text when !text.isEmpty() && text.indexOf('\0') < 0 -> text;
      case null, default -> throw json.refuse(name, json.get(name), "a number");
    };
  }

  /// Sorts numbers by size, so that captions come in the order of their numbers.
  private static byte[] key(String id, byte kind) {
    String padded =
        id.matches("\\d{1,18}") ? String.format(Locale.ROOT, "%018d", Long.parseLong(id)) : id;
    byte[] text = padded.getBytes(StandardCharsets.UTF_8);
    byte[] key = Arrays.copyOf(text, text.length + 2); // a NUL, so that no id continues another
    key[key.length - 1] = kind;
    return key;
  }

  private static void dropRepeated(Cursor annotations, ExternalSort byImage, Problems problems)
      throws IOException {
    byte[] last = {};
    for (Optional<Entry> next = annotations.next(); next.isPresent(); next = annotations.next()) {
      Entry entry = next.get();
      Fact fact = Fact.of(entry.value());
      if (Arrays.equals(entry.key(), last)) {
        problems.report(Reason.DUPLICATE, fact.origin, "its id is that of an earlier annotation");
      } else {
        byImage.add(key(fact.id, ANNOTATION), entry.value());
      }
      last = entry.key();
    }
  }

  private static void join(Cursor facts, RowSink rows, Problems problems) throws IOException {
    Optional<Entry> next = facts.next();
    while (next.isPresent()) {
      Group group = new Group();
      byte[] id = next.get().key();
      while (next.isPresent() && sameId(next.get().key(), id)) {
        group.add(next.get().key()[id.length - 1], Fact.of(next.get().value()), problems);
        next = facts.next();
      }
      Optional<Row> row = group.row();
      if (row.isPresent()) {
        rows.accept(row.get());
      }
    }
  }

  private static boolean sameId(byte[] key, byte[] other) {
    return key.length == other.length
        && Arrays.equals(key, 0, key.length - 1, other, 0, key.length - 1);
  }

  /// What is said of one id of an image.
  private static final class Group {
    private Optional<Fact> image = Optional.empty();
    private final List<String> captions = new ArrayList<>();

    void add(byte kind, Fact fact, Problems problems) {
      if (kind == IMAGE && image.isPresent()) {
        problems.report(
            Reason.DUPLICATE, fact.origin, "the id " + fact.id + " is that of an earlier image");
      } else if (kind == IMAGE) {
        image = Optional.of(fact);
      } else if (image.isEmpty()) { // images come before annotations
        problems.report(Reason.UNKNOWN_IMAGE, fact.origin, "no image has the id " + fact.id);
      } else {
        captions.addAll(Captions.clean(List.of(fact.text), fact.origin, problems));
      }
    }

    Optional<Row> row() {
      if (image.isEmpty()) {
        return Optional.empty();
      }
      Fact found = image.get();
      return Optional.of(
          new Row(
              found.text,
              found.id,
              Optional.empty(),
              captions,
              new Place.Named(List.of(found.text)),
              found.origin));
    }
  }
}
