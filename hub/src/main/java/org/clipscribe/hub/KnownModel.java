package org.clipscribe.hub;

import java.util.List;
import java.util.Optional;

/// A model that is known to work here, with all that is known of it.
///
/// @param name short, for the command line
/// @param kind what it can be used for
/// @param origin where it comes from
/// @param files known ones; a repository may have more
/// @param licence as its publisher states it
/// @param clip the name of the model whose image encoder it needs, when its file holds none
/// @param description one line: what it is good at
public record KnownModel(
    String name,
    Kind kind,
    Origin origin,
    List<KnownFile> files,
    String licence,
    Optional<String> clip,
    String description) {

  /// What a model is for.
  public enum Kind {
    /// Captions pictures.
    CAPTIONER,
    /// Compares pictures and texts; the eyes of a captioner.
    CLIP,
    /// Continues texts; the voice of a captioner.
    GPT2;

    public String label() {
      return switch (this) {
        case CAPTIONER -> "captioner";
        case CLIP -> "clip";
        case GPT2 -> "gpt2";
      };
    }
  }

  /// Where a model comes from.
  public sealed interface Origin {
    /// A repository of the hub.
    record Repository(RepositoryId id, Revision revision) implements Origin {}

    /// A single file.
    record File(DirectSource source) implements Origin {}
  }

  /// @param path in the repository
  /// @param bytes -1 when that is not known
  /// @param sha256 empty when nobody published one
  public record KnownFile(RemotePath path, long bytes, Optional<BlobDigest> sha256) {}

  /// The bytes of all known files, if each of them is known.
  public Optional<Long> bytes() {
    boolean all = !files.isEmpty() && files.stream().allMatch(file -> file.bytes() >= 0);
    return all ? Optional.of(files.stream().mapToLong(KnownFile::bytes).sum()) : Optional.empty();
  }
}
