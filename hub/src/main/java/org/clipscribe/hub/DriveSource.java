package org.clipscribe.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// A file that somebody shares on Google Drive. Before it gives a large file, the drive asks on a
/// page whether one wants it although nobody scanned it for viruses; the page's form says how to
/// say yes.
final class DriveSource implements Transfer.Source {
  /// The page has some 2 kB.
  private static final int MAX_PAGE = 1 << 16;

  private final Transport transport;
  private final URI first;

  DriveSource(Transport transport, URI drive, String id) {
    this.transport = transport;
    this.first = URI.create(drive + "/uc?export=download&id=" + PercentEncoding.whole(id));
  }

  @Override
  public Answer open(long from) throws IOException {
    Answer answer = transport.get(first, from);
    if (!isPage(answer)) {
      return answer.status() / 100 == 4
              && answer.status() != 408
              && answer.status() != 429
              && answer.status() != 416
          ? refuse(answer)
          : answer;
    }
    URI confirmed = confirmation(answer);
    Answer file = transport.get(confirmed, from);
    if (isPage(file)) {
      throw notShared(page(file));
    }
    return file;
  }

  private static boolean isPage(Answer answer) {
    return answer.status() == 200
        && answer.header("Content-Type").filter(type -> type.startsWith("text/html")).isPresent();
  }

  private URI confirmation(Answer answer) throws IOException {
    String page = page(answer);
    Optional<String> target = ConfirmationForm.target(page);
    if (target.isEmpty()) {
      throw notShared(page);
    }
    URI uri;
    try {
      uri = answer.uri().resolve(PercentEncoding.repair(target.get()));
    } catch (IllegalArgumentException e) {
      throw new HubException(first + ": the drive's page leads to what is no address", e);
    }
    boolean downgrade =
        "https".equals(answer.uri().getScheme()) && !"https".equals(uri.getScheme());
    if (uri.getHost() == null || downgrade) {
      throw new HubException(first + ": the drive's page leads to an address that is refused");
    }
    return uri;
  }

  private static String page(Answer answer) throws IOException {
    try (answer) {
      return new String(answer.body().readNBytes(MAX_PAGE), StandardCharsets.UTF_8);
    }
  }

  private Answer refuse(Answer answer) throws IOException {
    String page = page(answer);
    throw answer.status() == 404 || answer.status() == 403
        ? notShared(page)
        : Refusals.of(first.toString(), answer);
  }

  private HubException notShared(String page) {
    boolean quota = page.contains("Quota exceeded") || page.contains("Too many users");
    return new HubException(
        first
            + (quota
                ? ": too many people fetched this file today; try again tomorrow, or fetch it with"
                    + " a browser and use file:///path/to/it"
                : ": the drive gives no file; check the id, and whether the file is shared with"
                    + " everybody"));
  }
}
