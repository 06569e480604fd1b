package org.clipscribe.bench.measure;

/// How long and how often a contest measures.
///
/// @param rounds samples of each contender
/// @param sampleSeconds the least time that a sample covers
/// @param warmUpSeconds how long each contender runs before the first round: a JIT compiler needs
///     some 10,000 calls or loop turns
/// @param restMillis the least sleep before each sample, see [Contest#rest]; without it the
///     spinning threads of every contender slow all others down 5-10 times
public record Pace(int rounds, double sampleSeconds, double warmUpSeconds, int restMillis) {
  public Pace withRest(int millis) {
    return new Pace(rounds, sampleSeconds, warmUpSeconds, millis);
  }

  public Pace withRounds(int count) {
    return new Pace(count, sampleSeconds, warmUpSeconds, restMillis);
  }
}
