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
import org.clipscribe.captioner.Architecture;
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

/// The networks of a captioner, from one checkpoint or several, with a configuration that
/// fits them. All is checked but the numbers.
final class Assembly implements AutoCloseable {
  private static final String PROJECTION = "clip.visual_projection.weight";

  private final List<Recognised> opened;
  private final Recognised vision;
  private final CombinedTensors tensors;
  private final BundleConfig config;
  private final List<String> notes;

  private Assembly(
      List<Recognised> opened,
      Recognised vision,
      CombinedTensors tensors,
      BundleConfig config,
      List<String> notes) {
    this.opened = opened;
    this.vision = vision;
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

  /// The one that the image encoder is from.
  Recognised vision() {
    return vision;
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
      Architecture architecture = architecture();
      Map<Part, Recognised> chosen = new EnumMap<>(Part.class);
      request.clip().ifPresent(path -> chosen.put(Part.CLIP, holding(Part.CLIP, path)));
      request.gpt2().ifPresent(path -> chosen.put(Part.GPT2, holding(Part.GPT2, path)));
      List<Part> needed = Part.needed(architecture);
      for (Part part : chosen.keySet()) {
        if (!needed.contains(part)) {
          throw new BadInputException(
              request.source(),
              "is %s, which has no use for another %s"
                  .formatted(main.family().label(), part.label()));
        }
      }
      for (Part part : needed) {
        if (!chosen.containsKey(part)) {
          chosen.put(part, holdingInMain(part));
        }
      }
      Recognised vision = Objects.requireNonNull(chosen.get(needed.getFirst()));
      if (hasText(vision)) {
        chosen.put(Part.TEXT, vision);
      }
      CombinedTensors tensors = tensors(chosen);
      if (architecture == Architecture.CLIPCAP) {
        addProjection(vision, tensors);
      }
      boolean tied = TiedHead.settle(tensors);
      BundleConfig config = config(architecture, chosen, tensors, tied);
      Fit fit = compare(tensors, config);
      if (!fit.fits()) {
        throw new BadInputException(
            request.source(), "does not fit the captioner that it seems to be: " + fit.faults());
      }
      note(config, vision);
      return new Assembly(List.copyOf(opened), vision, tensors, config, List.copyOf(notes));
    }

    /// What the checkpoint that was named first is about: the names in it tell.
    private Architecture architecture() {
      if (main.has(Part.VIT)) {
        return Architecture.ENCODER_DECODER;
      }
      if (!main.has(Part.MAPPING)) {
        return Architecture.CLIP_GPT; // what is missing will be said
      }
      Measured shapes = new Measured(main.tensors(), "mapping.", main.tensors());
      return MappingShapes.of(shapes) == MappingShapes.ENCODER
          ? Architecture.CLIP_GPT
          : Architecture.CLIPCAP;
    }

    private CombinedTensors tensors(Map<Part, Recognised> chosen) {
      CombinedTensors tensors = new CombinedTensors(request.source().toString());
      chosen.forEach(
          (part, from) ->
              from.tensors().names().stream()
                  .filter(part::owns)
                  .forEach(name -> tensors.put(name, from.tensors(), name)));
      return tensors;
    }

    /// ClipCap reads what is behind CLIP's projection.
    private void addProjection(Recognised clip, CombinedTensors tensors) {
      if (!clip.tensors().names().contains(PROJECTION)) {
        throw new BadInputException(
            clip.path(),
            "holds CLIP's image encoder without its projection, which ClipCap reads; name a folder"
                + " of the whole CLIP with --clip DIR");
      }
      tensors.put(PROJECTION, clip.tensors(), PROJECTION);
      Map<String, Object> mapping = Part.MAPPING.measure(tensors, tensors);
      long reads = MappingShapes.inputs(mapping);
      long gives = new Measured(tensors, "", tensors).extent(PROJECTION, 2, 0);
      if (reads != gives) {
        throw new BadInputException(
            request.source(),
            "reads image embeddings of %d numbers%s, but those of %s have %d"
                .formatted(reads, MappingShapes.giver(reads), clip.path(), gives));
      }
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
            case CLIP -> "name a folder of CLIP with --clip DIR" + whichClip();
            case GPT2 -> "name a folder of GPT-2 with --gpt2 DIR";
            case VIT, TEXT, MAPPING ->
                "convert the checkpoint that holds it, such as model.pt of the original";
          };
      throw new BadInputException(
          request.source(),
          "is %s; a captioner also needs a %s: %s"
              .formatted(main.family().label(), part.label(), remedy));
    }

    /// ClipCap's mapping network tells what it reads.
    private String whichClip() {
      if (!main.has(Part.MAPPING)) {
        return "";
      }
      Map<String, Object> sizes = Part.MAPPING.measure(main.tensors(), main.tensors());
      return MappingShapes.of(sizes) == MappingShapes.ENCODER
          ? ""
          : " whose image embeddings have %d numbers%s"
              .formatted(
                  MappingShapes.inputs(sizes), MappingShapes.giver(MappingShapes.inputs(sizes)));
    }

    private BundleConfig config(
        Architecture architecture,
        Map<Part, Recognised> chosen,
        CombinedTensors tensors,
        boolean tied) {
      Map<String, @Nullable Object> document = new LinkedHashMap<>();
      document.put("architecture", architecture.label());
      chosen.forEach(
          (part, from) -> {
            Map<String, @Nullable Object> section =
                Sections.settle(part, tensors, tensors, declared(part, from));
            if (part == Part.GPT2) {
              section.put("tie_word_embeddings", tied);
            }
            document.put(part.section(), section);
          });
      Optional<JsonObject> about = given.or(() -> main.files().config());
      CaptionFormSource form = new CaptionFormSource(architecture, about, main.files());
      form.addTo(document);
      String origin = about.map(JsonObject::origin).orElse(request.source().toString());
      BundleConfig config =
          BundleConfig.of(
              Json.parseObject(Json.write(document).getBytes(StandardCharsets.UTF_8), origin));
      return request.rule().map(rule -> ruled(config, rule)).orElse(config);
    }

    private BundleConfig ruled(BundleConfig config, PositionRule rule) {
      if (rule == PositionRule.ORIGINAL && config.architecture() != Architecture.CLIP_GPT) {
        throw new BadInputException(
            request.source(),
            "is %s, whose positions are always counted once: leave --rule out"
                .formatted(config.architecture().label()));
      }
      return config.withPositionRule(rule);
    }

    private Optional<JsonObject> declared(Part part, Recognised from) {
      return given.flatMap(part::declared).or(() -> from.files().config().flatMap(part::declared));
    }

    private void note(BundleConfig config, Recognised vision) {
      request
          .expectedSize()
          .filter(size -> !size.equals(config.size()))
          .ifPresent(
              size ->
                  notes.add(
                      "size %s was asked for, but the weights are %s (width %d): taken as they are"
                          .formatted(size, sizeName(config), config.vision().width())));
      for (Recognised source : opened) {
        int leftOut = source.tensors().leftOut().size();
        if (!source.prefix().isEmpty()) {
          notes.add("names in " + source.path() + " begin with " + source.prefix() + ", taken off");
        }
        if (leftOut > 0) {
          notes.add(leftOut + " tensors in " + source.path() + " are not needed and left out");
        }
      }
      boolean openAi = vision.family().keys() == KeyMaps.OPENAI_CLIP;
      if (openAi && given.isEmpty() && vision.files().config().isEmpty()) {
        notes.add(
            "CLIP's activation is taken for OpenAI's, quick_gelu; weights that open_clip trained"
                + " itself have another, which open_clip_config.json beside them tells");
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
