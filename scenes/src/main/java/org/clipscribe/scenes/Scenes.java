package org.clipscribe.scenes;

import java.util.ArrayList;
import java.util.List;
import org.clipscribe.clip.Image;
import org.clipscribe.scenes.SceneFacts.Group;

/// An endless stream of scenes: the same art, options and index give the same scene, bit for bit,
/// on every platform and in any order. Immutable, and so safe to share between threads.
public final class Scenes {
  /// Below this much contrast a drawing gets an outline that shows.
  private static final float LEAST_CONTRAST = 0.5f;

  private final Art art;
  private final SceneOptions options;
  private final Grammar grammar;

  public Scenes(Art art, SceneOptions options) {
    this.art = art;
    this.options = options;
    this.grammar = new Grammar(art.concepts());
  }

  public Concepts concepts() {
    return art.concepts();
  }

  /// The number of different labels of patches: concepts, then backgrounds.
  public int patchLabels() {
    return concepts().count() + Background.values().length;
  }

  /// The facts of a scene, without the work of drawing it.
  public SceneFacts facts(long index) {
    return start(new SceneRandom(options.seed(), index)).plan.facts;
  }

  /// What is decided before anything is drawn.
  ///
  /// @param style of the drawings
  /// @param mixed whether each object has a style of its own instead
  private record Start(Art.Style style, boolean mixed, Plan plan) {}

  private Start start(SceneRandom random) {
    Art.Style style = art.styles().get(random.below(art.styles().size()));
    boolean mixed = random.chance(options.mixed());
    Background background = random.of(Background.values());
    return new Start(style, mixed, plan(style, background, random));
  }

  /// One scene.
  ///
  /// @param index any, also beyond what an `int` holds
  public Scene scene(long index) {
    SceneRandom random = new SceneRandom(options.seed(), index);
    Start start = start(random);
    Plan plan = start.plan;
    Background background = plan.facts.background();
    Canvas canvas = new Canvas(options.size());
    BackgroundPainter.paint(canvas, background, random);
    Coverage coverage = new Coverage(options.size(), options.patch());
    for (Thing thing : plan.things) {
      Art.Style own = start.mixed ? otherStyle(thing.concept, start.style, random) : start.style;
      Stamp stamp = stamp(thing, own, canvas, random);
      stamp.over(canvas);
      coverage.add(stamp);
    }
    if (options.augmented()) {
      weather(canvas, random);
    }
    return new Scene(
        new Image(options.size(), options.size(), canvas.toRgb()),
        plan.facts,
        grammar.caption(plan.facts, random),
        coverage.labels(
            plan.things.stream().mapToInt(thing -> thing.concept.index()).toArray(),
            concepts().count() + background.index()),
        coverage.labels(plan.order(), 0),
        start.style.name());
  }

  /// Another wording of a scene's caption, a different one for each variant.
  public String caption(SceneFacts facts, long index, int variant) {
    return grammar.caption(facts, new SceneRandom(options.seed() + 1 + variant, index));
  }

  /// A wording of all or a part of what is true, as people search for pictures: for the text tower.
  public String query(SceneFacts facts, long index, int variant) {
    return grammar.query(facts, new SceneRandom(options.seed() + 1 + variant, index));
  }

  /// Something to draw.
  private record Thing(Concept concept, Layout.Place place) {}

  private record Plan(SceneFacts facts, List<Thing> things) {
    /// For each object which one it is, from 1, as [Scene#places] counts.
    int[] order() {
      return new Layout(things.stream().map(Thing::place).toList()).order();
    }
  }

  private Plan plan(Art.Style style, Background background, SceneRandom random) {
    int kind = random.below(100);
    if (kind < 25) {
      return plan(style, background, 1, Relation.NONE, Layout.single(random), random);
    }
    if (kind < 45) {
      int count = random.of(2, 2, 2, 3, 3, 3, 4, 4, 5, 5, 6);
      return several(style, background, Layout.several(random, count), random);
    }
    boolean upright = random.chance(50);
    if (kind < 80) {
      Layout pair = Layout.leftOf(random);
      return upright
          ? plan(style, background, 2, Relation.ABOVE, pair.transposed(), random)
          : plan(style, background, 2, Relation.LEFT_OF, pair, random);
    }
    if (kind < 92) {
      Layout row = Layout.between(random);
      return plan(style, background, 3, Relation.BETWEEN, upright ? row.transposed() : row, random);
    }
    return plan(style, background, 3, Relation.NONE, Layout.triangle(random), random);
  }

  private Plan plan(
      Art.Style style,
      Background background,
      int different,
      Relation relation,
      Layout layout,
      SceneRandom random) {
    List<Concept> concepts = new ArrayList<>();
    List<Thing> things = new ArrayList<>();
    while (concepts.size() < different) {
      Concept concept = drawable(style, random);
      if (!concepts.contains(concept)) {
        things.add(new Thing(concept, layout.places().get(concepts.size())));
        concepts.add(concept);
      }
    }
    List<Group> groups = concepts.stream().map(concept -> new Group(concept, 1)).toList();
    return new Plan(SceneFacts.of(groups, relation, background), things);
  }

  private Plan several(Art.Style style, Background background, Layout layout, SceneRandom random) {
    Concept concept = drawable(style, random);
    List<Thing> things = layout.places().stream().map(place -> new Thing(concept, place)).toList();
    List<Group> groups = List.of(new Group(concept, things.size()));
    return new Plan(SceneFacts.of(groups, Relation.NONE, background), things);
  }

  private Concept drawable(Art.Style style, SceneRandom random) {
    while (true) {
      Concept concept = concepts().get(random.below(concepts().count()));
      if (style.draws(concept)) {
        return concept;
      }
    }
  }

  private Art.Style otherStyle(Concept concept, Art.Style style, SceneRandom random) {
    Art.Style other = art.styles().get(random.below(art.styles().size()));
    return other.draws(concept) ? other : style;
  }

  private Stamp stamp(Thing thing, Art.Style style, Canvas canvas, SceneRandom random) {
    List<Drawing> drawings = style.drawings().get(thing.concept.index());
    Drawing drawing = drawings.get(random.below(drawings.size()));
    float unit = canvas.size / 100f;
    Layout.Place place = thing.place;
    boolean free = options.augmented();
    Stamp.Pose pose =
        new Stamp.Pose(
            place.x() * unit,
            place.y() * unit,
            place.size() * unit,
            free && random.chance(60) ? random.between(-15f, 15f) : 0,
            free && random.chance(50),
            free ? random.between(0.88f, 1.12f) : 1);
    Look look = look(style, random);
    Stamp stamp = Stamp.of(drawing, pose, look);
    if (stamp.contrast(canvas) >= LEAST_CONTRAST) {
      return stamp;
    }
    float[] ink = isDark(canvas, pose) ? new float[] {245, 245, 245} : new float[] {25, 25, 30};
    return Stamp.of(drawing, pose, style.monochrome() ? Look.silhouette(ink) : look.outlined(ink));
  }

  private Look look(Art.Style style, SceneRandom random) {
    if (style.monochrome()) {
      boolean coloured = options.augmented() && random.chance(50);
      return Look.silhouette(
          coloured
              ? Colours.hsv(random.below(360), random.between(0f, 1f), random.between(0f, 1f))
              : new float[] {25, 25, 30});
    }
    return options.augmented() ? Look.random(random) : Look.plain();
  }

  private static boolean isDark(Canvas canvas, Stamp.Pose pose) {
    int x = Math.clamp((int) pose.x(), 0, canvas.size - 1);
    int at = Math.clamp((int) pose.y(), 0, canvas.size - 1) * canvas.size + x;
    // Green counts most for the eye (Rec. 601).
    return 0.3f * canvas.planes[0][at] + 0.59f * canvas.planes[1][at] + 0.11f * canvas.planes[2][at]
        < 128;
  }

  /// What a camera, a screen or a bad file may do to a picture.
  private static void weather(Canvas canvas, SceneRandom random) {
    if (random.chance(25)) {
      canvas.blur(random.between(0.3f, 1f));
    }
    float gain = random.between(0.93f, 1.07f);
    float lift = random.between(-6f, 6f);
    float noise = random.chance(35) ? random.between(2f, 12f) : 0;
    for (int i = 0; i < canvas.size * canvas.size; i++) {
      float grain = noise == 0 ? 0 : random.between(-noise, noise);
      for (float[] plane : canvas.planes) {
        plane[i] = gain * plane[i] + lift + grain;
      }
    }
  }
}
