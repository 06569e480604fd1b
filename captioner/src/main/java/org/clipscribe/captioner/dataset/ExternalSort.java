package org.clipscribe.captioner.dataset;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/// Sorts more than memory holds: what fits is sorted and written to a file, and the files are
/// merged while they are read. Entries of the same key come out in the order they went in.
///
/// Keys are compared as unsigned bytes, for texts in UTF-8 the order of code points.
final class ExternalSort implements AutoCloseable {
  /// What entries in memory may take.
  private static final long MEMORY = 8 << 20;

  /// What an entry takes besides its bytes: two array headers, the record, its place in a list.
  private static final int OVERHEAD = 64;

  /// The most files that are merged at once; each has a buffer and is an open file.
  private static final int FAN_IN = 64;

  private static final int BUFFER = 1 << 15;

  private static final Comparator<Entry> ORDER = (a, b) -> Arrays.compareUnsigned(a.key, b.key);

  private final Path folder;
  private final String name;
  private final long memory;
  private final List<Path> runs = new ArrayList<>();
  private final List<Entry> entries = new ArrayList<>();
  private long taken;
  private int files;
  private Optional<Merge> open = Optional.empty();

  /// @param folder for temporary files
  /// @param name different from that of others that use the folder
  ExternalSort(Path folder, String name) {
    this(folder, name, MEMORY);
  }

  /// @param memory bytes that entries may take before they go to a file
  ExternalSort(Path folder, String name, long memory) {
    this.folder = folder;
    this.name = name;
    this.memory = memory;
  }

  /// What is sorted.
  record Entry(byte[] key, byte[] value) {}

  /// Entries, one after another.
  interface Cursor {
    /// @return empty at the end
    Optional<Entry> next() throws IOException;
  }

  void add(byte[] key, byte[] value) throws IOException {
    entries.add(new Entry(key, value));
    taken += key.length + value.length + OVERHEAD;
    if (taken >= memory) {
      spill();
    }
  }

  private void spill() throws IOException {
    if (runs.size() == FAN_IN) {
      Path all;
      try (Merge merge = new Merge(runs)) {
        all = write(merge);
      }
      deleteRuns();
      runs.add(all); // the oldest entries are in front again
    }
    runs.add(write(sortedEntries()));
    entries.clear();
    taken = 0;
  }

  private Cursor sortedEntries() {
    entries.sort(ORDER);
    Iterator<Entry> each = entries.iterator();
    return () -> each.hasNext() ? Optional.of(each.next()) : Optional.empty();
  }

  private Path write(Cursor sorted) throws IOException {
    Path file = folder.resolve(name + "-" + files++);
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER))) {
      for (var entry = sorted.next(); entry.isPresent(); entry = sorted.next()) {
        out.writeBoolean(true);
        out.writeInt(entry.get().key.length);
        out.write(entry.get().key);
        out.writeInt(entry.get().value.length);
        out.write(entry.get().value);
      }
      out.writeBoolean(false);
    }
    return file;
  }

  /// All entries in order. May be asked for once, after the last was added.
  Cursor sorted() throws IOException {
    if (runs.isEmpty()) {
      return sortedEntries();
    }
    spill();
    Merge merge = new Merge(runs);
    open = Optional.of(merge);
    return merge;
  }

  /// Removes the files.
  @Override
  public void close() throws IOException {
    if (open.isPresent()) {
      open.get().close();
    }
    deleteRuns();
  }

  private void deleteRuns() throws IOException {
    for (Path run : runs) {
      Files.deleteIfExists(run);
    }
    runs.clear();
  }

  /// A file of sorted entries, at its first unread one.
  ///
  /// @param number files of older entries have lower ones
  private record Run(DataInputStream in, int number, Optional<Entry> head) {
    private static final Comparator<Run> FIRST =
        Comparator.comparing((Run run) -> run.head.orElseThrow(), ORDER)
            .thenComparingInt(Run::number);

    static Run of(DataInputStream in, int number) throws IOException {
      if (!in.readBoolean()) {
        return new Run(in, number, Optional.empty());
      }
      byte[] key = in.readNBytes(in.readInt());
      byte[] value = in.readNBytes(in.readInt());
      return new Run(in, number, Optional.of(new Entry(key, value)));
    }
  }

  private static final class Merge implements Cursor, AutoCloseable {
    private final List<DataInputStream> streams = new ArrayList<>();
    private final PriorityQueue<Run> queue = new PriorityQueue<>(Run.FIRST);

    Merge(List<Path> runs) throws IOException {
      try {
        for (Path file : runs) {
          DataInputStream in =
              new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER));
          streams.add(in);
          enqueue(Run.of(in, streams.size()));
        }
      } catch (IOException e) {
        close();
        throw e;
      }
    }

    private void enqueue(Run run) {
      if (run.head.isPresent()) {
        queue.add(run);
      }
    }

    @Override
    public Optional<Entry> next() throws IOException {
      Run first = queue.poll();
      if (first == null) {
        return Optional.empty();
      }
      enqueue(Run.of(first.in, first.number));
      return first.head;
    }

    @Override
    public void close() throws IOException {
      for (DataInputStream in : streams) {
        in.close();
      }
    }
  }
}
