#!/bin/sh
# Builds the benchmark with its peers and runs it; called by `./build bench`, which set JAVA_HOME.
set -eu
cd "$(dirname "$0")/.."
target=bench/target

mvn -B -q -ntp -Pbench -DskipTests -Dspotless.check.skip=true -pl bench -am package

# A peer is measured with the kernels that it chooses itself for this processor. But an OpenBLAS that is older than the
# processor chooses those of 2004, a fifth as fast as the best that it has: then name them.
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE
if OPENBLAS_VERBOSE=2 LD_PRELOAD=libopenblas.so.0 env true 2>&1 | grep -q Prescott; then
  if grep -q avx512vl /proc/cpuinfo; then
    export OPENBLAS_CORETYPE=SkylakeX
  elif grep -q avx2 /proc/cpuinfo; then
    export OPENBLAS_CORETYPE=Haswell
  fi
fi
# Threads that wait for work sleep between measurements instead of taking the cores from the others: those of OpenMP
# (libtorch) at once, those of OpenBLAS after a millisecond or two (2^20 ticks) instead of 100.
export OMP_WAIT_POLICY=PASSIVE OPENBLAS_THREAD_TIMEOUT=20
# DJL unpacks libtorch there, and reports nothing to anybody.
export DJL_CACHE_DIR="$PWD/$target/djl" OPT_OUT_TRACKING=true DJL_OFFLINE=true

# The launcher's young generation and its options for C2, and pages that have all been touched before, as after some
# minutes of use: a first touch costs more than the product itself on a virtual machine. The peers use memory of earlier
# results again. So the heap does not grow either.
main=org.clipscribe.bench.Main
if [ "${1-}" = jmh ]; then
  main=org.openjdk.jmh.Main
  shift
fi
exec "$JAVA_HOME/bin/java" -XX:+UseSerialGC -Xmn64m -XX:-UseProfiledLoopPredicate -XX:-UseFPUForSpilling \
  --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
  --sun-misc-unsafe-memory-access=allow -Xms2g -Xmx2g -XX:+AlwaysPreTouch ${BENCH_JAVA_OPTS-} \
  -cp "$target/clipscribe-bench-0.1.0-SNAPSHOT.jar:$(cat $target/class-path.txt)" \
  $main "$@"
