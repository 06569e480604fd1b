package org.clipscribe.media.video;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The boxes of ISO base media files (ISO/IEC 14496-12), read by their places.
final class Mp4Boxes {
  /// More boxes side by side than any file has that was not made to hurt.
  private static final int MOST = 1_000_000;

  /// Tables of ten hours take a few megabytes.
  private static final long MOST_BYTES = 256L << 20;

  private final FileBytes file;

  Mp4Boxes(FileBytes file) {
    this.file = file;
  }

  /// @param start where the box begins, header included
  /// @param from where its content begins
  /// @param to where it ends
  record Box(String type, long start, long from, long to) {
    long size() {
      return to - from;
    }
  }

  /// What lies at the top of the file. A last box that is longer than the file is cut there.
  List<Box> top() {
    return boxes(0, file.size(), true);
  }

  List<Box> in(Box parent) {
    return boxes(parent.from(), parent.to(), false);
  }

  Optional<Box> find(Box parent, String... path) {
    Optional<Box> box = Optional.of(parent);
    for (String type : path) {
      box = box.flatMap(b -> in(b).stream().filter(child -> child.type().equals(type)).findFirst());
    }
    return box;
  }

  Box need(Box parent, String... path) {
    return find(parent, path)
        .orElseThrow(
            () -> new FileBytes.Damage("its box " + path[path.length - 1] + " is missing"));
  }

  /// The content of a box, big-endian.
  ByteBuffer content(Box box) {
    if (box.size() > MOST_BYTES) {
      throw new FileBytes.Damage("its box %s has %d bytes".formatted(box.type(), box.size()));
    }
    return file.read(box.from(), box.size());
  }

  /// The boxes within a part of the file.
  List<Box> boxes(long from, long to, boolean mayBeCut) {
    List<Box> boxes = new ArrayList<>();
    long at = from;
    while (at < to) {
      if (to - at < 8) {
        if (mayBeCut || isZero(at, to)) {
          break; // QuickTime ends some boxes with four zero bytes
        }
        throw new FileBytes.Damage("a box at %d has no room for its header".formatted(at));
      }
      Box box = box(at, to, mayBeCut);
      boxes.add(box);
      at = box.to();
      if (boxes.size() > MOST) {
        throw new FileBytes.Damage("it has more than %d boxes".formatted(MOST));
      }
    }
    return boxes;
  }

  private boolean isZero(long from, long to) {
    ByteBuffer rest = file.read(from, to - from);
    while (rest.hasRemaining()) {
      if (rest.get() != 0) {
        return false;
      }
    }
    return true;
  }

  private Box box(long at, long limit, boolean mayBeCut) {
    ByteBuffer header = file.read(at, Math.min(16, limit - at));
    long size = Integer.toUnsignedLong(header.getInt());
    byte[] code = new byte[4];
    header.get(code);
    String type = new String(code, StandardCharsets.ISO_8859_1);
    int headerSize = 8;
    if (size == 1) {
      if (header.remaining() < 8) {
        throw new FileBytes.Damage("box %s at %d ends within its size".formatted(name(type), at));
      }
      size = header.getLong();
      headerSize = 16;
    } else if (size == 0) {
      size = limit - at; // to the end
    }
    if (size < headerSize) {
      throw new FileBytes.Damage("box %s at %d has a size of %d".formatted(name(type), at, size));
    }
    if (size > limit - at) {
      if (!mayBeCut) {
        throw new FileBytes.Damage(
            "box %s at %d is %d bytes long where %d are left"
                .formatted(name(type), at, size, limit - at));
      }
      size = limit - at;
    }
    return new Box(type, at, at + headerSize, at + size);
  }

  private static String name(String type) {
    return type.replaceAll("[^ -~]", "?");
  }
}
