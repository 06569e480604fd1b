package org.clipscribe.bench;

import java.util.ArrayList;
import java.util.List;
import org.clipscribe.bench.measure.Clock;
import org.clipscribe.bench.measure.Contest;
import org.clipscribe.bench.measure.Contest.Contender;
import org.clipscribe.bench.measure.Pace;
import org.clipscribe.bench.measure.Timings;
import org.clipscribe.bench.peer.GemmEngine;
import org.clipscribe.bench.peer.LlamaCpp;
import org.clipscribe.bench.peer.NativeLimits;
import org.clipscribe.bench.peer.Ours;
import org.clipscribe.bench.peer.Peer;
import org.clipscribe.bench.peer.PythonTorch;
import org.clipscribe.bench.report.Report;

/// What every section works with.
///
/// @param limits the machine's limits in C, if there is a compiler
/// @param llama decodes GPT-2
/// @param torch captions in Python
/// @param engines native libraries that multiply matrices
public record Bench(
    Options options,
    Report report,
    Ours ours,
    Peer<NativeLimits> limits,
    Peer<LlamaCpp> llama,
    Peer<PythonTorch> torch,
    List<Peer<? extends GemmEngine>> engines) {
  /// The thread counts that are measured.
  public static final List<Integer> THREADS = List.of(1, 2);

  /// A contest at the usual pace; its samples are kept.
  ///
  /// @param measurement like `gemm/50x768x768`
  public Timings contest(String measurement, int threads, List<Contender> contenders, Pace pace) {
    Timings timings =
        Contest.run(contenders, Clock.of(threads), pace.withRest(options.rest(threads)));
    report.keep(measurement + "/" + threads + "T", timings);
    return timings;
  }

  /// The engines that are here.
  public List<GemmEngine> present() {
    List<GemmEngine> found = new ArrayList<>();
    engines.forEach(peer -> peer.engine().ifPresent(found::add));
    return found;
  }
}
