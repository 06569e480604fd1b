package org.clipscribe.hub;

import java.util.regex.Pattern;

/// A branch, a tag, a pull request (`refs/pr/1`) or a commit of a repository.
///
/// @param name as the user gave it; part of a path in the cache, so no part of it is `..`
public record Revision(String name) {
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
  private static final int MAX_LENGTH = 250;

  /// What git allows in names of references and every file system in names of files.
  private static final Pattern PART = Pattern.compile("[A-Za-z0-9_+@=,-][A-Za-z0-9._+@=,-]*");

  /// Where a repository stands now. Below the patterns, which its check needs.
  public static final Revision MAIN = new Revision("main");

  public Revision {
    boolean valid = name.length() <= MAX_LENGTH;
    for (String part : name.split("/", -1)) {
      valid &= PART.matcher(part).matches() && !part.contains("..") && !part.endsWith(".");
    }
    if (!valid) {
      throw new IllegalArgumentException(
          name + " is no revision: the name of a branch or a tag, or a commit of 40 hex digits");
    }
  }

  static boolean isCommit(String name) {
    return COMMIT.matcher(name).matches();
  }

  /// Whether this names one state for ever.
  public boolean isCommit() {
    return isCommit(name);
  }

  @Override
  public String toString() {
    return name;
  }
}
