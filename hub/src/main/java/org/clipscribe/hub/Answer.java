package org.clipscribe.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a server said.
///
/// @param uri what was asked, after redirects
/// @param body to be closed
record Answer(URI uri, int status, HttpHeaders headers, InputStream body) implements AutoCloseable {
  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

  /// @param total -1 when the server does not say
  record ContentRange(long first, long last, long total) {}

  Optional<String> header(String name) {
    return headers.firstValue(name).map(String::strip).filter(value -> !value.isEmpty());
  }

  /// A header that must be a number of bytes; empty when it is none.
  Optional<Long> length(String name) {
    return header(name).filter(value -> value.matches("\\d{1,18}")).map(Long::parseLong);
  }

  Optional<ContentRange> contentRange() {
    return header("Content-Range")
        .map(CONTENT_RANGE::matcher)
        .filter(Matcher::matches)
        .map(
            found ->
                new ContentRange(
                    Long.parseLong(found.group(1)),
                    Long.parseLong(found.group(2)),
                    found.group(3).equals("*") ? -1 : Long.parseLong(found.group(3))));
  }

  boolean isRedirect() {
    return switch (status) {
      case 301, 302, 303, 307, 308 -> header("Location").isPresent();
      default -> false;
    };
  }

  /// Whether another attempt may go better: the server is busy or broken at the moment.
  boolean isPassing() {
    return status == 408 || status == 429 || status >= 500;
  }

  /// Whether the body is compressed, which we always ask servers not to do.
  boolean isGzip() {
    return header("Content-Encoding").filter("gzip"::equalsIgnoreCase).isPresent();
  }

  boolean isEncoded() {
    return header("Content-Encoding")
        .filter(name -> !"identity".equalsIgnoreCase(name))
        .isPresent();
  }

  @Override
  public void close() throws IOException {
    body.close();
  }
}
