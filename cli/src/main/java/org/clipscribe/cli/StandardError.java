package org.clipscribe.cli;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Standard error, which it takes back from the launcher before anything is written to it.
///
/// The JVM prints `WARNING: Using incubator modules` on every start, before `main` and with no
/// switch against it. The launcher therefore starts it with a filter as its descriptor 2 and the
/// real one as descriptor 3. Only POSIX `dup2` can put that back: a copy opened by name
/// (`/dev/fd/3`) would have a file position of its own and overwrite what others wrote to the same
/// file. That takes a hundredth of a second or three, so it is done when there is something to say.
final class StandardError extends OutputStream {
  private final OutputStream descriptor = new FileOutputStream(FileDescriptor.err);
  private boolean ours;

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int from, int count) throws IOException {
    if (!ours) {
      ours = true;
      takeBack();
    }
    descriptor.write(bytes, from, count);
  }

  /// Does nothing when the launcher did not ask for it; when it cannot be done, messages simply
  /// stay on the filter, which lets them through.
  private static void takeBack() {
    Integer descriptor = Integer.getInteger("clipscribe.stderr");
    if (descriptor == null || descriptor == 2) {
      return;
    }
    Linker linker = Linker.nativeLinker();
    linker.defaultLookup().find("dup2").ifPresent(dup2 -> call(linker, dup2, descriptor));
  }

  @SuppressWarnings("restricted") // the launcher enables native access
  private static void call(Linker linker, MemorySegment dup2, int descriptor) {
    MethodHandle handle =
        linker.downcallHandle(dup2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    try {
      int _ = (int) handle.invokeExact(descriptor, 2);
    } catch (Throwable e) {
      throw new IllegalStateException("dup2", e);
    }
  }
}
