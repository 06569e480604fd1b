package org.clipscribe.hub;

import java.nio.file.Path;
import java.util.regex.Pattern;

/// The path of a file in a repository, `/` between its parts.
///
/// Servers and index files supply such paths, and they become paths on this disk; so whatever could
/// lead out of a folder is refused on every system by the rules of all of them: `..`, backslashes,
/// drive letters, absolute paths, control characters.
public record RemotePath(String name) {
  private static final int MAX_LENGTH = 1000;

  /// No part begins with a space or ends with a space or a dot, which Windows drops.
  private static final Pattern PART =
      Pattern.compile("[^\\s\\p{Cntrl}/\\\\:*?\"<>|][^\\p{Cntrl}/\\\\:*?\"<>|]*(?<![. ])");

  public RemotePath {
    boolean valid = name.length() <= MAX_LENGTH;
    for (String part : name.split("/", -1)) {
      valid &= PART.matcher(part).matches();
    }
    if (!valid) {
      throw new IllegalArgumentException(
          name
              + " is no path of a file in a repository: parts that lead nowhere else, '/' between");
    }
  }

  static boolean isValid(String name) {
    try {
      return new RemotePath(name).name().equals(name);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /// This path below a folder.
  Path below(Path folder) {
    Path path = folder;
    for (String part : name.split("/", -1)) {
      path = path.resolve(part);
    }
    if (!path.normalize().startsWith(folder.normalize())) {
      throw new IllegalStateException(name + " leads out of " + folder);
    }
    return path;
  }

  @Override
  public String toString() {
    return name;
  }
}
