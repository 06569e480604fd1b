package org.clipscribe.hub;

import java.net.URI;
import java.util.Optional;
import org.clipscribe.nn.BadInputException;

/// What a hub says of a file, checked: all of it becomes part of paths or decides what is accepted.
///
/// @param commit that the revision names
/// @param digest of the bytes
/// @param size -1 when the hub does not say
record FileMetadata(String commit, BlobDigest digest, long size) {
  static final String COMMIT = "X-Repo-Commit";
  private static final String LINKED_ETAG = "X-Linked-Etag";

  /// Whether an answer that redirects says all there is to know, as it does where large files are
  /// kept elsewhere.
  static boolean isComplete(Answer answer) {
    return answer.header(COMMIT).isPresent() && answer.header(LINKED_ETAG).isPresent();
  }

  /// @throws BadInputException when it says too little, or what no hub says
  static FileMetadata of(String name, Answer answer) {
    String commit = commit(answer.uri(), answer).orElseThrow(() -> notAHub(answer.uri()));
    String etag = answer.header(LINKED_ETAG).or(() -> answer.header("ETag")).orElse("");
    BlobDigest digest =
        BlobDigest.ofEtag(etag)
            .orElseThrow(
                () ->
                    new BadInputException(
                        name,
                        "the server gives no digest of it (its ETag is %s): it cannot be verified"
                            .formatted(BadInputException.quote(etag))));
    // The length of a redirect's own body says nothing of the file.
    long size =
        answer
            .length("X-Linked-Size")
            .or(() -> answer.isRedirect() ? Optional.empty() : answer.length("Content-Length"))
            .orElse(-1L);
    return new FileMetadata(commit, digest, size);
  }

  /// The commit in an answer, also in one that says no.
  static Optional<String> commit(URI uri, Answer answer) {
    Optional<String> commit = answer.header(COMMIT);
    if (commit.isPresent() && !Revision.isCommit(commit.get())) {
      throw notAHub(uri);
    }
    return commit;
  }

  private static BadInputException notAHub(URI uri) {
    return new BadInputException(
        uri.toString(),
        "the answer names no commit, so this is no Hugging Face hub; check HF_ENDPOINT and the"
            + " proxy");
  }
}
