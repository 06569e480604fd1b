package org.clipscribe.captioner.evaluation;

import java.util.Locale;
import java.util.Set;

/// Words that keep the full stop behind them.
final class PtbAbbreviations {
  /// In any case of letters. Often the last word of a sentence, so these look at what follows, and
  /// with that are longer than a short word glued to them.
  private static final Set<String> ENDING =
      words(
          """
          jan feb mar apr jun jul aug sep sept oct nov dec
          mon tue tues wed thu thurs fri
          ala ariz calif colo conn ct dak fla ga kan kans ky md mich minn mo mont neb nev okla penn
          tenn va vt wis wisc wyo
          inc co cos corp pty ptys pte ptes ppty pptys ppte pptes ltd plc rt bancorp bhd assn univ
          intl sys tel est ext sq jr sr bros blvd rd esq etc al seq bldg
          """);

  /// In any case of letters, in the midst of a sentence.
  private static final Set<String> WITHIN =
      words(
          """
          mr mrs ms dr drs prof profs sen sens rep reps atty attys lt col gen messrs gov govs adm
          rev maj sgt cpl pvt capt st ste ave pres lieut hon brig cmdr comdr pfc spc supt supts det
          mt ft adj adv asst assoc ens insp mlle mme msgr sfc
          vs alex wm jos cie cf treas ph invt elec natl mfg mtg dept
          """);

  /// With a capital at the start only: they are plain words otherwise.
  private static final Set<String> CAPITALISED =
      words("az ark del ill ind la mass miss ore pa tex wash");

  /// Only before a number.
  private static final Set<String> BEFORE_NUMBERS = words("ca fig figs prop no nos art bldg pp op");

  /// Before one of these with a capital, the full stop of "B." ends a sentence and is not the
  /// letter's.
  private static final Set<String> SENTENCE_STARTS =
      words(
          """
          about according additionally after an a as at but earlier he her here however if in it
          last many more mr. ms. now once one other our she since so some such that the their then
          there these they this we when while what yet you
          """);

  private PtbAbbreviations() {}

  private static Set<String> words(String list) {
    return Set.of(list.strip().split("\\s+"));
  }

  /// @param word letters before a full stop
  static boolean keepsStop(String word) {
    return WITHIN.contains(word.toLowerCase(Locale.ROOT));
  }

  /// @param word letters before a full stop that is theirs, and maybe the sentence's as well
  static boolean endsSentences(String word) {
    String lower = word.toLowerCase(Locale.ROOT);
    return ENDING.contains(lower)
        || (CAPITALISED.contains(lower) && Character.isUpperCase(word.charAt(0)));
  }

  static boolean keepsStopBeforeNumber(String word) {
    return BEFORE_NUMBERS.contains(word.toLowerCase(Locale.ROOT));
  }

  static boolean startsSentence(String word) {
    return !word.isEmpty()
        && Character.isUpperCase(word.charAt(0))
        && SENTENCE_STARTS.contains(word.toLowerCase(Locale.ROOT));
  }
}
