package org.clipscribe.bench;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import org.clipscribe.bench.measure.Disturbance;
import org.clipscribe.bench.peer.LibTorch;
import org.clipscribe.bench.peer.LlamaCpp;
import org.clipscribe.bench.peer.NativeLimits;
import org.clipscribe.bench.peer.OnnxRuntime;
import org.clipscribe.bench.peer.OpenBlas;
import org.clipscribe.bench.peer.Ours;
import org.clipscribe.bench.peer.Peer;
import org.clipscribe.bench.peer.Peer.Versioned;
import org.clipscribe.bench.peer.PythonTorch;
import org.clipscribe.bench.report.Format;
import org.clipscribe.bench.report.Report;
import org.clipscribe.bench.report.Table;
import org.clipscribe.bench.section.CaptionSection;
import org.clipscribe.bench.section.DecodeSection;
import org.clipscribe.bench.section.ElementsSection;
import org.clipscribe.bench.section.GemmSection;
import org.clipscribe.bench.section.GemvSection;
import org.clipscribe.bench.section.LimitsSection;
import org.clipscribe.bench.section.PrecisionSection;
import org.clipscribe.bench.section.ProcessSection;
import org.clipscribe.bench.section.TrainSection;

/// Ours and native peers on this machine; `./build bench --help` says how.
final class Main {
  private static final List<Section> SECTIONS =
      List.of(
          new LimitsSection(),
          new GemmSection(),
          new GemvSection(),
          new ElementsSection(),
          new DecodeSection(),
          new CaptionSection(),
          new PrecisionSection(),
          new ProcessSection(),
          new TrainSection());

  private Main() {}

  public static void main(String[] arguments) throws IOException {
    Locale.setDefault(Locale.ROOT);
    SequencedMap<String, Section> sections = new LinkedHashMap<>();
    SECTIONS.forEach(section -> sections.put(section.name(), section));
    String help = Options.HELP.formatted(String.join(", ", sections.keySet()));
    if (List.of(arguments).contains("--help")) {
      System.out.print(help);
      return;
    }
    Options options;
    try {
      options = Options.parse(arguments, sections.keySet());
    } catch (IllegalArgumentException e) {
      System.err.print(e.getMessage() + "\n" + help);
      System.exit(2);
      return;
    }
    if (!options.sections().isEmpty()) {
      sections.keySet().retainAll(options.sections());
    }
    System.exit(measure(options, sections) ? 0 : 1);
  }

  /// @return whether all sections measured
  private static boolean measure(Options options, Map<String, Section> sections)
      throws IOException {
    Report report = new Report();
    Ours ours = new Ours(options.device());
    Bench bench =
        new Bench(
            options,
            report,
            ours,
            Peer.find("limits in C", () -> NativeLimits.open(Options.TARGET.resolve("native"))),
            Peer.find("llama.cpp", () -> LlamaCpp.open(Options.TARGET.resolve("llama"))),
            Peer.find("Python torch", PythonTorch::open),
            List.of(
                Peer.find(
                    "ONNX Runtime",
                    () -> {
                      OnnxRuntime engine = OnnxRuntime.open();
                      return new Versioned<>(engine, engine.version());
                    }),
                Peer.find(
                    "OpenBLAS",
                    () -> {
                      OpenBlas engine = OpenBlas.open();
                      return new Versioned<>(engine, engine.version());
                    }),
                Peer.find(
                    "libtorch",
                    () -> {
                      LibTorch engine = LibTorch.open();
                      return new Versioned<>(engine, engine.version());
                    })));
    introduce(bench);
    boolean complete = true;
    for (Section section : sections.values()) {
      complete &= run(section, bench);
      report.write(options.page(), Options.TARGET.resolve("benchmarks.json"));
    }
    return complete;
  }

  private static boolean run(Section section, Bench bench) {
    Disturbance disturbance = new Disturbance();
    boolean complete = true;
    try {
      section.run(bench);
    } catch (Exception e) {
      e.printStackTrace();
      bench.report().paragraph("**Not measured:** " + e.getMessage());
      complete = false;
    }
    OptionalDouble others = disturbance.shareOfOthers();
    if (others.isPresent()) {
      bench
          .report()
          .paragraph(
              "_Other processes took "
                  + Format.percent(others.getAsDouble())
                  + " of the cores meanwhile._");
    }
    return complete;
  }

  private static void introduce(Bench bench) {
    Report report = bench.report();
    report.paragraph("# Benchmarks");
    report.paragraph(
        """
        Written by `./build bench`, which anyone can run; do not edit. Ours and the native peers take \
        turns in one run on the same random data, and each result is compared with ours before it is \
        timed. "1T" is CPU time of one thread, "2T" the time that passes with two threads; \
        each figure is the median of all rounds ± half the distance from the 10th to the 90th \
        percentile. A ratio above 1 says that ours is faster.\
        """);
    if (bench.options().quick()) {
      report.paragraph("**A quick run: few and short samples, good for a look only.**");
    }
    report.table(Machine.describe());
    Table who = new Table("who", "version");
    who.row(Ours.NAME, bench.ours().version());
    describe(who, bench.limits());
    bench.engines().forEach(peer -> describe(who, peer));
    describe(who, bench.llama());
    describe(who, bench.torch());
    report.table(who);
  }

  private static void describe(Table who, Peer<?> peer) {
    who.row(peer.name(), (peer.engine().isPresent() ? "" : "**missing**: ") + peer.version());
  }
}
