package org.clipscribe.convert;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.json.JsonObject;
import org.jspecify.annotations.Nullable;

/// Settles what a configuration says of a part. Shapes tell most; a file tells the rest and must
/// not contradict them; what neither tells is as in all published models.
final class Sections {
  private Sections() {}

  /// @param own the weights of the part, under our names
  /// @param all those of the whole captioner, as far as they are there
  /// @param declared what a configuration file says of the part
  /// @throws BadInputException when the two disagree, or the number of heads is not known
  static Map<String, @Nullable Object> settle(
      Part part, NamedTensors own, NamedTensors all, Optional<JsonObject> declared) {
    Map<String, Object> measured = part.measure(own, all);
    Map<String, @Nullable Object> section = new LinkedHashMap<>();
    declared.ifPresent(json -> section.putAll(json.toMap()));
    measured.forEach(
        (key, size) -> {
          if (section.get(key) == null) {
            section.put(key, size);
          } else if (!agrees(key, section.get(key), measured)) {
            throw declared
                .orElseThrow()
                .refuse(key, section.get(key), size + ", which is what the weights have");
          }
        });
    part.usual(measured).forEach(section::putIfAbsent);
    for (Part.Heads heads : part.heads(measured).stream().toList()) {
      if (section.get(heads.key()) == null) {
        section.put(heads.key(), heads.supposed().orElseThrow(() -> unknown(part, own, heads)));
      }
    }
    return section;
  }

  private static boolean agrees(String key, @Nullable Object value, Map<String, Object> measured) {
    Object size = measured.get(key);
    if (key.equals("image_size")
        && value instanceof Long declared
        && size instanceof Long seen
        && measured.get("patch_size") instanceof Long patch) {
      // A border narrower than a patch leaves no trace in the weights.
      return declared - declared % patch == seen;
    }
    return value != null && value.equals(size);
  }

  private static BadInputException unknown(Part part, NamedTensors tensors, Part.Heads heads) {
    return new BadInputException(
        tensors.origin(),
        ("the shapes do not tell the number of attention heads of the %s of width %d;"
                + " say it with --config FILE (%s.%s)")
            .formatted(part.label(), heads.width(), part.section(), heads.key()));
  }
}
