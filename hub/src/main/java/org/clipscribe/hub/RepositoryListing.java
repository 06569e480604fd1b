package org.clipscribe.hub;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.Json;

/// Which files a repository has, where its hub can tell: for weights under an unusual name, and for
/// an error message. Nothing else depends on it.
final class RepositoryListing {
  static final int MAX_BYTES = 1 << 20;

  private static final int SHOWN = 8;
  private static final Pattern WEIGHTS = Pattern.compile("[^.].*\\.(safetensors|pt|pth|bin)");

  private final List<String> names;

  private RepositoryListing(List<String> names) {
    this.names = names;
  }

  /// Where the listing comes from.
  @FunctionalInterface
  interface Source {
    byte[] read() throws IOException;
  }

  /// @return one without names when it cannot be had
  static RepositoryListing of(Source source) throws InterruptedIOException {
    try {
      byte[] listing = source.read();
      if (listing.length == 0 || listing.length == MAX_BYTES) {
        return new RepositoryListing(List.of());
      }
      return new RepositoryListing(
          Json.parseObject(listing, "listing").objects("siblings").stream()
              .map(sibling -> sibling.string("rfilename"))
              .filter(RemotePath::isValid)
              .sorted()
              .toList());
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException | BadInputException | HubException e) {
      return new RepositoryListing(List.of());
    }
  }

  /// The only file that can be weights, if there is just one.
  Optional<RemotePath> onlyWeights() {
    List<String> weights = names.stream().filter(WEIGHTS.asMatchPredicate()).toList();
    return weights.size() == 1 ? Optional.of(new RemotePath(weights.getFirst())) : Optional.empty();
  }

  /// The end of a message: names of files, as far as they are known.
  String hint() {
    List<String> shown =
        names.stream().filter(name -> !name.startsWith(".")).map(RepositoryListing::cut).toList();
    String some = String.join(", ", shown.stream().limit(SHOWN).toList());
    String files =
        some.isEmpty() ? "" : "; it has: " + some + (shown.size() > SHOWN ? ", ..." : "");
    return files + "; name the files you want behind the repository";
  }

  private static String cut(String name) {
    return name.length() > 60 ? name.substring(0, 60) + "..." : name;
  }
}
