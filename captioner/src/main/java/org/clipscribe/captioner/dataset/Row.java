package org.clipscribe.captioner.dataset;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a row of a source says about an image.
///
/// @param image name of the image; rows of one name are one image
/// @param id what the source calls it
/// @param split if the source has one
/// @param captions may be none
/// @param origin names the row in messages
record Row(
    String image,
    String id,
    Optional<Split> split,
    List<String> captions,
    Place place,
    String origin) {
  Row {
    captions = List.copyOf(captions);
  }

  /// By which rows are sorted; equal for the rows of an image.
  byte[] key() {
    return image.getBytes(StandardCharsets.UTF_8);
  }

  /// What [#of] reads.
  byte[] value() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    write(id, out);
    write(split.map(Split::label).orElse(""), out);
    write(captions, out);
    switch (place) {
      case Place.Named(List<String> names) -> {
        out.writeBoolean(true);
        write(names, out);
      }
      case Place.Slice(String archive, long offset, long length, String content) -> {
        out.writeBoolean(false);
        write(archive, out);
        out.writeLong(offset);
        out.writeLong(length);
        write(content, out);
      }
    }
    write(origin, out);
    return bytes.toByteArray();
  }

  static Row of(byte[] key, byte[] value) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(value));
    return new Row(
        new String(key, StandardCharsets.UTF_8),
        read(in),
        Split.of(read(in)),
        readList(in),
        in.readBoolean()
            ? new Place.Named(readList(in))
            : new Place.Slice(read(in), in.readLong(), in.readLong(), read(in)),
        read(in));
  }

  private static void write(String text, DataOutputStream out) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8); // writeUTF ends at 64 KB
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static void write(List<String> texts, DataOutputStream out) throws IOException {
    out.writeInt(texts.size());
    for (String text : texts) {
      write(text, out);
    }
  }

  private static String read(DataInputStream in) throws IOException {
    return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
  }

  private static List<String> readList(DataInputStream in) throws IOException {
    List<String> texts = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      texts.add(read(in));
    }
    return texts;
  }
}
