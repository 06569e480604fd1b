package org.clipscribe.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.clipscribe.nn.BadInputException;

/// Where models come from and where they are kept, by the same variables that Python's
/// `huggingface_hub` follows, so that both share one cache and one login.
///
/// @param endpoint of the hub, without a slash at its end; may have a path (`HF_ENDPOINT`)
/// @param cache the folder with the `models--...` folders (`HF_HUB_CACHE`, `HUGGINGFACE_HUB_CACHE`,
///     `HF_HOME`, `XDG_CACHE_HOME`)
/// @param token sent to the endpoint and to nobody else (`HF_TOKEN`, `HF_TOKEN_PATH`)
/// @param offline whether the network is forbidden (`HF_HUB_OFFLINE`, `TRANSFORMERS_OFFLINE`)
/// @param symlinks whether snapshots may link to blobs (`HF_HUB_DISABLE_SYMLINKS`)
/// @param answerTimeout how long an answer may take to begin (`HF_HUB_ETAG_TIMEOUT`)
/// @param silenceTimeout how long an answer may pause (`HF_HUB_DOWNLOAD_TIMEOUT`)
/// @param retryPause before the first further attempt; each next pause is twice as long
/// @param proxies by the usual variables
public record HubSettings(
    URI endpoint,
    Path cache,
    Optional<String> token,
    boolean offline,
    boolean symlinks,
    Duration answerTimeout,
    Duration silenceTimeout,
    Duration retryPause,
    Proxies proxies) {
  static final String ENDPOINT = "https://huggingface.co";

  private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /// Reads the environment, and the token's file if there is no token in it.
  ///
  /// @param home the user's folder
  /// @throws BadInputException when a variable says something that cannot be followed
  public static HubSettings of(Map<String, String> environment, Path home) {
    Expansion expand = new Expansion(environment, home);
    Path base = expand.path(environment.get("XDG_CACHE_HOME")).orElse(home.resolve(".cache"));
    Path hubHome = expand.path(environment.get("HF_HOME")).orElse(base.resolve("huggingface"));
    Path cache =
        expand
            .path(environment.get("HF_HUB_CACHE"))
            .or(() -> expand.path(environment.get("HUGGINGFACE_HUB_CACHE")))
            .orElse(hubHome.resolve("hub"));
    Path tokenFile = expand.path(environment.get("HF_TOKEN_PATH")).orElse(hubHome.resolve("token"));
    return new HubSettings(
        endpoint(environment.getOrDefault("HF_ENDPOINT", "")),
        cache.toAbsolutePath().normalize(),
        token(environment, tokenFile),
        isTrue(environment, "HF_HUB_OFFLINE") || isTrue(environment, "TRANSFORMERS_OFFLINE"),
        !isTrue(environment, "HF_HUB_DISABLE_SYMLINKS"),
        seconds(environment, "HF_HUB_ETAG_TIMEOUT"),
        seconds(environment, "HF_HUB_DOWNLOAD_TIMEOUT"),
        Duration.ofSeconds(1),
        Proxies.of(environment));
  }

  private static boolean isTrue(Map<String, String> environment, String name) {
    return TRUE.contains(environment.getOrDefault(name, "").toUpperCase(Locale.ROOT));
  }

  private static URI endpoint(String given) {
    String text = given.isBlank() ? ENDPOINT : given.strip();
    while (text.endsWith("/")) {
      text = text.substring(0, text.length() - 1);
    }
    try {
      URI uri = URI.create(text);
      boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (http && uri.getHost() != null && uri.getRawQuery() == null && uri.getUserInfo() == null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // told below, as for every other address that is none
    }
    throw new BadInputException(
        "HF_ENDPOINT",
        BadInputException.quote(given) + " is no address such as " + ENDPOINT + "; correct it");
  }

  private static Optional<String> token(Map<String, String> environment, Path file) {
    if (isTrue(environment, "HF_HUB_DISABLE_IMPLICIT_TOKEN")) {
      return Optional.empty();
    }
    String token = environment.getOrDefault("HF_TOKEN", "").strip();
    String origin = "HF_TOKEN";
    if (token.isEmpty()) {
      token = environment.getOrDefault("HUGGING_FACE_HUB_TOKEN", "").strip();
    }
    if (token.isEmpty() && Files.isRegularFile(file)) {
      origin = file.toString();
      try {
        token = Files.readString(file).strip();
      } catch (IOException e) {
        throw BadInputException.unreadable(file, e);
      }
    }
    if (!token.matches("[\\x21-\\x7e]*")) {
      throw new BadInputException(origin, "is no token: it holds spaces or control characters");
    }
    return token.isEmpty() ? Optional.empty() : Optional.of(token);
  }

  private static Duration seconds(Map<String, String> environment, String name) {
    String given = environment.getOrDefault(name, "").strip();
    if (given.isEmpty()) {
      return TIMEOUT;
    }
    if (!given.matches("[1-9][0-9]{0,5}")) {
      throw new BadInputException(
          name, BadInputException.quote(given) + " is no number of seconds, from 1 to 999999");
    }
    return Duration.ofSeconds(Long.parseLong(given));
  }

  /// The same with other times, for tests and impatient callers.
  public HubSettings withTimes(Duration answer, Duration silence, Duration pause) {
    return new HubSettings(
        endpoint, cache, token, offline, symlinks, answer, silence, pause, proxies);
  }

  /// Without the token: a log may show settings.
  @Override
  public String toString() {
    return "HubSettings[endpoint=%s, cache=%s, offline=%s]".formatted(endpoint, cache, offline);
  }
}
