package org.clipscribe.convert;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// What a checkpoint is and what to do with it.
///
/// @param path as it was given
/// @param model what it is, like `clip-gpt-captioning, size S`
/// @param container how it is stored
/// @param tensors how many
/// @param parameters numbers in those tensors, but for buffers and a tied head
/// @param bytes that these take
/// @param dtypes number of tensors of each type
/// @param parts the networks in it
/// @param buffers names that carry nothing to learn and are left out
/// @param unexpected names that do not belong to such a model
/// @param warnings about the numbers
/// @param problems why it cannot be used as it is; empty when it can
/// @param next the command that makes it usable, or advice where there is none
public record Diagnosis(
    Path path,
    String model,
    String container,
    int tensors,
    long parameters,
    long bytes,
    Map<String, Integer> dtypes,
    List<Network> parts,
    List<String> buffers,
    List<String> unexpected,
    List<String> warnings,
    List<String> problems,
    String next) {

  /// How many names of a kind the text lists.
  private static final int LISTED = 8;

  /// One of the networks of a captioner.
  ///
  /// @param name for a person
  /// @param description like `GPT-2 [12 x 768]`; empty when it could not be made out
  /// @param missing weights that such a network has and the file lacks
  /// @param misshapen weights of another shape
  public record Network(
      String name,
      String description,
      long parameters,
      List<String> missing,
      List<String> misshapen) {}

  /// Whether nothing stands against using it.
  public boolean usable() {
    return problems.isEmpty();
  }

  /// For a person, several lines.
  public String toText() {
    List<String> lines = new ArrayList<>();
    lines.add(path + ": " + model);
    line(lines, "stored as", container);
    String types =
        dtypes.entrySet().stream()
            .map(type -> type.getValue() + " " + type.getKey())
            .collect(Collectors.joining(", "));
    line(
        lines,
        "weights",
        "%d tensors (%s), %s parameters, %s"
            .formatted(tensors, types, millions(parameters), megabytes(bytes)));
    for (Network part : parts) {
      String size = millions(part.parameters) + " parameters";
      line(lines, part.name, part.description.isEmpty() ? size : part.description + ", " + size);
      names(lines, "missing", part.missing);
      names(lines, "wrong shape", part.misshapen);
    }
    names(lines, "left out", buffers);
    names(lines, "unexpected", unexpected);
    warnings.forEach(warning -> line(lines, "warning", warning));
    problems.forEach(problem -> line(lines, "problem", problem));
    line(lines, usable() ? "next" : "advice", next);
    return String.join("\n", lines) + "\n";
  }

  private static void line(List<String> lines, String label, String text) {
    lines.add(String.format(Locale.ROOT, "  %-22s %s", label, text));
  }

  private static void names(List<String> lines, String label, List<String> names) {
    if (!names.isEmpty()) {
      String more = names.size() > LISTED ? ", .." : "";
      String listed = String.join(", ", names.stream().limit(LISTED).toList());
      line(lines, label, names.size() + ": " + listed + more);
    }
  }

  private static String millions(long count) {
    return String.format(Locale.ROOT, "%.2f M", count / 1e6);
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }

  /// For JSON.
  public Map<String, Object> toMap() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("file", path.toString());
    json.put("model", model);
    json.put("container", container);
    json.put("usable", usable());
    json.put("tensors", tensors);
    json.put("parameters", parameters);
    json.put("bytes", bytes);
    json.put("dtypes", dtypes);
    json.put("parts", parts.stream().map(Diagnosis::map).toList());
    json.put("buffers", buffers);
    json.put("unexpected", unexpected);
    json.put("warnings", warnings);
    json.put("problems", problems);
    json.put("next", next);
    return json;
  }

  private static Map<String, Object> map(Network part) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", part.name);
    json.put("description", part.description);
    json.put("parameters", part.parameters);
    json.put("missing", part.missing);
    json.put("wrong_shape", part.misshapen);
    return json;
  }
}
