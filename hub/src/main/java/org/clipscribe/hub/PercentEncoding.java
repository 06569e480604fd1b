package org.clipscribe.hub;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// Text as part of an address.
final class PercentEncoding {
  private static final String UNRESERVED = "-._~";

  /// What RFC 3986 allows in an address besides letters, digits and the unreserved characters.
  private static final String ADDRESS = UNRESERVED + ":/?#[]@!$&'()*+,;=%";

  private PercentEncoding() {}

  /// Everything but letters, digits and `-._~` is encoded, `/` too.
  static String whole(String text) {
    return encode(text, UNRESERVED);
  }

  /// The same for a path: `/` stays.
  static String path(String text) {
    return encode(text, UNRESERVED + "/");
  }

  /// An address of a server that may not have encoded all it had to.
  static String repair(String address) {
    return encode(address, ADDRESS);
  }

  private static String encode(String text, String kept) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (isAlphanumeric(c) || kept.indexOf(c) >= 0) {
        encoded.append(c);
      } else {
        encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    return encoded.toString();
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
