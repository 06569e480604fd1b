// What this machine can do at most, for one thread: multiply-add in registers, and read memory.
// Compiled by the benchmark itself with `-O3 -march=native`; it does the timing and the threads.

#if defined(__AVX512F__)
#define VECTOR_BYTES 64
#define WIDE_REGISTERS 1 // 32 registers: 24 accumulators hide the latency of two units
#elif defined(__AVX__)
#define VECTOR_BYTES 32
#define WIDE_REGISTERS 0 // 16 registers: 12 accumulators and the two operands fit
#elif defined(__aarch64__)
#define VECTOR_BYTES 16
#define WIDE_REGISTERS 1
#else
#define VECTOR_BYTES 16
#define WIDE_REGISTERS 0
#endif

typedef float floats __attribute__((vector_size(VECTOR_BYTES)));
typedef long long words __attribute__((vector_size(VECTOR_BYTES)));

#define LANES ((long)(VECTOR_BYTES / sizeof(float)))

#define TWELVE(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11)
#if WIDE_REGISTERS
#define ALL(DO) TWELVE(DO) DO(12) DO(13) DO(14) DO(15) DO(16) DO(17) DO(18) DO(19) DO(20) DO(21) DO(22) DO(23)
#define ACCUMULATORS 24L
#else
#define ALL(DO) TWELVE(DO)
#define ACCUMULATORS 12L
#endif

// Floating-point operations of one round of multiply_add.
long flops_per_round(void) { return ACCUMULATORS * LANES * 2; }

int vector_bytes(void) { return VECTOR_BYTES; }

// The result only keeps the compiler from dropping the loop. Values stay near 1: no denormals.
float multiply_add(long rounds) {
  floats factor = {0}, term = {0};
  factor += 0.9999f;
  term += 0.0001f;
#define DECLARE(i) floats a##i = term * (float)(i + 1);
  ALL(DECLARE)
  for (long round = 0; round < rounds; round++) {
#define STEP(i) a##i = a##i * factor + term;
    ALL(STEP)
  }
  floats sum = {0};
#define ADD(i) sum += a##i;
  ALL(ADD)
  float result = 0;
  for (long lane = 0; lane < LANES; lane++) result += sum[lane];
  return result;
}

// Reads `bytes` (a multiple of 8 vectors) from an address aligned to 64 bytes.
long long read_memory(const void *from, long bytes) {
  const words *p = from;
  long count = bytes / VECTOR_BYTES;
  words a = {0}, b = {0}, c = {0}, d = {0};
  for (long i = 0; i + 8 <= count; i += 8) {
    a ^= p[i] ^ p[i + 4];
    b ^= p[i + 1] ^ p[i + 5];
    c ^= p[i + 2] ^ p[i + 6];
    d ^= p[i + 3] ^ p[i + 7];
  }
  words sum = a ^ b ^ c ^ d;
  long long result = 0;
  for (unsigned lane = 0; lane < VECTOR_BYTES / sizeof(long long); lane++) result ^= sum[lane];
  return result;
}
