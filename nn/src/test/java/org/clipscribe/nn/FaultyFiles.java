package org.clipscribe.nn;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A file system on which a chosen step goes wrong. Each write, force, rename, link, force of
/// a folder and deletion is a step.
public final class FaultyFiles implements FileLayer {
  /// How a step goes wrong.
  public enum Fault {
    /// It is refused, as by a full disk; the program goes on.
    REFUSED,
    /// The power fails, and what was not forced to the device is lost: bytes and new names.
    POWER_LOST,
    /// The power fails, but new names had reached the device already; bytes had not.
    POWER_LOST_AFTER_NAMES
  }

  /// What a program cannot catch and go on from.
  public static final class Crash extends Error {
    private static final long serialVersionUID = 1L;

    Crash() {
      super("the power failed");
    }
  }

  private final Fault fault;
  private final int faultyStep;
  private final Set<Path> unforced = new HashSet<>();
  private int step;
  private boolean dead;
  private @Nullable Path renamed;
  private byte @Nullable [] replaced;

  /// @param faultyStep the first is 0
  public FaultyFiles(Fault fault, int faultyStep) {
    this.fault = fault;
    this.faultyStep = faultyStep;
  }

  /// Whether the chosen step has come.
  public boolean happened() {
    return step > faultyStep;
  }

  private void step() throws IOException {
    if (dead) {
      throw new Crash();
    }
    if (step++ != faultyStep) {
      return;
    }
    if (fault == Fault.REFUSED) {
      throw new IOException("refused by the test");
    }
    dead = true;
    loseNames();
    for (Path path : unforced) {
      if (Files.exists(path)) {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
          file.truncate(file.size() / 2);
        }
      }
    }
    throw new Crash();
  }

  /// A new name that no forced folder holds may be gone and the old file back.
  private void loseNames() throws IOException {
    if (renamed == null || fault != Fault.POWER_LOST) {
      return;
    }
    Files.delete(renamed); // first: the file may have another name that stays
    if (replaced != null) {
      Files.write(renamed, replaced);
    }
  }

  @Override
  public FileChannel create(Path file) throws IOException {
    step();
    unforced.add(file);
    return new Channel(SYSTEM.create(file));
  }

  @Override
  public void force(FileChannel channel) throws IOException {
    step();
    channel.force(true);
    unforced.clear();
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    step();
    renamed = to;
    replaced = Files.exists(to) ? Files.readAllBytes(to) : null;
    SYSTEM.rename(from, to);
    if (unforced.remove(from)) {
      unforced.add(to);
    }
  }

  @Override
  public void link(Path file, Path name) throws IOException {
    step();
    SYSTEM.link(file, name);
  }

  @Override
  public void forceFolder(Path folder) throws IOException {
    step();
    renamed = null;
    replaced = null;
  }

  @Override
  public void delete(Path file) throws IOException {
    step();
    SYSTEM.delete(file);
  }

  /// Counts writes; nothing else is asked of it.
  private final class Channel extends FileChannel {
    private final FileChannel channel;

    Channel(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
      step();
      return channel.write(source);
    }

    @Override
    public void force(boolean metaData) throws IOException {
      channel.force(metaData);
    }

    @Override
    protected void implCloseChannel() throws IOException {
      channel.close();
    }

    private static UnsupportedOperationException unused() {
      return new UnsupportedOperationException("not used by writers of whole files");
    }

    @Override
    public int read(ByteBuffer into) {
      throw unused();
    }

    @Override
    public long read(ByteBuffer[] into, int offset, int length) {
      throw unused();
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
      throw unused();
    }

    @Override
    public long position() {
      throw unused();
    }

    @Override
    public FileChannel position(long position) {
      throw unused();
    }

    @Override
    public long size() {
      throw unused();
    }

    @Override
    public FileChannel truncate(long size) {
      throw unused();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
      throw unused();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
      throw unused();
    }

    @Override
    public int read(ByteBuffer into, long position) {
      throw unused();
    }

    @Override
    public int write(ByteBuffer source, long position) {
      throw unused();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
      throw unused();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
      throw unused();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
      throw unused();
    }
  }
}
