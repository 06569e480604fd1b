package org.clipscribe.bench.peer;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;

/// Debian's OpenBLAS through the foreign function interface. It packs both operands on every call,
/// as its interface demands.
@SuppressWarnings("restricted") // calling native code is what it is for
public final class OpenBlas implements GemmEngine {
  private static final int ROW_MAJOR = 101;
  private static final int NO_TRANSPOSE = 111;
  private static final int TRANSPOSE = 112;

  /// The one with threads of its own; the plain name may be another build or another library.
  private static final List<String> LIBRARIES =
      List.of(
          "/usr/lib/x86_64-linux-gnu/openblas-pthread/libopenblas.so.0",
          "/usr/lib/aarch64-linux-gnu/openblas-pthread/libopenblas.so.0",
          "libopenblas.so.0");

  private final MethodHandle sgemm;
  private final MethodHandle setThreads;
  private final String version;

  private OpenBlas(SymbolLookup library) {
    Linker linker = Linker.nativeLinker();
    sgemm =
        linker.downcallHandle(
            library.findOrThrow("cblas_sgemm"),
            FunctionDescriptor.ofVoid(
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_FLOAT,
                ADDRESS,
                JAVA_INT,
                ADDRESS,
                JAVA_INT,
                JAVA_FLOAT,
                ADDRESS,
                JAVA_INT));
    setThreads =
        linker.downcallHandle(
            library.findOrThrow("openblas_set_num_threads"), FunctionDescriptor.ofVoid(JAVA_INT));
    version =
        text(linker, library, "openblas_get_config").split(" ")[1]
            + ", kernels for "
            + text(linker, library, "openblas_get_corename");
  }

  /// @throws IllegalStateException when it is not installed
  public static OpenBlas open() {
    for (String name : LIBRARIES) {
      try {
        return new OpenBlas(SymbolLookup.libraryLookup(name, Arena.global()));
      } catch (IllegalArgumentException _) {
        // not there: try the next place
      }
    }
    throw new IllegalStateException(
        "no libopenblas.so.0; on Debian: apt-get install libopenblas0-pthread");
  }

  private static String text(Linker linker, SymbolLookup library, String function) {
    try {
      MemorySegment address =
          (MemorySegment)
              linker
                  .downcallHandle(library.findOrThrow(function), FunctionDescriptor.of(ADDRESS))
                  .invokeExact();
      return address.reinterpret(1000).getString(0);
    } catch (Throwable e) {
      throw new IllegalStateException(function, e);
    }
  }

  @Override
  public String name() {
    return "OpenBLAS";
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public Product prepare(Shape shape, float[] x, float[] w, int threads) {
    Arena arena = Arena.ofShared();
    MemorySegment a = copy(arena, x);
    MemorySegment b = copy(arena, w);
    MemorySegment c = arena.allocate(4L * shape.m() * shape.n(), 64);
    try {
      setThreads.invokeExact(threads);
    } catch (Throwable e) {
      throw new IllegalStateException("openblas_set_num_threads", e);
    }
    return new Product() {
      @Override
      public void run() {
        multiply(shape, a, b, c);
      }

      @Override
      public float[] result() {
        return c.toArray(JAVA_FLOAT);
      }

      @Override
      public void close() {
        arena.close();
      }
    };
  }

  private void multiply(Shape shape, MemorySegment a, MemorySegment b, MemorySegment c) {
    try {
      sgemm.invokeExact(
          ROW_MAJOR,
          NO_TRANSPOSE,
          TRANSPOSE,
          shape.m(),
          shape.n(),
          shape.k(),
          1f,
          a,
          shape.k(),
          b,
          shape.k(),
          0f,
          c,
          shape.n());
    } catch (Throwable e) {
      throw new IllegalStateException("cblas_sgemm " + shape, e);
    }
  }

  private static MemorySegment copy(Arena arena, float[] values) {
    MemorySegment segment = arena.allocate(4L * values.length, 64);
    MemorySegment.copy(values, 0, segment, JAVA_FLOAT, 0, values.length);
    return segment;
  }

  @Override
  public void close() {}
}
