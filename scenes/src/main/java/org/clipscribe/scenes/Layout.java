package org.clipscribe.scenes;

import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// Where the objects of a scene stand: squares inside the picture that do not overlap.
///
/// Lengths are in hundredths of the picture's side.
///
/// @param places in the order of the facts' objects
record Layout(List<Place> places) {
  private static final int TRIES = 60;

  /// How far a square stays from the border.
  private static final float BORDER = 1;

  /// @param x of the middle
  /// @param y of the middle
  /// @param size of the square
  record Place(float x, float y, float size) {
    boolean overlaps(Place other) {
      // Drawings seldom fill the corners of their squares, so these may touch.
      float near = 0.48f * (size + other.size);
      return Math.abs(x - other.x) < near && Math.abs(y - other.y) < near;
    }
  }

  static Layout single(SceneRandom random) {
    return new Layout(List.of(anywhere(random, random.between(34f, 92f))));
  }

  /// Two, the first to the left of the second.
  static Layout leftOf(SceneRandom random) {
    float first = random.between(26f, 48f);
    float second = random.between(26f, 96 - first > 48 ? 48f : 96 - first);
    float room = 100 - 2 * BORDER - first - second;
    float before = random.between(0f, room / 2);
    float after = random.between(0f, room / 2);
    Place left = new Place(BORDER + before + first / 2, 0, first);
    Place right = new Place(100 - BORDER - after - second / 2, 0, second);
    float slope = 0.6f * (right.x - left.x); // clearly beside, not above
    float middle = random.between(28f, 72f);
    float half = random.between(-slope / 2, slope / 2);
    return new Layout(
        List.of(
            inside(new Place(left.x, middle - half, first)),
            inside(new Place(right.x, middle + half, second))));
  }

  /// Three in a row, the first between the two others.
  static Layout between(SceneRandom random) {
    float[] sizes = new float[3];
    float sum = 0;
    for (int i = 0; i < 3; i++) {
      sizes[i] = random.between(22f, 32f);
      sum += sizes[i];
    }
    float gap = (100 - 2 * BORDER - sum) / 3;
    float middle = random.between(25f, 75f);
    float slope = random.between(-0.2f, 0.2f);
    float at = BORDER + random.between(0f, gap);
    List<Place> row = new ArrayList<>();
    for (float size : sizes) {
      float x = at + size / 2;
      row.add(inside(new Place(x, middle + slope * (x - 50), size)));
      at += size + random.between(0f, gap);
    }
    return new Layout(List.of(row.get(1), row.get(0), row.get(2)));
  }

  /// Three in a triangle, in any order.
  static Layout triangle(SceneRandom random) {
    List<Place> places = new ArrayList<>();
    boolean upright = random.chance(50);
    for (int i = 0; i < 3; i++) {
      float size = random.between(26f, 42f);
      boolean top = (i == 0) == upright;
      float x =
          i == 0
              ? random.between(35f, 65f)
              : i == 1 ? random.between(20f, 26f) : random.between(74f, 80f);
      float y = top ? random.between(20f, 27f) : random.between(70f, 78f);
      places.add(inside(new Place(x, y, size)));
    }
    return new Layout(places).shuffled(random);
  }

  /// Several of about one size, anywhere, or in a row.
  static Layout several(SceneRandom random, int count) {
    float largest = new float[] {46, 38, 34, 30, 27}[Math.min(count, 6) - 2];
    float size = random.between(0.72f * largest, largest);
    if (random.chance(30)) {
      return row(random, count, Math.min(size, 97f / count));
    }
    for (int attempt = 0; attempt < TRIES; attempt++) {
      List<Place> places = new ArrayList<>();
      for (int i = 0; i < TRIES && places.size() < count; i++) {
        Place place = anywhere(random, size * random.between(0.88f, 1.05f));
        if (places.stream().noneMatch(place::overlaps)) {
          places.add(place);
        }
      }
      if (places.size() == count) {
        return new Layout(places);
      }
      size *= 0.97f;
    }
    return row(random, count, 97f / count);
  }

  private static Layout row(SceneRandom random, int count, float size) {
    float step = random.between(size, 98f / count);
    float middle = random.between(25f, 75f);
    float from = random.between(BORDER, 100 - BORDER - step * count);
    List<Place> places = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float y = middle + random.between(-4f, 4f);
      places.add(inside(new Place(from + step * (i + 0.5f), y, size)));
    }
    return new Layout(places);
  }

  /// The same, columns for rows: left becomes above.
  Layout transposed() {
    return new Layout(
        places.stream().map(place -> new Place(place.y, place.x, place.size)).toList());
  }

  /// For each place which one it is, from 1: counted from the left, or from above where the places
  /// are spread further that way.
  int[] order() {
    boolean wide = spread(Place::x) >= spread(Place::y);
    ToDoubleFunction<Place> along = wide ? Place::x : Place::y;
    return places.stream()
        .mapToInt(
            place ->
                1
                    + (int)
                        places.stream()
                            .filter(
                                other -> along.applyAsDouble(other) < along.applyAsDouble(place))
                            .count())
        .toArray();
  }

  private double spread(ToDoubleFunction<Place> along) {
    DoubleSummaryStatistics all = places.stream().mapToDouble(along).summaryStatistics();
    return all.getMax() - all.getMin();
  }

  private Layout shuffled(SceneRandom random) {
    List<Place> places = new ArrayList<>(this.places);
    for (int i = places.size() - 1; i > 0; i--) {
      java.util.Collections.swap(places, i, random.below(i + 1));
    }
    return new Layout(places);
  }

  private static Place anywhere(SceneRandom random, float size) {
    float low = BORDER + size / 2;
    return new Place(random.between(low, 100 - low), random.between(low, 100 - low), size);
  }

  private static Place inside(Place place) {
    float low = BORDER + place.size / 2;
    return new Place(
        Math.clamp(place.x, low, 100 - low), Math.clamp(place.y, low, 100 - low), place.size);
  }
}
