package org.clipscribe.bench.peer;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/// The machine's own limits, measured by loops in C (`bench/src/main/c/limits.c`) that are compiled
/// for this very processor.
@SuppressWarnings("restricted") // calling native code is what it is for
public final class NativeLimits {
  private static final Path SOURCE = Path.of("bench/src/main/c/limits.c");

  private final MethodHandle multiplyAdd;
  private final MethodHandle readMemory;
  private final double flopsPerRound;
  private final int vectorBits;
  private final ExecutorService helpers =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());

  private NativeLimits(SymbolLookup library) throws Throwable {
    Linker linker = Linker.nativeLinker();
    multiplyAdd =
        linker.downcallHandle(
            library.findOrThrow("multiply_add"), FunctionDescriptor.of(JAVA_FLOAT, JAVA_LONG));
    readMemory =
        linker.downcallHandle(
            library.findOrThrow("read_memory"),
            FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG));
    flopsPerRound =
        (long)
            linker
                .downcallHandle(
                    library.findOrThrow("flops_per_round"), FunctionDescriptor.of(JAVA_LONG))
                .invokeExact();
    int bytes =
        (int)
            linker
                .downcallHandle(
                    library.findOrThrow("vector_bytes"), FunctionDescriptor.of(JAVA_INT))
                .invokeExact();
    vectorBits = 8 * bytes;
  }

  /// Compiles and loads the loops.
  ///
  /// @param folder where the library is put
  /// @throws IOException when there is no C compiler
  public static Peer.Versioned<NativeLimits> open(Path folder) throws IOException {
    Files.createDirectories(folder);
    Path library = folder.resolve("liblimits.so").toAbsolutePath();
    Path here = Path.of("").toAbsolutePath();
    Shell.run(
        here,
        "gcc",
        "-O3",
        "-march=native",
        "-shared",
        "-fPIC",
        "-o",
        library.toString(),
        SOURCE.toString());
    String version = Shell.run(here, "gcc", "-dumpfullversion");
    try {
      NativeLimits limits = new NativeLimits(SymbolLookup.libraryLookup(library, Arena.global()));
      return new Peer.Versioned<>(
          limits, "gcc " + version + " -O3 -march=native, " + limits.vectorBits + "-bit vectors");
    } catch (Throwable e) {
      throw new IOException("the compiled loops cannot be loaded", e);
    }
  }

  /// Floating-point operations of [#multiplyAdd] on each thread.
  public double flops(long rounds) {
    return rounds * flopsPerRound;
  }

  /// Multiplies and adds in registers on every thread at once.
  public void multiplyAdd(long rounds, int threads) {
    onThreads(
        threads,
        _ -> {
          try {
            float _ = (float) multiplyAdd.invokeExact(rounds);
          } catch (Throwable e) {
            throw new IllegalStateException("multiply_add", e);
          }
        });
  }

  /// Reads memory, each thread its own part.
  public void read(MemorySegment memory, int threads) {
    long part = memory.byteSize() / threads;
    onThreads(
        threads,
        thread -> {
          try {
            long _ = (long) readMemory.invokeExact(memory.asSlice(thread * part, part), part);
          } catch (Throwable e) {
            throw new IllegalStateException("read_memory", e);
          }
        });
  }

  /// Memory whose pages are all there, for [#read].
  public static MemorySegment memory(Arena arena, long bytes) {
    MemorySegment memory = arena.allocate(bytes, 64);
    for (long at = 0; at < bytes; at += 8) {
      memory.set(ValueLayout.JAVA_LONG, at, at);
    }
    return memory;
  }

  private void onThreads(int threads, IntConsumer work) {
    Future<?>[] others = new Future<?>[threads - 1];
    for (int thread = 1; thread < threads; thread++) {
      int number = thread;
      others[thread - 1] = helpers.submit(() -> work.accept(number));
    }
    work.accept(0);
    for (Future<?> other : others) {
      try {
        other.get();
      } catch (InterruptedException | ExecutionException e) {
        throw new IllegalStateException("a helper thread failed", e);
      }
    }
  }
}
