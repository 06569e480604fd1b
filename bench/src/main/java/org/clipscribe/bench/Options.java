package org.clipscribe.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.clipscribe.bench.measure.Pace;

/// What the command line asked for.
///
/// @param quick seconds instead of minutes, for trying things out
/// @param device of ours, as `clipscribe --device` takes it
/// @param page where the Markdown goes
/// @param sections their names; empty for all
public record Options(boolean quick, String device, Path page, List<String> sections) {
  /// What is downloaded, generated and measured lies here, out of git's sight.
  public static final Path TARGET = Path.of("bench/target");

  static final String HELP =
      """
      usage: ./build bench [--quick] [--device NAME] [--out FILE] [SECTION...]
        --quick        small samples and fewer shapes: under three minutes, only good for a look;
                       writes bench/target/benchmarks.md unless --out says otherwise
        --device NAME  which back-end of ours computes (cpu)
        --out FILE     the page (docs/benchmarks.md)
        SECTION        %s (all)
      Raw numbers go to bench/target/benchmarks.json.
             ./build bench jmh [ARGS...]
        our kernels one by one under JMH; ARGS are JMH's, for example -h, or
        'ProductBenchmark' -p shape=50x3072x768 -p format=INT8 -p cores=1
      """;

  /// @throws IllegalArgumentException when an argument is not understood
  static Options parse(String[] arguments, Set<String> known) {
    boolean quick = false;
    String device = "cpu";
    Path page = null;
    List<String> sections = new ArrayList<>();
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--quick" -> quick = true;
        case "--device" -> device = value(arguments, ++i);
        case "--out" -> page = Path.of(value(arguments, ++i));
        default -> {
          if (!known.contains(arguments[i])) {
            throw new IllegalArgumentException("not understood: " + arguments[i]);
          }
          sections.add(arguments[i]);
        }
      }
    }
    if (page == null) {
      // Part of a page, or a hasty one, must not replace the page that is kept.
      boolean whole = !quick && sections.isEmpty();
      page = whole ? Path.of("docs/benchmarks.md") : TARGET.resolve("benchmarks.md");
    }
    return new Options(quick, device, page, List.copyOf(sections));
  }

  private static String value(String[] arguments, int index) {
    if (index >= arguments.length) {
      throw new IllegalArgumentException(arguments[index - 1] + " needs a value");
    }
    return arguments[index];
  }

  /// How the micro sections measure.
  public Pace pace() {
    return quick ? new Pace(3, 0.005, 0.05, 0) : new Pace(15, 0.03, 0.4, 0);
  }

  /// The rest before each sample, in milliseconds: spinning pools need it, single threads do not.
  public int rest(int threads) {
    return threads == 1 ? 0 : quick ? 30 : 60;
  }
}
