package org.clipscribe.hub;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Objects;
import javax.net.ssl.SSLException;

/// What went wrong on the network, in words: the JDK's exceptions often have none.
final class Failures {
  private Failures() {}

  static String of(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      switch (each) {
        case UnresolvedAddressException _ -> {
          return "the name of the host is not known";
        }
        case UnknownHostException _ -> {
          return "the name of the host is not known";
        }
        case HttpConnectTimeoutException _ -> {
          return "no connection in time";
        }
        case SSLException e -> {
          return "no secure connection: " + e.getMessage();
        }
        default -> {
          // look further
        }
      }
    }
    if (failure instanceof ConnectException && failure.getMessage() == null) {
      return "the connection was refused";
    }
    return Objects.requireNonNullElse(failure.getMessage(), failure.getClass().getSimpleName());
  }
}
