package org.clipscribe.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/// A hub on the loopback with one repository, and a drive with one file. What hubs may do wrong is
/// tested where the client is, in the module `hub`.
final class HubStub implements AutoCloseable {
  static final String COMMIT = "89abcdef0123456789abcdef0123456789abcdef";

  final Map<String, byte[]> files = new ConcurrentHashMap<>();
  final List<String> requests = new CopyOnWriteArrayList<>();

  /// Files that break off: how many bytes come before nothing more does.
  final Map<String, Integer> stalls = new ConcurrentHashMap<>();

  private final CountDownLatch closing = new CountDownLatch(1);
  private final HttpServer server;
  private final String repository;

  HubStub(String repository) throws IOException {
    this.repository = repository;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    requests.add(exchange.getRequestMethod() + " " + path);
    String name = path.substring(path.lastIndexOf('/') + 1);
    byte[] bytes = files.get(name);
    boolean known = path.startsWith("/" + repository + "/resolve/") || path.equals("/uc");
    if (known) {
      exchange.getResponseHeaders().set("X-Repo-Commit", COMMIT);
    }
    if (bytes == null || !known) {
      exchange.getResponseHeaders().set("X-Error-Code", known ? "EntryNotFound" : "RepoNotFound");
      exchange.sendResponseHeaders(404, -1);
    } else {
      exchange.getResponseHeaders().set("ETag", "\"" + sha256(bytes) + "\"");
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.getResponseHeaders().set("Content-Length", String.valueOf(bytes.length));
        exchange.sendResponseHeaders(200, -1);
      } else {
        send(exchange, bytes, stalls.getOrDefault(name, bytes.length));
      }
    }
    exchange.close();
  }

  /// From where the client has it, up to where the file stalls.
  private void send(HttpExchange exchange, byte[] bytes, int end) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
    if (from > 0) {
      requests.add("from " + from);
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes %d-%d/%d".formatted(from, bytes.length - 1, bytes.length));
    }
    exchange.sendResponseHeaders(from > 0 ? 206 : 200, bytes.length - from);
    exchange.getResponseBody().write(bytes, from, end - from);
    exchange.getResponseBody().flush();
    if (end < bytes.length) {
      try {
        closing.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
  }
}
