package org.clipscribe.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/// Asks servers: redirects, time limits, and who may see the token.
///
/// The token goes to the endpoint's own scheme, host and port and nowhere else, whatever a redirect
/// says; and once a redirect has led away from there, it is not sent again, wherever the next
/// leads.
final class Transport implements AutoCloseable {
  private static final int MAX_REDIRECTS = 10;

  private final HubSettings settings;
  private final String agent;
  private final HttpClient client;

  Transport(HubSettings settings, String agent) {
    this.settings = settings;
    this.agent = agent;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(
                HttpClient.Version.HTTP_1_1) // one file at a time: a connection each is simplest
            .followRedirects(Redirect.NEVER)
            .connectTimeout(settings.answerTimeout())
            .cookieHandler(new CookieManager()) // in memory; the drive's confirmation may need one
            .proxy(settings.proxies().selector());
    settings.proxies().authenticator().ifPresent(builder::authenticator);
    this.client = builder.build();
  }

  /// Asks for the headers of what is at an address, following redirects until an answer satisfies.
  ///
  /// @param enough whether to stop at a redirect
  Answer head(URI uri, Predicate<Answer> enough) throws IOException {
    return ask("HEAD", uri, Map.of(), enough);
  }

  /// Asks for what is at an address, from some byte on.
  Answer get(URI uri, long from) throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    if (from > 0) {
      headers.put("Range", "bytes=" + from + "-");
    }
    return ask("GET", uri, headers, _ -> false);
  }

  private Answer ask(
      String method, URI first, Map<String, String> headers, Predicate<Answer> enough)
      throws IOException {
    URI uri = first;
    boolean trusted = true;
    for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      trusted &= isEndpoint(uri);
      Answer answer = send(method, uri, headers, trusted);
      if (!answer.isRedirect() || enough.test(answer)) {
        return answer;
      }
      answer.close();
      uri = target(uri, answer.header("Location").orElseThrow());
    }
    throw new HubException(first + ": the server redirects in a circle");
  }

  private static URI target(URI from, String location) {
    URI target;
    try {
      target = from.resolve(PercentEncoding.repair(location));
    } catch (IllegalArgumentException e) {
      throw new HubException(from + ": the server redirects to what is no address", e);
    }
    String scheme = Objects.requireNonNullElse(target.getScheme(), "");
    boolean http = scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https");
    if (!http || target.getHost() == null) {
      throw new HubException(from + ": the server redirects to what is no web address");
    }
    if ("https".equalsIgnoreCase(from.getScheme()) && !"https".equalsIgnoreCase(scheme)) {
      throw new HubException(from + ": the server redirects from https to http, which is refused");
    }
    return target;
  }

  private boolean isEndpoint(URI uri) {
    URI endpoint = settings.endpoint();
    return endpoint.getScheme().equalsIgnoreCase(uri.getScheme())
        && endpoint.getHost().equalsIgnoreCase(uri.getHost())
        && port(endpoint) == port(uri);
  }

  private static int port(URI uri) {
    if (uri.getPort() >= 0) {
      return uri.getPort();
    }
    return "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
  }

  private Answer send(String method, URI uri, Map<String, String> headers, boolean withToken)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .header("User-Agent", agent)
            .header("Accept-Encoding", "identity"); // sizes and ranges are those of the file
    headers.forEach(request::header);
    Optional<String> token = withToken ? settings.token() : Optional.empty();
    token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
    CompletableFuture<HttpResponse<InputStream>> future =
        client.sendAsync(request.build(), _ -> new AnswerBody(settings.silenceTimeout()));
    HttpResponse<InputStream> response = await(future, settings.answerTimeout());
    return new Answer(uri, response.statusCode(), response.headers(), response.body());
  }

  private static <T> T await(CompletableFuture<T> future, Duration patience) throws IOException {
    try {
      return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      future.cancel(true);
      throw Interruptions.of(e);
    } catch (TimeoutException e) {
      future.cancel(true);
      HttpTimeoutException timeout =
          new HttpTimeoutException("no answer for " + patience.toSeconds() + " s");
      timeout.initCause(e);
      throw timeout;
    } catch (ExecutionException e) {
      Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
      throw new IOException(Failures.of(cause), cause);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
