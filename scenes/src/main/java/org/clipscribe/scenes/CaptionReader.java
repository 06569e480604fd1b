package org.clipscribe.scenes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.clipscribe.scenes.CaptionFacts.Statement;
import org.jspecify.annotations.Nullable;

/// Finds concepts, counts, relations and the background in an English sentence by looking for known
/// words, the longest first: *hot dog* is no dog. It does not parse.
final class CaptionReader {
  private static final Pattern NOT_WORD = Pattern.compile("[^a-z0-9]+");
  private static final Map<String, Integer> NUMBERS =
      Map.ofEntries(
          Map.entry("a", 1),
          Map.entry("an", 1),
          Map.entry("one", 1),
          Map.entry("single", 1),
          Map.entry("two", 2),
          Map.entry("couple", 2),
          Map.entry("both", 2),
          Map.entry("three", 3),
          Map.entry("four", 4),
          Map.entry("five", 5),
          Map.entry("six", 6),
          Map.entry("seven", 7),
          Map.entry("eight", 8),
          Map.entry("nine", 9),
          Map.entry("ten", 10),
          Map.entry("several", 0),
          Map.entry("some", 0),
          Map.entry("many", 0),
          Map.entry("few", 0));

  /// Between a number and its noun, none of these can stand.
  private static final Set<String> STOPS =
      Set.of("and", "with", "on", "in", "at", "to", "is", "are", "above", "below", "under", "over");

  /// After these, *right* only strengthens: right above, right next to.
  private static final Set<String> PLACES =
      Set.of("next", "above", "below", "beside", "under", "over", "between", "beneath");

  /// A name that concepts go by.
  private record Form(Concept concept, boolean singular) {}

  /// A concept in the sentence, words `from` to before `to`.
  private record Mention(Concept concept, int count, int from, int to) {}

  private final Map<String, Form> forms = new HashMap<>();
  private final Map<String, Background> backgrounds = new HashMap<>();
  private int longest = 1;

  CaptionReader(List<Concept> concepts, Function<Background, List<String>> wordsFor) {
    for (Concept concept : concepts) {
      concept.plurals().forEach(form -> put(form, new Form(concept, false)));
      // A form that is both, like sheep, counts as one unless a number says otherwise.
      concept.singulars().forEach(form -> put(form, new Form(concept, true)));
    }
    for (Background background : Background.values()) {
      wordsFor.apply(background).forEach(word -> backgrounds.put(word, background));
    }
  }

  private void put(String name, Form form) {
    String[] words = words(name);
    longest = Math.max(longest, words.length);
    forms.put(String.join(" ", words), form);
  }

  private static String[] words(String text) {
    String spaced = NOT_WORD.matcher(text.toLowerCase(Locale.ROOT)).replaceAll(" ").strip();
    return spaced.isEmpty() ? new String[0] : spaced.split(" ");
  }

  CaptionFacts read(String caption) {
    String[] words = words(caption);
    List<Mention> mentions = mentions(words);
    Map<Concept, Integer> counts = new LinkedHashMap<>();
    for (Mention mention : mentions) {
      counts.merge(mention.concept, mention.count, Integer::sum);
    }
    return new CaptionFacts(counts, statements(words, mentions), background(words, mentions));
  }

  private List<Mention> mentions(String[] words) {
    List<Mention> mentions = new ArrayList<>();
    int at = 0;
    int free = 0;
    while (at < words.length) {
      int length = Math.min(longest, words.length - at);
      Form form = form(words, at, length);
      while (form == null && length > 1) {
        length--;
        form = form(words, at, length);
      }
      if (form == null) {
        at++;
        continue;
      }
      mentions.add(new Mention(form.concept, count(words, free, at, form), at, at + length));
      at += length;
      free = at;
    }
    return mentions;
  }

  private @Nullable Form form(String[] words, int at, int length) {
    return forms.get(String.join(" ", List.of(words).subList(at, at + length)));
  }

  /// Looks back over at most two adjectives for a number.
  private static int count(String[] words, int free, int at, Form form) {
    for (int i = at - 1; i >= Math.max(free, at - 4) && !STOPS.contains(words[i]); i--) {
      Integer number = NUMBERS.get(words[i]);
      if (number != null) {
        return number;
      }
      if (words[i].matches("[0-9]{1,3}")) {
        return Integer.parseInt(words[i]);
      }
      if (words[i].equals("background") || words[i].equals("picture")) {
        break;
      }
    }
    return form.singular ? 1 : 0;
  }

  private static List<Statement> statements(String[] words, List<Mention> mentions) {
    List<Statement> statements = new ArrayList<>();
    for (int i = 0; i + 1 < mentions.size(); i++) {
      Concept first = mentions.get(i).concept;
      Concept second = mentions.get(i + 1).concept;
      int from = mentions.get(i).to;
      int to = mentions.get(i + 1).from;
      for (int at = from; at < to; at++) {
        String next = at + 1 < words.length ? words[at + 1] : "";
        switch (words[at]) {
          case "left" -> statements.add(new Statement.LeftOf(first, second));
          case "right" -> {
            if (!PLACES.contains(next)) {
              statements.add(new Statement.LeftOf(second, first));
            }
          }
          case "above", "over", "atop", "top" -> statements.add(new Statement.Above(first, second));
          case "below", "under", "beneath", "underneath" ->
              statements.add(new Statement.Above(second, first));
          case "between" -> {
            if (i + 2 < mentions.size()) {
              Concept third = mentions.get(i + 2).concept;
              statements.add(Statement.Between.of(first, second, third));
            }
          }
          default -> {}
        }
      }
    }
    if (mentions.size() == 3 && List.of(words).indexOf("between") >= mentions.get(2).to) {
      statements.add(
          Statement.Between.of(
              mentions.get(2).concept, mentions.get(0).concept, mentions.get(1).concept));
    }
    return statements;
  }

  /// The first background word outside the concepts. A colour right before a concept is its
  /// adjective; one that stands before *background* wins.
  private @Nullable Background background(String[] words, List<Mention> mentions) {
    Background found = null;
    for (int at = 0; at < words.length; at++) {
      Background background = backgrounds.get(words[at]);
      int place = at;
      if (background == null
          || mentions.stream().anyMatch(m -> m.from <= place && place < m.to)
          || (background.isColour() && mentions.stream().anyMatch(m -> m.from == place + 1))) {
        continue;
      }
      boolean named = at + 1 < words.length && words[at + 1].equals("background");
      if (found == null || named) {
        found = background;
      }
    }
    return found;
  }
}
