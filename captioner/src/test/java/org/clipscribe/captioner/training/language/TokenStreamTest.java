package org.clipscribe.captioner.training.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.clipscribe.captioner.training.TinyWords;
import org.clipscribe.gpt2.Gpt2Tokenizer;
import org.clipscribe.nn.BadInputException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TokenStreamTest {
  @TempDir private Path folder;
  private Gpt2Tokenizer tokenizer;

  @BeforeEach
  void words() {
    tokenizer = TinyWords.gpt2(folder.resolve("words"));
  }

  private String read(Path source, boolean lines) {
    try (TokenStream stream =
        TokenStream.open(folder, TextDocuments.at(source, lines), tokenizer)) {
      return tokenizer.decode(stream.tokens(0, (int) stream.count()));
    }
  }

  private Path file(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  @Test
  void endsEachFileOrEachLineAsAText() throws IOException {
    Path file = file("a.txt", "\uFEFFone line\r\n\r\n \nanother\n");
    assertThat(read(file, false)).isEqualTo("one line\n\n \nanother\n<|endoftext|>");
    assertThat(read(file, true)).isEqualTo("one line<|endoftext|>another<|endoftext|>");
  }

  @Test
  void readsTheTextFilesBelowAFolderInOrder() throws IOException {
    file("texts/b.md", "second");
    file("texts/a/z.txt", "first");
    file("texts/picture.jpg", "no text");
    file("texts/empty.txt", "  \n");
    assertThat(read(folder.resolve("texts"), false))
        .isEqualTo("first<|endoftext|>second<|endoftext|>");
  }

  /// Parts are cut where a token ends anyway, whatever white space stands there.
  @Test
  void encodesALongTextAsIfItWereReadWhole() throws IOException {
    Random random = new Random(5);
    String[] pieces = {"the", " ", "  ", "\n", "\n\n", "picture", "\u00a0", "'s", "42", "\t", "é"};
    StringBuilder text = new StringBuilder("x");
    while (text.length() < 700_000) {
      text.append(pieces[random.nextInt(pieces.length)]);
    }
    Path file = file("long.txt", text.toString());
    int[] whole = tokenizer.encode(text.toString());
    List<Integer> parts = new ArrayList<>();
    new TextDocuments(List.of(file), false)
        .read(
            new TextDocuments.Sink() {
              @Override
              public void part(String part) {
                parts.add(part.length());
              }

              @Override
              public void end() {
                parts.add(-1);
              }
            });
    assertThat(parts).as("cut into parts").hasSizeGreaterThan(3).endsWith(-1);
    try (TokenStream stream = TokenStream.open(folder, TextDocuments.at(file, false), tokenizer)) {
      assertThat(stream.count()).isEqualTo(whole.length + 1);
      assertThat(stream.tokens(0, whole.length)).containsExactly(whole);
    }
  }

  @Test
  void encodesATextOnceUntilItChanges() throws IOException {
    Path file = file("a.txt", "one");
    read(file, false);
    Path tokens = folder.resolve("tokens.bin");
    FileTime longAgo = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(tokens, longAgo);
    assertThat(read(file, false)).isEqualTo("one<|endoftext|>");
    assertThat(Files.getLastModifiedTime(tokens)).as("as it was").isEqualTo(longAgo);
    file("a.txt", "two");
    assertThat(read(file, false)).isEqualTo("two<|endoftext|>");
    Files.write(tokens, new byte[5]);
    assertThat(read(file, false)).as("made again").isEqualTo("two<|endoftext|>");
  }

  @Test
  void refusesWhatIsNoTextAndWhatHoldsNone() throws IOException {
    Path latin = folder.resolve("latin.txt");
    Files.write(latin, "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> read(latin, false))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("latin.txt")
        .hasMessageContaining("UTF-8");
    assertThatThrownBy(() -> read(folder.resolve("missing"), false))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("no file and no folder");
    Path empty = Files.createDirectory(folder.resolve("none"));
    assertThatThrownBy(() -> read(empty, false))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("no .txt or .md files");
    Path blank = file("blank.txt", " \n\n");
    assertThatThrownBy(() -> read(blank, false))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("no text to learn from");
  }
}
