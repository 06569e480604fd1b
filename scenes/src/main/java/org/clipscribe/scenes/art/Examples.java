package org.clipscribe.scenes.art;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.clipscribe.nn.json.Json;
import org.clipscribe.scenes.Art;
import org.clipscribe.scenes.Scene;
import org.clipscribe.scenes.SceneFacts;
import org.clipscribe.scenes.SceneOptions;
import org.clipscribe.scenes.Scenes;

/// Draws the example scenes of this repository: held-out scenes of the training styles, each kind
/// of scene as often, styles by turns, no thing and hardly a background twice. Which ones they are
/// follows from the seed alone; no model was asked.
/// ```
/// Examples ART FOLDER
/// ```
/// writes `scenes`, a dozen of different kinds; `album`, two dozen with one kind of thing each; and
/// `film`, the shots of a film as numbered pictures. What is true of each is in `metadata.jsonl`.
final class Examples {
  private static final long SEED = 20_260_101;

  /// Twice the drawings' own resolution would show nothing more.
  private static final int SIZE = 192;

  private static final int PATCH = 24;
  private static final int STYLES = 9;

  private final Scenes scenes;
  private final Set<String> seen = new HashSet<>();
  private final Set<String> styles = new HashSet<>();
  private long next;

  private Examples(Path art) throws IOException {
    scenes = new Scenes(Art.training(art), SceneOptions.heldOut(SIZE, PATCH, SEED));
  }

  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      System.err.println("usage: Examples ART FOLDER");
      System.exit(2);
    }
    Examples examples = new Examples(Path.of(args[0]));
    Path folder = Path.of(args[1]);
    List<Kind> all = List.of(Kind.values());
    List<Kind> lone = List.of(Kind.ONE, Kind.SEVERAL);
    examples.write(folder.resolve("scenes"), all, 2);
    examples.write(folder.resolve("album"), lone, 12);
    examples.write(folder.resolve("film"), List.of(Kind.ONE, Kind.SEVERAL, Kind.BESIDE), 2);
  }

  /// What a scene consists of.
  private enum Kind {
    ONE,
    SEVERAL,
    BESIDE,
    ABOVE,
    BETWEEN,
    THREE;

    static Kind of(SceneFacts facts) {
      return switch (facts.relation()) {
        case NONE ->
            facts.objects().size() == 3
                ? THREE
                : facts.objects().getFirst().count() > 1 ? SEVERAL : ONE;
        case BETWEEN -> BETWEEN;
        case ABOVE -> ABOVE;
        default -> BESIDE;
      };
    }
  }

  private void write(Path folder, List<Kind> kinds, int each) throws IOException {
    Files.createDirectories(folder);
    seen.clear();
    StringBuilder truth = new StringBuilder();
    List<Scene> chosen = new ArrayList<>();
    for (int round = 0; round < each; round++) {
      for (Kind kind : kinds) {
        chosen.add(choose(kind));
      }
    }
    for (int i = 0; i < chosen.size(); i++) {
      Path file = folder.resolve("%02d.png".formatted(i + 1));
      Files.write(file, Pictures.png(chosen.get(i).image()));
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("file_name", file.getFileName().toString());
      line.put("text", chosen.get(i).caption());
      line.put("style", chosen.get(i).style());
      truth.append(Json.write(line)).append('\n');
    }
    Files.writeString(folder.resolve("metadata.jsonl"), truth);
  }

  /// The next scene of a kind that repeats nothing of those before.
  private Scene choose(Kind kind) {
    while (true) {
      SceneFacts facts = scenes.facts(next++);
      List<String> names =
          new ArrayList<>(facts.objects().stream().map(group -> group.concept().name()).toList());
      // There are sixteen backgrounds, fewer than pictures of an album.
      names.add(facts.background() + (seen.size() < 30 ? "" : " again " + seen.size()));
      if (Kind.of(facts) == kind && names.stream().noneMatch(seen::contains)) {
        Scene scene = scenes.scene(next - 1);
        if (styles.add(scene.style())) {
          seen.addAll(names);
          return scene;
        }
        if (styles.size() == STYLES) {
          styles.clear(); // each had its turn
        }
      }
    }
  }
}
