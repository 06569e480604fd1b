package org.clipscribe.captioner.dataset;

import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Numbers about a data set, for people who are about to train on it.
///
/// Words are runs of letters, digits and apostrophes, in lower case.
///
/// @param captionsPerImage how many captions images have
/// @param wordsPerCaption how many words captions have
/// @param vocabulary number of different words
public record DatasetInfo(
    Map<Split, Count> splits,
    Distribution captionsPerImage,
    Distribution wordsPerCaption,
    int vocabulary) {
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+(?:['’][\\p{L}\\p{N}]+)*");

  public DatasetInfo {
    splits = Map.copyOf(splits);
  }

  /// How large a split is.
  public record Count(int images, int captions) {}

  /// Of whole numbers.
  ///
  /// @param median the lower one of two
  public record Distribution(int least, int median, int most, double mean) {
    /// @param counts how often each number is there, not empty
    static Distribution of(TreeMap<Integer, Integer> counts) {
      long total = 0;
      long sum = 0;
      for (Map.Entry<Integer, Integer> each : counts.entrySet()) {
        total += each.getValue();
        sum += (long) each.getKey() * each.getValue();
      }
      long below = 0;
      int median = counts.firstKey();
      for (Map.Entry<Integer, Integer> each : counts.entrySet()) {
        median = each.getKey();
        below += each.getValue();
        if (2 * below >= total) {
          break;
        }
      }
      return new Distribution(counts.firstKey(), median, counts.lastKey(), (double) sum / total);
    }

    Map<String, Object> toMap() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("min", least);
      map.put("median", median);
      map.put("mean", mean);
      map.put("max", most);
      return map;
    }
  }

  /// Reads all captions.
  public static DatasetInfo of(EmbeddingDataset dataset) {
    TreeMap<Integer, Integer> perImage = new TreeMap<>();
    TreeMap<Integer, Integer> lengths = new TreeMap<>();
    Set<String> vocabulary = new HashSet<>();
    for (int row = 0; row < dataset.images(); row++) {
      CaptionedImage image = dataset.image(row);
      perImage.merge(image.captions().size(), 1, Integer::sum);
      for (String caption : image.captions()) {
        int words = 0;
        Matcher matcher = WORD.matcher(caption);
        while (matcher.find()) {
          vocabulary.add(matcher.group().toLowerCase(Locale.ROOT));
          words++;
        }
        lengths.merge(words, 1, Integer::sum);
      }
    }
    Map<Split, Count> splits = new EnumMap<>(Split.class);
    for (Split split : Split.values()) {
      Samples samples = dataset.samples(split);
      splits.put(split, new Count(samples.images(), samples.size()));
    }
    return new DatasetInfo(
        splits, Distribution.of(perImage), Distribution.of(lengths), vocabulary.size());
  }

  /// For JSON.
  public Map<String, Object> toMap() {
    Map<String, Object> counts = new LinkedHashMap<>();
    for (Split split : Split.values()) {
      Count count = splits.getOrDefault(split, new Count(0, 0));
      Map<String, Object> each = new LinkedHashMap<>();
      each.put("images", count.images);
      each.put("captions", count.captions);
      counts.put(split.label(), each);
    }
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("splits", counts);
    map.put("captions_per_image", captionsPerImage.toMap());
    map.put("words_per_caption", wordsPerCaption.toMap());
    map.put("vocabulary", vocabulary);
    return map;
  }
}
