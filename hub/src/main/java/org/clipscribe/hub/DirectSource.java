package org.clipscribe.hub;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// A single file that is in no repository.
public sealed interface DirectSource {
  /// On the web.
  record Web(URI address) implements DirectSource {
    @Override
    public String toString() {
      return address.toString();
    }
  }

  /// On this machine.
  record Local(Path file) implements DirectSource {
    @Override
    public String toString() {
      return file.toUri().toString();
    }
  }

  /// Shared on the drive where the original toolkit keeps its weights.
  record Drive(String id) implements DirectSource {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{10,100}");
    private static final String PREFIX = "drive:";

    public Drive {
      if (!ID.matcher(id).matches()) {
        throw new IllegalArgumentException(
            PREFIX + id + " is no file: the id is what stands behind /d/ or id= in its link");
      }
    }

    @Override
    public String toString() {
      return PREFIX + id;
    }
  }

  /// What a user wrote: `drive:ID`, `file:...`, `http:...` or `https:...`; empty when it is none of
  /// them.
  ///
  /// @throws IllegalArgumentException when it is one of them and malformed
  static Optional<DirectSource> parse(String text) {
    int colon = text.indexOf(':');
    String scheme = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
    return switch (scheme) {
      case "drive" -> Optional.of(new Drive(text.substring(colon + 1)));
      case "file" -> Optional.of(new Local(local(text)));
      case "http", "https" -> Optional.of(new Web(web(text)));
      default -> Optional.empty();
    };
  }

  private static Path local(String text) {
    try {
      return Path.of(URI.create(PercentEncoding.repair(text)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          text + " is no file of this machine: write file:///folder/model.pt", e);
    }
  }

  private static URI web(String text) {
    URI uri = URI.create(PercentEncoding.repair(text));
    if (uri.getHost() == null || uri.getRawUserInfo() != null) {
      throw new IllegalArgumentException(text + " is no address: write https://host/model.pt");
    }
    return uri;
  }

  /// What a file from here is called unless told otherwise; servers have no say in it.
  default String fileName() {
    String last =
        switch (this) {
          case Web(URI address) -> String.valueOf(address.getPath()).replaceAll(".*/", "");
          case Local(Path file) -> String.valueOf(file.getFileName());
          case Drive _ -> "model.pt";
        };
    return RemotePath.isValid(last) && !last.startsWith(".") ? last : "model.pt";
  }
}
