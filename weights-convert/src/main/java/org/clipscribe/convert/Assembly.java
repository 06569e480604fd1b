package org.clipscribe.convert;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.clipscribe.captioner.BundleConfig;
import org.clipscribe.captioner.CaptionModel;
import org.clipscribe.captioner.PositionRule;
import org.clipscribe.captioner.TextTower;
import org.clipscribe.clip.ClipModel;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.Fit;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.ParameterSource;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.clipscribe.tensor.Backends;
import org.jspecify.annotations.Nullable;

/// The three networks of a captioner, from one checkpoint or several, with a configuration that
/// fits them. All is checked but the numbers.
final class Assembly implements AutoCloseable {
  private static final long USUAL_CAPTION = 40;

  private final List<Recognised> opened;
  private final Recognised clip;
  private final CombinedTensors tensors;
  private final BundleConfig config;
  private final List<String> notes;

  private Assembly(
      List<Recognised> opened,
      Recognised clip,
      CombinedTensors tensors,
      BundleConfig config,
      List<String> notes) {
    this.opened = opened;
    this.clip = clip;
    this.tensors = tensors;
    this.config = config;
    this.notes = notes;
  }

  /// Opens and checks everything that a request names.
  ///
  /// @throws BadInputException when a part is missing, cannot be read, or does not fit
  static Assembly of(ConvertRequest request) {
    List<Recognised> opened = new ArrayList<>();
    Assembly assembly = null;
    try {
      assembly = new Putting(request, opened).together();
      return assembly;
    } finally {
      if (assembly == null) {
        opened.forEach(Recognised::close);
      }
    }
  }

  /// All weights, under their names in a bundle.
  NamedTensors tensors() {
    return tensors;
  }

  BundleConfig config() {
    return config;
  }

  /// What a user should know.
  List<String> notes() {
    return notes;
  }

  /// The one that CLIP is from.
  Recognised clip() {
    return clip;
  }

  /// The checkpoint that was named first, then the others.
  List<Recognised> sources() {
    return opened;
  }

  @Override
  public void close() {
    opened.forEach(Recognised::close);
  }

  /// How the weights compare with the model of a configuration.
  static Fit compare(NamedTensors tensors, BundleConfig config) {
    try (var backend = Backends.open("reference", 1).backend()) {
      return Checkpoint.of(tensors, "captioner").compare(backend, source -> all(source, config));
    }
  }

  /// Asks for all that a bundle holds.
  private static List<Object> all(ParameterSource source, BundleConfig config) {
    List<Object> models = new ArrayList<>(List.of(CaptionModel.of(source, config)));
    config.clipWithText().ifPresent(whole -> models.add(ClipModel.of(source.at("clip"), whole)));
    return models;
  }

  /// The steps of putting together.
  private static final class Putting {
    private final ConvertRequest request;
    private final List<Recognised> opened;
    private final Recognised main;
    private final Optional<JsonObject> given;
    private final List<String> notes = new ArrayList<>();

    Putting(ConvertRequest request, List<Recognised> opened) {
      this.request = request;
      this.opened = opened;
      this.given = request.config().map(Json::readObject);
      this.main = open(request.source());
    }

    private Recognised open(Path path) {
      Recognised recognised = Recognised.open(path);
      opened.add(recognised);
      List<String> unknown = recognised.tensors().unknown();
      if (!unknown.isEmpty()) {
        throw new BadInputException(
            recognised.tensors().origin(),
            "is %s, but %d of its names are not: %s"
                .formatted(
                    recognised.family().label(),
                    unknown.size(),
                    unknown.stream().limit(3).toList()));
      }
      return recognised;
    }

    Assembly together() {
      Map<Part, Recognised> chosen = new EnumMap<>(Part.class);
      request.clip().ifPresent(path -> chosen.put(Part.CLIP, holding(Part.CLIP, path)));
      request.gpt2().ifPresent(path -> chosen.put(Part.GPT2, holding(Part.GPT2, path)));
      for (Part part : Part.values()) {
        if (!chosen.containsKey(part) && !part.isOptional()) {
          chosen.put(part, holdingInMain(part));
        }
      }
      Recognised clip = Objects.requireNonNull(chosen.get(Part.CLIP));
      if (hasText(clip)) {
        chosen.put(Part.TEXT, clip);
      }
      CombinedTensors tensors = new CombinedTensors(request.source().toString());
      chosen.forEach(
          (part, from) ->
              from.tensors().names().stream()
                  .filter(part::owns)
                  .forEach(name -> tensors.put(name, from.tensors(), name)));
      boolean tied = TiedHead.settle(tensors);
      BundleConfig config = config(chosen, tensors, tied);
      Fit fit = compare(tensors, config);
      if (!fit.fits()) {
        throw new BadInputException(
            request.source(), "does not fit the captioner that it seems to be: " + fit.faults());
      }
      note(config);
      return new Assembly(List.copyOf(opened), clip, tensors, config, List.copyOf(notes));
    }

    /// Both halves must come from one CLIP, or they do not fit each other; and texts need its
    /// words.
    private boolean hasText(Recognised clip) {
      if (!clip.has(Part.TEXT) || !clip.tensors().names().containsAll(TextTower.PROJECTIONS)) {
        return false;
      }
      boolean hasWords = ClipWordFiles.beside(clip.files()).isPresent();
      if (!hasWords) {
        notes.add(
            "CLIP's text encoder is left out, for %s has no vocab.json and merges.txt of CLIP: classify and search will not work"
                .formatted(clip.files().folder()));
      }
      return hasWords;
    }

    private Recognised holding(Part part, Path path) {
      Recognised recognised = open(path);
      if (!recognised.has(part)) {
        throw new BadInputException(
            path, "is " + recognised.family().label() + " and holds no " + part.label());
      }
      return recognised;
    }

    private Recognised holdingInMain(Part part) {
      if (main.has(part)) {
        return main;
      }
      String remedy =
          switch (part) {
            case CLIP -> "name a folder of CLIP with --clip DIR";
            case GPT2 -> "name a folder of GPT-2 with --gpt2 DIR";
            case TEXT, MAPPING ->
                "convert the checkpoint that holds it, such as model.pt of the original";
          };
      throw new BadInputException(
          request.source(),
          "is %s; a captioner also needs a %s: %s"
              .formatted(main.family().label(), part.label(), remedy));
    }

    private BundleConfig config(Map<Part, Recognised> chosen, NamedTensors tensors, boolean tied) {
      Map<String, @Nullable Object> document = new LinkedHashMap<>();
      chosen.forEach(
          (part, from) -> {
            Map<String, @Nullable Object> section =
                Sections.settle(part, tensors, declared(part, from));
            if (part == Part.GPT2) {
              section.put("tie_word_embeddings", tied);
            }
            document.put(part.section(), section);
          });
      Optional<JsonObject> about = given.or(() -> main.files().config());
      Object length = about.map(json -> json.get("max_len")).orElse(null);
      document.put("max_len", length == null ? usualLength(document) : length);
      Object rule = about.map(json -> json.get("position_rule")).orElse(null);
      document.put("position_rule", rule == null ? PositionRule.ORIGINAL.label() : rule);
      String origin = about.map(JsonObject::origin).orElse(request.source().toString());
      BundleConfig config =
          BundleConfig.of(
              Json.parseObject(Json.write(document).getBytes(StandardCharsets.UTF_8), origin));
      return request.rule().map(config::withPositionRule).orElse(config);
    }

    private Optional<JsonObject> declared(Part part, Recognised from) {
      return given.flatMap(part::declared).or(() -> from.files().config().flatMap(part::declared));
    }

    /// As in the original, or less where the decoder has fewer positions.
    private static long usualLength(Map<String, @Nullable Object> document) {
      long positions = number(document, Part.GPT2, "n_positions");
      return Math.min(USUAL_CAPTION, positions - 1 - number(document, Part.MAPPING, "ep_len"));
    }

    private static long number(Map<String, @Nullable Object> document, Part part, String key) {
      return document.get(part.section()) instanceof Map<?, ?> section
              && section.get(key) instanceof Long value
          ? value
          : 0;
    }

    private void note(BundleConfig config) {
      request
          .expectedSize()
          .filter(size -> !size.equals(config.size()))
          .ifPresent(
              size ->
                  notes.add(
                      "size %s was asked for, but the weights are %s (width %d): taken as they are"
                          .formatted(size, sizeName(config), config.clip().width())));
      for (Recognised source : opened) {
        int buffers = source.tensors().buffers().size();
        if (!source.prefix().isEmpty()) {
          notes.add("names in " + source.path() + " begin with " + source.prefix() + ", taken off");
        }
        if (buffers > 0) {
          notes.add(buffers + " buffers in " + source.path() + " are not needed and left out");
        }
      }
      if (given.isEmpty() && main.files().config().isPresent() && !Files.isDirectory(main.path())) {
        notes.add("sizes that shapes do not tell are from the config.json beside the weights");
      }
    }

    private static String sizeName(BundleConfig config) {
      return config.size().equals("custom") ? "of a size of their own" : config.size();
    }
  }
}
