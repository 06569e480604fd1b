package org.clipscribe.captioner.training.language;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.text.CharacterClass;

/// Text files to learn from, read as a stream: none is ever in memory whole.
///
/// @param files in the order in which they are read
/// @param lines whether each line is a document of its own; else each file is one
public record TextDocuments(List<Path> files, boolean lines) {
  /// Characters that are handed on at once, about.
  private static final int PART = 1 << 18;

  /// A text without white space for so long is cut anyway.
  private static final int LONGEST_PART = 1 << 22;

  /// Where documents go, a part at a time.
  interface Sink {
    /// @param part not empty. Cut so that no token that GPT-2's rules make reaches over its ends
    void part(String part) throws IOException;

    /// The document is over.
    void end() throws IOException;
  }

  public TextDocuments {
    files = List.copyOf(files);
  }

  /// A file, or all `.txt` and `.md` files below a folder in the order of their names.
  ///
  /// @throws BadInputException when there is nothing to read
  public static TextDocuments at(Path path, boolean lines) {
    if (!Files.isDirectory(path)) {
      if (!Files.isRegularFile(path)) {
        throw new BadInputException(path, "is no file and no folder of text files");
      }
      return new TextDocuments(List.of(path), lines);
    }
    try (Stream<Path> all = Files.walk(path, FileVisitOption.FOLLOW_LINKS)) {
      List<Path> files =
          all.filter(Files::isRegularFile).filter(TextDocuments::isText).sorted().toList();
      if (files.isEmpty()) {
        throw new BadInputException(path, "holds no .txt or .md files");
      }
      return new TextDocuments(files, lines);
    } catch (IOException e) {
      throw BadInputException.unreadable(path, e);
    }
  }

  private static boolean isText(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".txt") || name.endsWith(".md");
  }

  /// Reads all documents. Those of white space alone are left out, and CR LF is read as LF.
  ///
  /// @throws BadInputException when a file cannot be read or is not UTF-8
  void read(Sink sink) throws IOException {
    for (Path file : files) {
      var decoder =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT);
      try (Reader reader = new InputStreamReader(Files.newInputStream(file), decoder)) {
        new Splitter(sink).read(reader);
      } catch (CharacterCodingException e) {
        throw new BadInputException(file.toString(), "is not a text in UTF-8", e);
      } catch (FileSystemException e) {
        throw BadInputException.unreadable(file, e);
      }
    }
  }

  /// Cuts the text of a file into documents and parts.
  private final class Splitter {
    private final Sink sink;
    private final StringBuilder pending = new StringBuilder();
    private boolean begun;

    Splitter(Sink sink) {
      this.sink = sink;
    }

    void read(Reader reader) throws IOException {
      char[] block = new char[1 << 16];
      boolean first = true;
      for (int count = reader.read(block); count >= 0; count = reader.read(block)) {
        int from = first && count > 0 && block[0] == '\uFEFF' ? 1 : 0; // a byte order mark
        first = false;
        add(block, from, count);
      }
      end();
    }

    private void add(char[] block, int from, int to) throws IOException {
      for (int i = from; i < to; i++) {
        char c = block[i];
        if (c == '\r') {
          continue; // of CR LF; alone it has not been a line's end since the last century
        }
        if (c == '\n' && lines) {
          end();
          continue;
        }
        boolean space = isSpace(c);
        if ((space && pending.length() >= PART && mayEnd()) || pending.length() >= LONGEST_PART) {
          part();
        }
        pending.append(c);
      }
    }

    /// Before white space that follows something else, a token ends whatever comes.
    private boolean mayEnd() {
      return !isSpace(pending.charAt(pending.length() - 1));
    }

    /// As the tokenizer's rules have it; all white space is of one `char`.
    private static boolean isSpace(char c) {
      return CharacterClass.of(c) == CharacterClass.SPACE;
    }

    private void part() throws IOException {
      if (!pending.isEmpty()) {
        sink.part(pending.toString());
        pending.setLength(0);
        begun = true;
      }
    }

    private void end() throws IOException {
      if (!begun && pending.chars().allMatch(c -> isSpace((char) c))) {
        pending.setLength(0);
        return;
      }
      part();
      sink.end();
      begun = false;
    }
  }
}
