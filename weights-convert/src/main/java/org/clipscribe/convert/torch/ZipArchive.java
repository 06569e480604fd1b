package org.clipscribe.convert.torch;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.clipscribe.nn.BadInputException;
import org.jspecify.annotations.Nullable;

/// The zip container of `torch.save`: its entries as slices of the file.
///
/// Only what torch writes is accepted, and all of it is checked before anything is used: stored
/// (never compressed) and unencrypted entries, plain unique names, sizes that agree between both
/// headers and lie inside the file, nothing that overlaps, nothing in front of the archive. The
/// JDK's own readers either cannot read such a file (`ZipInputStream`: sizes are only in the
/// directory) or accept duplicate names and overlapping entries in silence (`ZipFile`).
///
/// Format: PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12, 4.3.14 - 4.3.16 and 4.5.3.
final class ZipArchive {
  private static final int LOCAL = 0x04034b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int END = 0x06054b50;
  private static final int END64 = 0x06064b50;
  private static final int LOCATOR64 = 0x07064b50;

  private static final int LOCAL_BYTES = 30;
  private static final int CENTRAL_BYTES = 46;
  private static final int END_BYTES = 22;
  private static final int END64_BYTES = 56;
  private static final int LOCATOR64_BYTES = 20;
  private static final int COMMENT_MAX = 0xffff;

  /// A checkpoint has one entry a tensor, about 3000 in the largest trainer file.
  private static final int ENTRIES_MAX = 100_000;

  private static final int DIRECTORY_MAX = 32 << 20;

  /// Encryption (bit 0), strong encryption (6), masked headers (13).
  private static final int ENCRYPTED = 1 | 1 << 6 | 1 << 13;

  /// What to say to the files that OpenAI published CLIP in.
  static final String TORCH_SCRIPT =
      "is a TorchScript program, not a state_dict; use the Hugging Face folder of the model, or"
          + " save torch.jit.load(file).state_dict() with torch.save and convert that";

  /// An entry whose headers have been checked.
  ///
  /// @param data its bytes, where they lie in the file
  /// @param crc what the directory says of them
  record Entry(String name, FileSlice data, int crc) {
    /// @throws BadInputException when the bytes are not those that were written
    void check() {
      int actual = data.crc32();
      if (actual != crc) {
        throw refuse(
            data,
            "zip entry %s is damaged: its checksum (CRC) is %08x, expected %08x"
                .formatted(name, actual, crc));
      }
    }
  }

  /// One record of the directory, before its local header was looked at.
  private record Listed(String name, int flags, int method, int crc, long size, long offset) {}

  /// Where the directory lies.
  private record Directory(long offset, long size, long entries) {}

  private final Map<String, Entry> entries;

  private ZipArchive(Map<String, Entry> entries) {
    this.entries = entries;
  }

  Set<String> names() {
    return entries.keySet();
  }

  @Nullable Entry entry(String name) {
    return entries.get(name);
  }

  /// @throws BadInputException when the file is not such an archive
  static ZipArchive open(FileSlice file) {
    Directory directory = directory(file);
    List<Listed> listed = listed(file, directory);
    Map<String, Entry> entries = new LinkedHashMap<>();
    long free = 0;
    for (Listed entry : listed.stream().sorted(Comparator.comparingLong(Listed::offset)).toList()) {
      if (entry.offset < free) {
        throw refuse(file, "zip entry " + entry.name + " overlaps the one before it");
      }
      FileSlice data = data(file, entry, directory.offset);
      free = data.start() + data.length();
      if (entries.put(entry.name, new Entry(entry.name, data, entry.crc)) != null) {
        throw refuse(file, "zip entry " + entry.name + " is there twice");
      }
    }
    return new ZipArchive(entries);
  }

  /// Whether the file ends like a zip archive, whatever it begins with.
  static boolean endsLikeOne(FileSlice file) {
    return endRecord(file) >= 0;
  }

  /// Where the end record begins, -1 when there is none.
  private static long endRecord(FileSlice file) {
    int tailBytes = (int) Math.min(file.length(), END_BYTES + COMMENT_MAX);
    ByteBuffer tail = file.read(file.length() - tailBytes, tailBytes);
    for (int at = tailBytes - END_BYTES; at >= 0; at--) {
      // It is the one whose comment runs exactly to the end of the file.
      if (tail.getInt(at) == END && u16(tail, at + 20) == tailBytes - at - END_BYTES) {
        return file.length() - tailBytes + at;
      }
    }
    return -1;
  }

  private static Directory directory(FileSlice file) {
    long end = endRecord(file);
    if (end < 0) {
      throw refuse(
          file,
          "zip end record is missing (%d bytes): the file is cut or was not fully downloaded"
              .formatted(file.length()));
    }
    ByteBuffer record = file.read(end, END_BYTES);
    Directory directory = new Directory(u32(record, 16), u32(record, 12), u16(record, 10));
    boolean oneDisk = u16(record, 4) == 0 && u16(record, 6) == 0;
    if (!oneDisk || u16(record, 8) != u16(record, 10)) {
      throw refuse(file, "zip is one part of several, or its end record is damaged");
    }
    if (end >= LOCATOR64_BYTES) {
      ByteBuffer locator = file.read(end - LOCATOR64_BYTES, LOCATOR64_BYTES);
      if (locator.getInt(0) == LOCATOR64) {
        directory = directory64(file, locator.getLong(8), end - LOCATOR64_BYTES);
        end = locator.getLong(8);
      }
    }
    return checked(file, directory, end);
  }

  /// The directory as the zip64 end record at `at` has it; the record must end at `locator`.
  private static Directory directory64(FileSlice file, long at, long locator) {
    if (at < 0 || at != locator - END64_BYTES) {
      throw refuse(file, "zip64 end record is not where its locator says (offset " + at + ")");
    }
    ByteBuffer record = file.read(at, END64_BYTES);
    boolean whole = record.getInt(0) == END64 && record.getLong(4) == END64_BYTES - 12;
    boolean oneDisk = record.getInt(16) == 0 && record.getInt(20) == 0;
    if (!whole || !oneDisk || record.getLong(24) != record.getLong(32)) {
      throw refuse(file, "zip64 end record is damaged");
    }
    return new Directory(record.getLong(48), record.getLong(40), record.getLong(32));
  }

  private static Directory checked(FileSlice file, Directory directory, long end) {
    if (directory.offset < 0 || directory.size < 0 || directory.size > end) {
      throw refuse(
          file,
          "zip directory of %d bytes at offset %d does not fit into the file of %d bytes"
              .formatted(directory.size, directory.offset, file.length()));
    }
    long before = end - directory.size - directory.offset;
    if (before != 0) {
      throw refuse(
          file,
          before > 0
              ? "zip offsets are wrong, or " + before + " bytes lie before the archive"
              : "zip directory at offset %d does not end where the end record begins (%d)"
                  .formatted(directory.offset, end));
    }
    if (directory.entries < 1
        || directory.entries > ENTRIES_MAX
        || directory.size > DIRECTORY_MAX
        || directory.size < directory.entries * CENTRAL_BYTES) {
      throw refuse(
          file,
          "zip directory of %d bytes says it has %d entries: not a torch checkpoint"
              .formatted(directory.size, directory.entries));
    }
    return directory;
  }

  private static List<Listed> listed(FileSlice file, Directory directory) {
    ByteBuffer bytes = file.read(directory.offset, (int) directory.size);
    List<Listed> listed = new ArrayList<>((int) directory.entries);
    while (listed.size() < directory.entries) {
      int at = bytes.position();
      if (bytes.remaining() < CENTRAL_BYTES || bytes.getInt(at) != CENTRAL) {
        throw refuse(file, "zip directory entry " + listed.size() + " is damaged");
      }
      int nameBytes = u16(bytes, at + 28);
      int extraBytes = u16(bytes, at + 30);
      int recordBytes = CENTRAL_BYTES + nameBytes + extraBytes + u16(bytes, at + 32);
      if (recordBytes > bytes.remaining()) {
        throw refuse(file, "zip directory entry " + listed.size() + " runs out of the directory");
      }
      String name = name(file, bytes.slice(at + CENTRAL_BYTES, nameBytes));
      ByteBuffer extra =
          bytes.slice(at + CENTRAL_BYTES + nameBytes, extraBytes).order(bytes.order());
      listed.add(listed(file, bytes, at, name, extra));
      bytes.position(at + recordBytes);
    }
    if (bytes.hasRemaining()) {
      throw refuse(file, "zip directory has " + bytes.remaining() + " bytes too many at its end");
    }
    return listed;
  }

  private static Listed listed(
      FileSlice file, ByteBuffer bytes, int at, String name, ByteBuffer extra) {
    long packed = u32(bytes, at + 20);
    long size = u32(bytes, at + 24);
    long offset = u32(bytes, at + 42);
    ByteBuffer wide = zip64(file, name, extra);
    size = widened(file, name, "size", size, wide);
    packed = widened(file, name, "compressed size", packed, wide);
    offset = widened(file, name, "offset", offset, wide);
    int flags = u16(bytes, at + 8);
    int method = u16(bytes, at + 10);
    if ((flags & ENCRYPTED) != 0) {
      throw refuse(file, "zip entry " + name + " is encrypted");
    }
    if (method != 0) {
      throw refuse(
          file,
          name.contains("/code/")
              ? TORCH_SCRIPT
              : "zip entry "
                  + name
                  + " is compressed; torch stores its entries, so save the checkpoint again with it");
    }
    if (packed != size) {
      throw refuse(file, "zip entry " + name + " has two sizes, " + packed + " and " + size);
    }
    return new Listed(name, flags, method, bytes.getInt(at + 16), size, offset);
  }

  /// The zip64 field of `extra`, empty when there is none.
  private static ByteBuffer zip64(FileSlice file, String name, ByteBuffer extra) {
    while (extra.remaining() >= 4) {
      int id = Short.toUnsignedInt(extra.getShort());
      int length = Short.toUnsignedInt(extra.getShort());
      if (length > extra.remaining()) {
        throw refuse(file, "zip entry " + name + " has a damaged extra field");
      }
      if (id == 1) {
        return extra.slice(extra.position(), length).order(extra.order());
      }
      extra.position(extra.position() + length);
    }
    return ByteBuffer.allocate(0);
  }

  /// `value`, or the next 64-bit number of the zip64 field where `value` says "look there".
  private static long widened(
      FileSlice file, String name, String what, long value, ByteBuffer wide) {
    if (value != 0xffff_ffffL) {
      return value;
    }
    if (wide.remaining() < Long.BYTES) {
      throw refuse(file, "zip entry " + name + " has no zip64 field for its " + what);
    }
    long widened = wide.getLong();
    if (widened < 0) {
      throw refuse(file, "zip entry " + name + " has a zip64 " + what + " beyond 2^63");
    }
    return widened;
  }

  private static String name(FileSlice file, ByteBuffer bytes) {
    String name;
    try {
      name = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new BadInputException(file.file(), "zip entry name is not UTF-8", e);
    }
    boolean plain =
        !name.isEmpty()
            && name.chars().noneMatch(c -> c < ' ' || c == '\\' || c == ':')
            && List.of(name.split("/", -1)).stream()
                .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
    if (!plain) {
      throw refuse(file, "zip entry name " + name + " is not a plain relative path");
    }
    return name;
  }

  /// The bytes of an entry, behind its local header.
  private static FileSlice data(FileSlice file, Listed entry, long directory) {
    if (entry.offset > directory - LOCAL_BYTES || entry.size > directory) {
      throw refuse(
          file,
          "zip entry %s of %d bytes at offset %d does not fit before the directory (%d)"
              .formatted(entry.name, entry.size, entry.offset, directory));
    }
    ByteBuffer header = file.read(entry.offset, LOCAL_BYTES);
    int nameBytes = u16(header, 26);
    long data = entry.offset + LOCAL_BYTES + nameBytes + u16(header, 28);
    if (header.getInt(0) != LOCAL) {
      throw refuse(file, "zip entry " + entry.name + " has no header at offset " + entry.offset);
    }
    if (data > directory || entry.size > directory - data) {
      throw refuse(
          file,
          "zip entry %s of %d bytes at offset %d runs into the directory (%d)"
              .formatted(entry.name, entry.size, entry.offset, directory));
    }
    String name = name(file, file.read(entry.offset + LOCAL_BYTES, nameBytes));
    if (!name.equals(entry.name)
        || u16(header, 6) != entry.flags
        || u16(header, 8) != entry.method) {
      throw refuse(file, "zip entry " + entry.name + " differs between directory and header");
    }
    return file.slice(data, entry.size);
  }

  private static int u16(ByteBuffer bytes, int at) {
    return Short.toUnsignedInt(bytes.getShort(at));
  }

  private static long u32(ByteBuffer bytes, int at) {
    return Integer.toUnsignedLong(bytes.getInt(at));
  }

  private static BadInputException refuse(FileSlice file, String cause) {
    return new BadInputException(file.file(), cause);
  }
}
