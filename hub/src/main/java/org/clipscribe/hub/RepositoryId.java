package org.clipscribe.hub;

import java.util.Optional;
import java.util.regex.Pattern;

/// The name of a model repository: `organisation/name`, or `name` alone as the oldest ones have.
///
/// Checked before it becomes part of an address or a path: letters, digits, `.`, `_` and `-`, no
/// `--` (which separates the parts in the cache) and no `..`.
public record RepositoryId(String name) {
  private static final int MAX_PART = 96;
  private static final Pattern PART =
      Pattern.compile("[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?");
  private static final String SEPARATOR = "--";
  private static final String FOLDER_PREFIX = "models" + SEPARATOR;

  public RepositoryId {
    if (!isValid(name)) {
      throw new IllegalArgumentException(
          "%s is no name of a repository: organisation/name of letters, digits, '.', '_' and '-'"
              .formatted(name));
    }
  }

  /// Whether this can be a repository's name.
  public static boolean isValid(String name) {
    String[] parts = name.split("/", -1);
    if (parts.length > 2 || name.contains(SEPARATOR) || name.contains("..")) {
      return false;
    }
    for (String part : parts) {
      if (part.length() > MAX_PART || !PART.matcher(part).matches()) {
        return false;
      }
    }
    return !name.endsWith(".git");
  }

  /// Its folder in the cache.
  String folder() {
    return FOLDER_PREFIX + name.replace("/", SEPARATOR);
  }

  /// Of a folder in the cache; empty for data sets and whatever else lies there.
  static Optional<RepositoryId> ofFolder(String folder) {
    if (!folder.startsWith(FOLDER_PREFIX)) {
      return Optional.empty();
    }
    String name = folder.substring(FOLDER_PREFIX.length()).replace(SEPARATOR, "/");
    return isValid(name) ? Optional.of(new RepositoryId(name)) : Optional.empty();
  }

  @Override
  public String toString() {
    return name;
  }
}
