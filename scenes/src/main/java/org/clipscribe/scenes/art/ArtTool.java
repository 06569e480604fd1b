package org.clipscribe.scenes.art;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.scenes.ArtStyle;

/// The command behind `scenes/fetch-art`.
/// ```
/// ArtTool packages                  lists what to fetch, one name@version a line
/// ArtTool build DOWNLOADS FOLDER    makes an art file of each archive
/// ArtTool notice                    prints the attribution of all styles
/// ```
public final class ArtTool {
  private ArtTool() {}

  public static void main(String[] args) throws IOException {
    PrintStream out = System.out;
    try {
      switch (args.length == 0 ? "" : args[0]) {
        case "packages" ->
            ArtStyle.all()
                .forEach(style -> out.println(style.npmPackage() + "@" + style.version()));
        case "notice" -> out.print(Notice.text(ArtStyle.all()));
        case "build" -> build(Path.of(args[1]), Path.of(args[2]), out);
        default -> {
          System.err.println("usage: ArtTool packages | notice | build DOWNLOADS FOLDER");
          System.exit(2);
        }
      }
    } catch (BadInputException e) {
      System.err.println("fetch-art: " + e.getMessage());
      System.exit(3);
    }
  }

  private static void build(Path downloads, Path folder, PrintStream out) throws IOException {
    Files.createDirectories(folder);
    for (ArtStyle style : ArtStyle.all()) {
      String archive =
          style.npmPackage().replace("@", "").replace('/', '-') + "-" + style.version() + ".tgz";
      IconPackage icons = IconPackage.open(downloads.resolve(archive), style.integrity());
      int drawings = ArtFile.write(folder.resolve(style.name() + ".safetensors"), style, icons);
      out.printf(
          "%-28s %4d concepts %4d drawings  %s%n",
          style.name(), style.drawings().size(), drawings, style.licence());
    }
  }
}
