package org.clipscribe.scenes.art;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.zip.GZIPInputStream;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;

/// An npm archive in Iconify's format: one JSON file with the body of each SVG.
///
/// @param icons `icons.json`
/// @param file named in errors
record IconPackage(JsonObject icons, Path file) {
  private static final String MEMBER = "package/icons.json";
  private static final int BLOCK = 512;

  /// The largest package in use unpacks to under 100 MB.
  private static final int MAX_BYTES = 400 << 20;

  /// Opens an archive after comparing it with the digest that npm publishes.
  ///
  /// @param integrity `sha512-` and base 64
  /// @throws BadInputException when the archive is missing, another one, or not such a package
  static IconPackage open(Path file, String integrity) {
    try {
      byte[] archive = Files.readAllBytes(file);
      String found =
          "sha512-"
              + Base64.getEncoder()
                  .encodeToString(MessageDigest.getInstance("SHA-512").digest(archive));
      if (!found.equals(integrity)) {
        throw new BadInputException(file, "has the digest " + found + ", expected " + integrity);
      }
      byte[] json = member(new GZIPInputStream(new ByteArrayInputStream(archive)), file);
      return new IconPackage(Json.parseObject(json, file + ":" + MEMBER), file);
    } catch (IOException e) {
      throw BadInputException.unreadable(file, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-512", e);
    }
  }

  /// Finds one file in a tar stream. Names of npm packages are short enough for the plain header.
  private static byte[] member(InputStream tar, Path file) throws IOException {
    byte[] header = new byte[BLOCK];
    while (tar.readNBytes(header, 0, BLOCK) == BLOCK && header[0] != 0) {
      String name = text(header, 0, 100);
      long size = Long.parseLong(text(header, 124, 12).strip(), 8);
      if (size > MAX_BYTES) {
        throw new BadInputException(file, name + " has " + size + " bytes, too many for icons");
      }
      if (name.equals(MEMBER)) {
        return tar.readNBytes((int) size);
      }
      tar.skipNBytes((size + BLOCK - 1) / BLOCK * BLOCK);
    }
    throw new BadInputException(file, MEMBER + " is missing");
  }

  private static String text(byte[] header, int from, int length) {
    int end = from;
    while (end < from + length && header[end] != 0) {
      end++;
    }
    return new String(header, from, end - from, StandardCharsets.US_ASCII);
  }

  /// One icon as an SVG document.
  ///
  /// @throws BadInputException when there is none of this name, or it contains what no drawing
  ///     needs
  String svg(String name) {
    JsonObject bodies = icons.object("icons");
    String parent = name;
    if (!bodies.has(name) && icons.has("aliases") && icons.object("aliases").has(name)) {
      parent = icons.object("aliases").object(name).string("parent");
    }
    JsonObject icon = bodies.object(parent);
    String body = icon.string("body");
    SvgRules.check(body, file + ":" + name);
    return """
    <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" \
    viewBox="%s %s %s %s">%s</svg>"""
        .formatted(
            icon.number("left", icons.number("left", 0)),
            icon.number("top", icons.number("top", 0)),
            icon.number("width", icons.number("width", 16)),
            icon.number("height", icons.number("height", 16)),
            body);
  }
}
