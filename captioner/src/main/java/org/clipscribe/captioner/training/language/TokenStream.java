package org.clipscribe.captioner.training.language;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.clipscribe.gpt2.Gpt2Tokenizer;
import org.clipscribe.nn.AtomicFile;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.jspecify.annotations.Nullable;

/// Documents as one long row of tokens on disk, each document ended by `<|endoftext|>`: what a
/// language model reads in blocks.
///
/// `tokens.bin` holds them as 32-bit numbers, little-endian; `tokens.json` what they were made of.
/// Both lie in the folder of the run and are made again when they do not fit.
public final class TokenStream implements AutoCloseable {
  private static final String TOKENS = "tokens.bin";
  private static final String DESCRIPTION = "tokens.json";
  private static final String FORMAT = "clipscribe-tokens";
  private static final int BLOCK = 1 << 16;

  private final Path file;
  private final FileChannel channel;
  private final long count;
  private final String digest;

  private TokenStream(Path file, FileChannel channel, String digest) throws IOException {
    this.file = file;
    this.channel = channel;
    this.count = channel.size() / Integer.BYTES;
    this.digest = digest;
  }

  /// Opens the tokens of these documents, which are encoded first if that was not done yet.
  ///
  /// @param folder of the run
  /// @throws BadInputException when a document cannot be read, or all are empty
  public static TokenStream open(Path folder, TextDocuments documents, Gpt2Tokenizer tokenizer) {
    Path tokens = folder.resolve(TOKENS);
    Path description = folder.resolve(DESCRIPTION);
    try {
      AtomicFile.removeLeftovers(tokens);
      Map<String, Object> wanted = describe(documents, tokenizer);
      if (!isDone(tokens, description, wanted)) {
        write(tokens, documents, tokenizer);
        Map<String, Object> done = new LinkedHashMap<>(wanted);
        done.put("tokens", Files.size(tokens) / Integer.BYTES);
        AtomicFile.write(description, Json.writePretty(done).getBytes(StandardCharsets.UTF_8));
      }
      TokenStream stream =
          new TokenStream(
              tokens,
              FileChannel.open(tokens, StandardOpenOption.READ),
              sha256(Json.write(wanted).getBytes(StandardCharsets.UTF_8)));
      if (stream.count < 2) {
        stream.close();
        throw new BadInputException(documents.files().getFirst(), "has no text to learn from");
      }
      return stream;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// All that the tokens depend on.
  private static Map<String, Object> describe(TextDocuments documents, Gpt2Tokenizer tokenizer)
      throws IOException {
    List<String> digests = new ArrayList<>();
    for (Path file : documents.files()) {
      digests.add(sha256(file));
    }
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("format", FORMAT);
    map.put("version", 1);
    map.put("documents", documents.lines() ? "lines" : "files");
    map.put("files", digests);
    // Two tokenizers of one size that differ would be other models' as well.
    map.put("vocabulary", (long) tokenizer.vocabularySize());
    map.put("end", (long) tokenizer.endOfText());
    return map;
  }

  private static boolean isDone(Path tokens, Path description, Map<String, Object> wanted)
      throws IOException {
    if (!Files.isRegularFile(tokens) || !Files.isRegularFile(description)) {
      return false;
    }
    JsonObject json;
    try {
      json = Json.readObject(description);
    } catch (BadInputException _) {
      return false; // made again
    }
    Map<String, @Nullable Object> expected = new LinkedHashMap<>(wanted);
    expected.put("tokens", Files.size(tokens) / Integer.BYTES);
    byte[] text = Json.write(expected).getBytes(StandardCharsets.UTF_8);
    return Objects.equals(json.toMap(), Json.parseObject(text, DESCRIPTION).toMap());
  }

  private static void write(Path target, TextDocuments documents, Gpt2Tokenizer tokenizer)
      throws IOException {
    try (AtomicFile file = new AtomicFile(target)) {
      TokenWriter writer = new TokenWriter(file.channel());
      documents.read(
          new TextDocuments.Sink() {
            @Override
            public void part(String part) throws IOException {
              writer.write(tokenizer.encode(part));
            }

            @Override
            public void end() throws IOException {
              writer.write(tokenizer.endOfText());
            }
          });
      writer.flush();
      file.commit();
    }
  }

  private static final class TokenWriter {
    private final FileChannel channel;
    private final ByteBuffer buffer =
        ByteBuffer.allocateDirect(Integer.BYTES * BLOCK).order(ByteOrder.LITTLE_ENDIAN);

    TokenWriter(FileChannel channel) {
      this.channel = channel;
    }

    void write(int... tokens) throws IOException {
      for (int token : tokens) {
        if (!buffer.hasRemaining()) {
          flush();
        }
        buffer.putInt(token);
      }
    }

    void flush() throws IOException {
      buffer.flip();
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      buffer.clear();
    }
  }

  /// Number of tokens.
  public long count() {
    return count;
  }

  /// Stands for the documents and how they were encoded.
  public String digest() {
    return digest;
  }

  /// Copies tokens.
  ///
  /// @param from number of the first
  /// @param wanted how many; fewer come at the end
  public int[] tokens(long from, int wanted) {
    int some = (int) Math.min(wanted, count - from);
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * some).order(ByteOrder.LITTLE_ENDIAN);
    long start = Integer.BYTES * from;
    try {
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, start + bytes.position()) < 0) {
          throw new BadInputException(file, "became shorter while it was read");
        }
      }
    } catch (IOException e) {
      throw BadInputException.unreadable(file, e);
    }
    IntBuffer numbers = bytes.flip().asIntBuffer();
    int[] tokens = new int[some];
    numbers.get(tokens);
    return tokens;
  }

  private static String sha256(Path file) throws IOException {
    MessageDigest digest = digest256();
    byte[] block = new byte[BLOCK];
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      while (in.read(block) >= 0) {
        // The digest sees what is read.
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(digest256().digest(bytes));
  }

  private static MessageDigest digest256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException _) {
      // Nothing was written, so nothing can be lost.
    }
  }
}
