package org.clipscribe.captioner.evaluation;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Takes Penn Treebank tokens off a line, one after the other.
///
/// At each place every kind of token has its say. The longest wins, what it must be followed by
/// counted in; of equally long ones the first in the order of asking.
final class PtbLexer {
  private static final Pattern TAG =
      Pattern.compile(
          "<(?:[!?][A-Za-z-][^>]*+"
              + "|[A-Za-z][\\w:.-]*+(?: ++[A-Za-z][\\w:.-]*+(?: *+= *+(?:'[^']*+'|\"[^\"]*+\"))?){0,50} *+/?"
              + "|/[A-Za-z][\\w:.-]*+) *+>");

  private static final Pattern FACE =
      Pattern.compile("[<>]?[:;=][-oO*']?[()DPdpO\\\\{@|\\[\\]](?=[^A-Za-z0-9]|$)");

  private static final Pattern ASIAN_FACE =
      Pattern.compile(
          "[-^x=~<>']_[-^x=~<>']|\\([-^x=~<>'][_.]?[-^x=~<>']\\)|\\([\\^x=~<>']-[\\^x=~<>'`]\\)");

  private static final Pattern DATE =
      Pattern.compile("\\d{1,2}[-/]\\d{1,2}[-/]\\d{2,4}", Pattern.UNICODE_CHARACTER_CLASS);

  private static final Pattern TELEPHONE =
      Pattern.compile(
          "(?:\\([0-9]{2,3}\\)[ \u00A0]?|(?:\\+\\+?)?(?:[0-9]{2,4}[- \u00A0])?[0-9]{2,4}[- \u00A0])"
              + "[0-9]{3,4}[- \u00A0]?[0-9]{3,5}"
              + "|(?:(?:\\+\\+?)?[0-9]{2,4}\\.)?[0-9]{2,4}\\.[0-9]{3,4}\\.[0-9]{3,5}");

  private static final Pattern PREFIX = Pattern.compile("(?i:pro|anti)-|-(?i:[lr][rcs]b)-");

  private static final Pattern DOTS = Pattern.compile("\\.{3,5}|(?:\\.[ \u00A0]){2,4}\\.");

  private static final Pattern ENTITY = Pattern.compile("&#[0-9]++;");

  private final PtbText text;
  private final PtbWords words;
  private final PtbApostrophes apostrophes;
  private final PtbAddresses addresses;
  private final int lastTagEnd;
  private int at;

  /// The best token so far: where it ends, and how far it looked.
  private int end;

  private int reach;

  PtbLexer(String line) {
    text = new PtbText(line);
    words = new PtbWords(text);
    apostrophes = new PtbApostrophes(text);
    addresses = new PtbAddresses(text);
    lastTagEnd = line.lastIndexOf('>');
  }

  /// The next token, brackets and quotes as the treebank writes them; empty at the end.
  String next() {
    while (at < text.length()) {
      end = at;
      reach = at;
      offerWords();
      offerNumbers();
      offerAbbreviations();
      offerMarks();
      offerJoinedWords();
      if (end == at) {
        end = PtbMarks.end(text, at);
      }
      String token = PtbMarks.written(text, at, Math.max(end, at + 1), end > at);
      at = Math.max(end, at + 1);
      if (!token.isEmpty()) {
        return token;
      }
    }
    return "";
  }

  private void offer(int tokenEnd) {
    offer(tokenEnd, tokenEnd);
  }

  /// @param seen where what must follow the token ends
  private void offer(int tokenEnd, int seen) {
    if (tokenEnd > at && seen > reach) {
      end = tokenEnd;
      reach = seen;
    }
  }

  private void offer(Pattern pattern) {
    Matcher matcher = pattern.matcher(text.line()).region(at, text.length());
    matcher.useTransparentBounds(true);
    if (matcher.lookingAt()) {
      offer(matcher.end());
    }
  }

  private void offerWords() {
    offerSplit("cannot", 3);
    offerSplit("'twas", 3);
    offerSplit("'tis", 2);
    for (String joined : new String[] {"gonna", "gotta", "lemme", "gimme", "wanna"}) {
      offerSplit(joined, 2);
    }
    if (text.holds(at, "c++")) {
      offer(at + 3);
    } else if (text.holds(at, "c#") || text.holds(at, "f#")) {
      offer(at + 2);
    }
    if (text.at(at) == '<' && at < lastTagEnd) {
      offer(TAG);
    }
    int word = words.word(at);
    offer(word, word < 0 ? -1 : words.clitic(word));
    int negated = words.negated(at);
    offer(negated, negated + 3);
    offer(word);
    offer(apostrophes.end(at));
    if (text.holds(at, "y")
        && PtbText.apostrophe(text.at(at + 1))
        && Character.isLetter(text.at(at + 2))) {
      offer(at + 2, at + 3);
    }
    offer(addresses.url(at));
    offer(addresses.site(at));
    offer(addresses.email(at));
    offer(addresses.mention(at));
    offerBeforeNonLetter(words.clitic(at));
    offerBeforeNonLetter(words.negation(at));
  }

  /// Two words in one, of which the last letters stay for the next token.
  private void offerSplit(String joined, int last) {
    if (text.holds(at, joined)) {
      offer(at + joined.length() - last, at + joined.length());
    }
  }

  private void offerBeforeNonLetter(int tokenEnd) {
    if (tokenEnd > 0 && !PtbText.ascii(text.at(tokenEnd))) {
      offer(tokenEnd, tokenEnd + 1);
    }
  }

  private void offerNumbers() {
    offer(DATE);
    offer(words.number(at));
    if (text.at(at) == '-' || text.holds(at, "pro-") || text.holds(at, "anti-")) {
      offer(PREFIX);
    }
    offer(words.slashed(at));
    offer(words.dollar(at));
  }

  private void offerAbbreviations() {
    int letters = text.asciiEnd(at);
    if (letters > at && text.at(letters) == '.') {
      String word = text.line().substring(at, letters);
      int next = text.blankEnd(letters + 1);
      if (word.length() == 1 && next > letters + 1 && sentenceStarts(next)) {
        offer(letters, next + 1);
      }
      char digit = text.at(Math.min(next, letters + 2));
      if (PtbAbbreviations.keepsStopBeforeNumber(word)
          && (Character.isDigit(text.at(letters + 1))
              || (next > letters + 1 && Character.isDigit(digit)))) {
        offer(letters + 1, letters + 2);
      }
      if (PtbAbbreviations.endsSentences(word)) {
        offer(letters + 1, Math.min(letters + 3, text.length() + 1));
      } else if (PtbAbbreviations.keepsStop(word)) {
        offer(letters + 1);
      }
    }
    if (text.holds(at, "ph.d.") || text.holds(at, "ed.d.")) {
      offer(at + 5, at + 7);
    }
    offer(words.acronym(at, 1));
    if (PtbText.apostrophe(text.at(at))
        && PtbText.asciiDigit(text.at(at + 1))
        && PtbText.asciiDigit(text.at(at + 2))
        && PtbText.blank(text.at(at + 3))) {
      offer(at + 3, at + 4);
    }
    int file = addresses.file(at);
    offer(file, file + 1);
    offerWithStop(words.word(at));
    if (text.at(at) == '(' || text.at(at) == '+' || PtbText.asciiDigit(text.at(at))) {
      offer(TELEPHONE);
    }
  }

  private boolean sentenceStarts(int i) {
    if (text.at(i) == '<' && i < lastTagEnd) {
      Matcher tag = TAG.matcher(text.line()).region(i, text.length());
      return tag.lookingAt() && PtbText.blank(text.at(tag.end()));
    }
    int last = text.asciiEnd(i);
    last = text.at(last) == '.' ? last + 1 : last;
    return PtbText.blank(text.at(last))
        && last < text.length()
        && PtbAbbreviations.startsSentence(text.line().substring(i, last));
  }

  /// A stop before a comma or the like belongs to the word.
  private void offerWithStop(int wordEnd) {
    if (wordEnd > 0 && text.at(wordEnd) == '.' && ",;:\u3001".indexOf(text.at(wordEnd + 1)) >= 0) {
      offer(wordEnd + 1, wordEnd + 2);
    }
  }

  private void offerMarks() {
    char c = text.at(at);
    if ("<>:;=".indexOf(c) >= 0) {
      Matcher face = FACE.matcher(text.line()).region(at, text.length());
      face.useTransparentBounds(true);
      if (face.lookingAt()) {
        offer(face.end(), face.end() + 1);
      }
    }
    if ("-^x=~<>'(".indexOf(c) >= 0) {
      offer(ASIAN_FACE);
    }
    if (c == '.') {
      offer(DOTS);
    }
    if (c == '&') {
      offer(ENTITY);
    }
  }

  private void offerJoinedWords() {
    int compound = words.compound(at);
    offerWithStop(compound);
    offer(compound);
    int hyphenated = words.hyphenated(at);
    offerWithStop(hyphenated);
    offer(hyphenated);
    int capitals = words.joinedCapitals(at);
    offerWithStop(capitals);
    offer(capitals);
    if (text.at(at) == '\'' && PtbText.ascii(text.at(at + 1)) && !inner(text.at(at + 2))) {
      offer(at + 1, at + 3);
    }
    offer(words.clitic(at));
    offer(words.negation(at));
    offer(PtbMarks.end(text, at));
  }

  private static boolean inner(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\u00A0';
  }
}
