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

/// A hub on the loopback with one repository, and a drive with one file. What hubs may do wrong is
/// tested where the client is, in the module `hub`.
final class HubStub implements AutoCloseable {
  static final String COMMIT = "89abcdef0123456789abcdef0123456789abcdef";

  final Map<String, byte[]> files = new ConcurrentHashMap<>();
  final List<String> requests = new CopyOnWriteArrayList<>();
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
    byte[] bytes = files.get(path.substring(path.lastIndexOf('/') + 1));
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
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
      }
    }
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
