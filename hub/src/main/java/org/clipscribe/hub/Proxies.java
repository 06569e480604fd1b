package org.clipscribe.hub;

import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.clipscribe.nn.BadInputException;
import org.jspecify.annotations.Nullable;

/// Proxies as `curl` and Python take them from the environment: `HTTP_PROXY`, `HTTPS_PROXY`,
/// `ALL_PROXY`, `NO_PROXY`, in either case of letters, the lower one first.
public final class Proxies {
  private final Map<String, URI> byScheme;
  private final List<String> direct;

  private Proxies(Map<String, URI> byScheme, List<String> direct) {
    this.byScheme = byScheme;
    this.direct = direct;
  }

  /// @throws BadInputException when a variable holds no address
  public static Proxies of(Map<String, String> environment) {
    Map<String, URI> byScheme = new LinkedHashMap<>();
    for (String scheme : List.of("http", "https")) {
      String given = variable(environment, scheme + "_proxy");
      String address = given.isEmpty() ? variable(environment, "all_proxy") : given;
      if (!address.isEmpty()) {
        byScheme.put(scheme, address(scheme, address));
      }
    }
    List<String> direct = new ArrayList<>();
    for (String host : variable(environment, "no_proxy").split("[,\\s]+")) {
      if (!host.isEmpty()) {
        direct.add(host.toLowerCase(Locale.ROOT));
      }
    }
    return new Proxies(byScheme, direct);
  }

  private static String variable(Map<String, String> environment, String name) {
    String lower = environment.getOrDefault(name, "").strip();
    return lower.isEmpty()
        ? environment.getOrDefault(name.toUpperCase(Locale.ROOT), "").strip()
        : lower;
  }

  private static URI address(String scheme, String given) {
    try {
      URI uri = URI.create(given.contains("://") ? given : "http://" + given);
      if (uri.getHost() != null && "http".equalsIgnoreCase(uri.getScheme())) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // told below
    }
    // Not quoted: it may hold a password.
    throw new BadInputException(
        scheme + "_proxy", "is no address of an HTTP proxy such as http://host:3128; correct it");
  }

  /// Whether a proxy asks for a name and a password.
  public boolean haveCredentials() {
    return byScheme.values().stream().anyMatch(uri -> uri.getRawUserInfo() != null);
  }

  ProxySelector selector() {
    return new ProxySelector() {
      @Override
      public List<Proxy> select(URI uri) {
        return List.of(proxyOf(uri));
      }

      @Override
      public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        // The failure reaches whoever sent the request.
      }
    };
  }

  private Proxy proxyOf(URI uri) {
    URI proxy = byScheme.get(uri.getScheme().toLowerCase(Locale.ROOT));
    if (proxy == null || isDirect(uri)) {
      return Proxy.NO_PROXY;
    }
    int port = proxy.getPort() < 0 ? 80 : proxy.getPort();
    return new Proxy(Proxy.Type.HTTP, new InetSocketAddress(proxy.getHost(), port));
  }

  private boolean isDirect(URI uri) {
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    String withPort = host + ":" + uri.getPort();
    for (String entry : direct) {
      String suffix = entry.startsWith(".") ? entry.substring(1) : entry;
      boolean matches =
          entry.equals("*")
              || host.equals(suffix)
              || host.endsWith("." + suffix)
              || withPort.equals(suffix);
      if (matches) {
        return true;
      }
    }
    return false;
  }

  /// Names and passwords of proxies, for proxies only; empty when there are none.
  Optional<Authenticator> authenticator() {
    if (!haveCredentials()) {
      return Optional.empty();
    }
    return Optional.of(
        new Authenticator() {
          @Override
          protected @Nullable PasswordAuthentication getPasswordAuthentication() {
            return getRequestorType() == RequestorType.PROXY
                ? credentials(getRequestingHost())
                : null;
          }
        });
  }

  private @Nullable PasswordAuthentication credentials(String host) {
    for (URI proxy : byScheme.values()) {
      String user = proxy.getRawUserInfo();
      if (user != null && proxy.getHost().equalsIgnoreCase(host)) {
        int colon = user.indexOf(':');
        String name = colon < 0 ? user : user.substring(0, colon);
        String password = colon < 0 ? "" : user.substring(colon + 1);
        return new PasswordAuthentication(decode(name), decode(password).toCharArray());
      }
    }
    return null;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
