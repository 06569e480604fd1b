package org.clipscribe.hub;

import java.io.IOException;
import java.util.List;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;

/// Which files a repository has, for an error message that says so; nothing depends on it.
final class RepositoryListing {
  static final int MAX_BYTES = 1 << 20;

  private static final int SHOWN = 8;

  private RepositoryListing() {}

  /// Where the listing comes from.
  @FunctionalInterface
  interface Source {
    byte[] read() throws IOException;
  }

  /// The end of a message: names of files, or nothing if they cannot be had.
  static String hint(Source source) {
    try {
      byte[] listing = source.read();
      if (listing.length == 0 || listing.length == MAX_BYTES) {
        return "";
      }
      List<String> names =
          Json.parseObject(listing, "listing").objects("siblings").stream()
              .map(RepositoryListing::name)
              .filter(name -> !name.startsWith("."))
              .sorted()
              .toList();
      String more = names.size() > SHOWN ? ", ..." : "";
      String some = String.join(", ", names.stream().limit(SHOWN).toList());
      return "; it has: " + some + more + "; name the files you want behind the repository";
    } catch (IOException | BadInputException | HubException e) {
      return "; name the files you want behind the repository";
    }
  }

  private static String name(JsonObject sibling) {
    String name = sibling.string("rfilename");
    return name.length() > 60 ? name.substring(0, 60) + "..." : name;
  }
}
