package org.clipscribe.hub;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/// A hub on the loopback that keeps its word unless it is told to lie: resolves files of one
/// repository at one commit, gives large ones on another port as the real one does on another host.
final class FakeHub implements AutoCloseable {
  static final String REPOSITORY = "org/model";
  static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  private final HttpServer hub;
  private final HttpServer store;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Map<String, StoredFile> files = new ConcurrentHashMap<>();
  private final Map<String, Trick> heads = new ConcurrentHashMap<>();
  private final Map<String, Trick> gets = new ConcurrentHashMap<>();
  private final List<Seen> seen = new CopyOnWriteArrayList<>();
  private String prefix = "";

  /// @param where `hub` or `store`
  /// @param range empty when there was none
  record Seen(String where, String method, String path, String range, String authorization) {}

  private record StoredFile(byte[] bytes, boolean large) {}

  /// What a server does instead of what it should.
  @FunctionalInterface
  interface Trick {
    void answer(Request request) throws IOException;
  }

  FakeHub() throws IOException {
    hub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    store = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    hub.setExecutor(threads);
    store.setExecutor(threads);
    hub.createContext("/", exchange -> handle("hub", exchange));
    store.createContext("/", exchange -> handle("store", exchange));
    hub.start();
    store.start();
  }

  /// Serves everything below a path.
  FakeHub withPrefix(String path) {
    prefix = path;
    return this;
  }

  /// A small file, named by git's SHA-1.
  FakeHub small(String path, byte[] bytes) {
    files.put(path, new StoredFile(bytes, false));
    return this;
  }

  FakeHub small(String path, String text) {
    return small(path, text.getBytes(StandardCharsets.UTF_8));
  }

  /// A large file, named by its SHA-256 and kept in the store.
  FakeHub large(String path, byte[] bytes) {
    files.put(path, new StoredFile(bytes, true));
    return this;
  }

  FakeHub onHead(String path, Trick trick) {
    heads.put(path, trick);
    return this;
  }

  /// For the bytes themselves, wherever they are kept.
  FakeHub onGet(String path, Trick trick) {
    gets.put(path, trick);
    return this;
  }

  FakeHub honestAgain() {
    heads.clear();
    gets.clear();
    return this;
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + hub.getAddress().getPort() + prefix);
  }

  URI storeAddress() {
    return URI.create("http://127.0.0.1:" + store.getAddress().getPort());
  }

  /// Requests so far, in order.
  List<Seen> seen() {
    return seen;
  }

  /// How often bytes of a file were asked for.
  List<Seen> downloads(String path) {
    StoredFile file = Objects.requireNonNull(files.get(path), path);
    return seen.stream()
        .filter(each -> each.method().equals("GET") && each.path().endsWith("/" + path))
        .filter(each -> each.where().equals(file.large() ? "store" : "hub"))
        .toList();
  }

  static byte[] random(int size, long seed) {
    byte[] bytes = new byte[size];
    new java.util.Random(seed).nextBytes(bytes);
    return bytes;
  }

  static String sha256(byte[] bytes) {
    return hex("SHA-256", bytes);
  }

  static String gitSha1(byte[] bytes) {
    byte[] header = ("blob " + bytes.length + "\0").getBytes(StandardCharsets.US_ASCII);
    byte[] all = new byte[header.length + bytes.length];
    System.arraycopy(header, 0, all, 0, header.length);
    System.arraycopy(bytes, 0, all, header.length, bytes.length);
    return hex("SHA-1", all);
  }

  private static String hex(String algorithm, byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void handle(String where, HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getRawPath();
    seen.add(
        new Seen(
            where,
            exchange.getRequestMethod(),
            path,
            String.valueOf(exchange.getRequestHeaders().getFirst("Range")).replace("null", ""),
            String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"))
                .replace("null", "")));
    try {
      answer(where, exchange, path);
    } catch (IOException | UncheckedIOException e) {
      exchange.close(); // the client went away, or a trick ended here
    }
  }

  private void answer(String where, HttpExchange exchange, String path) throws IOException {
    String name = path.substring(path.lastIndexOf('/') + 1);
    boolean isHead = exchange.getRequestMethod().equals("HEAD");
    StoredFile file = files.get(name);
    Request request = new Request(exchange, file == null ? new byte[0] : file.bytes(), name);
    Trick trick = (isHead ? heads : gets).get(name);
    boolean redirected = where.equals("hub") && file != null && file.large() && !isHead;
    if (trick != null && !redirected) {
      trick.answer(request);
      return;
    }
    if (where.equals("hub") && !path.startsWith(prefix + "/" + REPOSITORY + "/resolve/")) {
      request.header("X-Error-Code", "RepoNotFound").status(404);
      return;
    }
    request.header("X-Repo-Commit", COMMIT);
    if (file == null) {
      request.header("X-Error-Code", "EntryNotFound").status(404);
    } else if (where.equals("hub") && file.large()) {
      request.metadata(true);
      request.header("Location", storeAddress() + "/signed/" + name).status(302);
    } else if (isHead) {
      request.metadata(false).header("Content-Length", String.valueOf(file.bytes().length));
      request.status(200);
    } else {
      request.metadata(false).range();
    }
  }

  @Override
  public void close() {
    closing.countDown();
    hub.stop(0);
    store.stop(0);
    threads.close();
  }

  /// A request and the ways to answer it.
  final class Request {
    private final HttpExchange exchange;
    private final byte[] bytes;
    private final String name;

    private Request(HttpExchange exchange, byte[] bytes, String name) {
      this.exchange = exchange;
      this.bytes = bytes;
      this.name = name;
    }

    byte[] bytes() {
      return bytes.clone();
    }

    /// Which download of this file it is, from 1.
    int attempt() {
      return downloads(name).size();
    }

    /// The first byte that was asked for.
    int from() {
      String range = exchange.getRequestHeaders().getFirst("Range");
      return range == null ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-.*", "$1"));
    }

    @Nullable String asked(String header) {
      return exchange.getRequestHeaders().getFirst(header);
    }

    Request header(String name, String value) {
      exchange.getResponseHeaders().set(name, value);
      return this;
    }

    Request metadata(boolean large) {
      header("X-Repo-Commit", COMMIT);
      if (large) {
        header("X-Linked-Etag", "\"" + sha256(bytes) + "\"");
        header("X-Linked-Size", String.valueOf(bytes.length));
        return header("ETag", "W/\"nothing\"");
      }
      return header("ETag", "\"" + gitSha1(bytes) + "\"");
    }

    void status(int status) throws IOException {
      exchange.sendResponseHeaders(status, -1);
      exchange.close();
    }

    /// What was asked for.
    void range() throws IOException {
      int from = from();
      if (from > 0) {
        header("Content-Range", "bytes %d-%d/%d".formatted(from, bytes.length - 1, bytes.length));
      }
      body(from > 0 ? 206 : 200, java.util.Arrays.copyOfRange(bytes, from, bytes.length));
    }

    void body(int status, byte[] body) throws IOException {
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    }

    void chunked(byte[] body) throws IOException {
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().write(body);
      exchange.close();
    }

    /// Promises all from some byte on, sends as many bytes and hangs up.
    void breakAfter(int from, int count) throws IOException {
      begin(from, count);
      throw new IOException("as planned");
    }

    /// The same, but says nothing more and does not hang up.
    void stallAfter(int from, int count) throws IOException {
      begin(from, count);
      try {
        closing.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      exchange.close();
    }

    private void begin(int from, int count) throws IOException {
      if (from > 0) {
        header("Content-Range", "bytes %d-%d/%d".formatted(from, bytes.length - 1, bytes.length));
      }
      exchange.sendResponseHeaders(from > 0 ? 206 : 200, bytes.length - from);
      exchange.getResponseBody().write(bytes, from, Math.min(count, bytes.length - from));
      exchange.getResponseBody().flush();
    }
  }
}
