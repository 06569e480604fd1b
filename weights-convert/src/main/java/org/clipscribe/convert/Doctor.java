package org.clipscribe.convert;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.clipscribe.captioner.Architecture;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.Fit;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.clipscribe.tensor.Backends;
import org.jspecify.annotations.Nullable;

/// Says what a checkpoint is, what is wrong with it, and which command makes it usable.
public final class Doctor {
  private static final int GPT2_TOKENS = 50_257;
  private static final String TEXT_MODEL = "clip.text_model.";

  private final Path path;
  private final WeightFiles files;
  private final Family family;
  private final String prefix;
  private final List<String> problems = new ArrayList<>();
  private final List<String> unexpected = new ArrayList<>();
  private final List<Diagnosis.Network> parts = new ArrayList<>();
  private final Map<Part, Map<String, Object>> sizes = new EnumMap<>(Part.class);
  private List<String> leftOut = List.of();
  private boolean headsUnknown;
  private long storedTwice;
  private long bytesStoredTwice;

  private Doctor(Path path, WeightFiles files) {
    this.path = path;
    this.files = files;
    Family.Found found = Family.of(files.tensors().names());
    this.family = found.family();
    this.prefix = found.prefix();
  }

  /// Examines a file or a folder: a checkpoint of any kind, or a bundle. Reads all numbers once.
  ///
  /// @throws BadInputException when it cannot be read at all: damaged, hostile, not a checkpoint
  public static Diagnosis examine(Path path) {
    try (WeightFiles files = WeightFiles.open(path)) {
      return new Doctor(path, files).examine();
    }
  }

  private Diagnosis examine() {
    NamedTensors raw = files.tensors();
    KeyMap keys = family.keys();
    leftOut = raw.names().stream().filter(name -> isLeftOut(name, keys)).toList();
    if (keys == null) {
      problems.add("unsupported architecture: " + family.label() + "; " + family.advice());
    } else {
      examineParts(keys);
    }
    Map<String, Integer> dtypes = new TreeMap<>();
    raw.names().forEach(name -> dtypes.merge(raw.info(name).dtype().name(), 1, Integer::sum));
    List<String> warnings =
        raw.names().stream()
            .filter(name -> !leftOut.contains(name))
            .flatMap(name -> NumberCheck.warning(raw, name).stream())
            .toList();
    return new Diagnosis(
        path,
        family.label() + size(),
        files.container() + (prefix.isEmpty() ? "" : ", names begin with " + prefix),
        raw.names().size(),
        sum(raw, TensorInfo::elements) - storedTwice,
        sum(raw, TensorInfo::byteSize) - bytesStoredTwice,
        dtypes,
        List.copyOf(parts),
        leftOut,
        List.copyOf(unexpected),
        warnings,
        List.copyOf(problems),
        keys == null ? family.advice() : next());
  }

  private boolean isLeftOut(String name, @Nullable KeyMap keys) {
    return Checkpoint.isBuffer(name)
        || (keys != null && keys.leavesOut(name.substring(prefix.length())));
  }

  private long sum(NamedTensors tensors, ToLongFunction<TensorInfo> measure) {
    return tensors.names().stream()
        .filter(name -> !leftOut.contains(name))
        .map(tensors::info)
        .mapToLong(measure)
        .sum();
  }

  private void examineParts(KeyMap keys) {
    MappedTensors mapped;
    try {
      mapped = new MappedTensors(files.tensors(), prefix, keys);
    } catch (BadInputException e) {
      problems.add(cause(e));
      return;
    }
    unexpected.addAll(mapped.unknown());
    for (Part part : Part.values()) {
      if (mapped.names().stream().anyMatch(part::owns) && !isAloneAProjection(part, mapped)) {
        examine(part, mapped);
      } else if (family.keys() == KeyMaps.BUNDLE && needed(mapped).contains(part)) {
        problems.add("the " + part.label() + " is missing");
      }
    }
    if (MappingShapes.inputs(sizes.getOrDefault(Part.MAPPING, Map.of())) == MappingShapes.RN50X4) {
      problems.add(
          "unsupported architecture: the mapping network reads the embeddings of CLIP RN50x4, a"
              + " ResNet; the MLP weights of ClipCap are for ViT-B/32");
    }
    if (!unexpected.isEmpty()) {
      problems.add(unexpected.size() + " names do not belong to such a model");
    }
    if (family.keys() == KeyMaps.BUNDLE && Files.isDirectory(path)) {
      Stream.of(Bundle.CONFIG, Bundle.PREPROCESSOR, Bundle.VOCABULARY, Bundle.MERGES)
          .filter(name -> files.sibling(name).isEmpty())
          .forEach(name -> problems.add("the bundle has no " + name));
    }
  }

  /// Of the half of CLIP that reads texts, ClipCap needs the projection of pictures alone.
  private static boolean isAloneAProjection(Part part, MappedTensors mapped) {
    return part == Part.TEXT && mapped.names().stream().noneMatch(n -> n.startsWith(TEXT_MODEL));
  }

  private static List<Part> needed(MappedTensors mapped) {
    return Part.needed(
        mapped.names().stream().anyMatch(Part.VIT::owns)
            ? Architecture.ENCODER_DECODER
            : Architecture.CLIP_GPT);
  }

  private void examine(Part part, MappedTensors mapped) {
    CombinedTensors own = new CombinedTensors(mapped.origin());
    mapped.names().stream().filter(part::owns).forEach(name -> own.put(name, mapped, name));
    String description = "";
    List<String> missing = List.of();
    List<String> misshapen = List.of();
    try {
      long parameters = sum(own, TensorInfo::elements);
      long bytes = sum(own, TensorInfo::byteSize);
      boolean tied = TiedHead.settle(own);
      storedTwice += parameters - sum(own, TensorInfo::elements);
      bytesStoredTwice += bytes - sum(own, TensorInfo::byteSize);
      Part.Model model = model(part, own, mapped, tied);
      description = model.description();
      Fit fit = compare(own, model);
      missing = fit.missing();
      misshapen = Stream.concat(fit.misshapen().stream(), fit.mistyped().stream()).toList();
      unexpected.addAll(fit.unexpected());
      if (!missing.isEmpty() || !misshapen.isEmpty()) {
        problems.add(
            "%s: %d weights are missing, %d of wrong shape or type"
                .formatted(part.label(), missing.size(), misshapen.size()));
      }
    } catch (BadInputException e) {
      problems.add(part.label() + ": " + cause(e));
    }
    long parameters = sum(own, TensorInfo::elements);
    parts.add(new Diagnosis.Network(part.label(), description, parameters, missing, misshapen));
  }

  private Part.Model model(Part part, NamedTensors own, NamedTensors all, boolean tied) {
    Map<String, Object> measured = part.measure(own, all);
    sizes.put(part, measured);
    Optional<JsonObject> declared = files.config().flatMap(part::declared);
    for (Part.Heads heads : part.heads(measured).stream().toList()) {
      boolean headsDeclared = declared.filter(json -> json.has(heads.key())).isPresent();
      headsUnknown |= !headsDeclared && heads.supposed().isEmpty();
    }
    Map<String, @Nullable Object> section = Sections.settle(part, own, all, declared);
    if (part == Part.GPT2) {
      section.put("tie_word_embeddings", tied);
    }
    String origin = declared.map(JsonObject::origin).orElse(own.origin());
    return part.model(
        Json.parseObject(Json.write(section).getBytes(StandardCharsets.UTF_8), origin));
  }

  private static Fit compare(NamedTensors tensors, Part.Model model) {
    try (var backend = Backends.open("reference", 1).backend()) {
      return Checkpoint.of(tensors, model.description()).compare(backend, model.builder());
    }
  }

  /// The two published sizes have names.
  private String size() {
    long width = measured(Part.CLIP, "hidden_size");
    long patch = measured(Part.CLIP, "patch_size");
    long layers = measured(Part.GPT2, "n_layer");
    if (width == 768 && patch == 32 && layers == 12) {
      return ", size S";
    }
    return width == 1024 && patch == 14 && layers == 24 ? ", size L" : "";
  }

  private long measured(Part part, String key) {
    return sizes.getOrDefault(part, Map.of()).get(key) instanceof Long size ? size : 0;
  }

  private String next() {
    String quoted = quote(path.toString());
    if (family.keys() == KeyMaps.BUNDLE) {
      return "clipscribe caption photo.jpg --model " + quoted;
    }
    boolean isCaptioner = sizes.containsKey(Part.MAPPING) || sizes.containsKey(Part.VIT);
    StringBuilder command = new StringBuilder("clipscribe convert ");
    command.append(isCaptioner ? quoted : "model.pt");
    for (Part part : List.of(Part.CLIP, Part.GPT2)) {
      boolean here = sizes.containsKey(part);
      boolean needed = part == Part.GPT2 || !sizes.containsKey(Part.VIT);
      if (here != isCaptioner && needed) {
        command.append(" --").append(part.section()).append(' ');
        command.append(here ? quoted : part.section() + "-folder");
      }
    }
    if (headsUnknown) {
      command.append(" --config config.json");
    }
    // The command line falls back on GPT-2's own vocabulary, and only that one.
    long tokens = measured(Part.GPT2, "vocab_size");
    if (files.sibling(Bundle.VOCABULARY).isEmpty() && tokens != 0 && tokens != GPT2_TOKENS) {
      command.append(" --tokenizer tokenizer-folder");
    }
    return command.append(" --to bundle").toString();
  }

  /// As a shell takes it.
  private static String quote(String argument) {
    return argument.matches("[A-Za-z0-9_./:@%+=,-]+")
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }

  /// The message without the file, which the diagnosis names once.
  private static String cause(BadInputException refused) {
    String message = String.valueOf(refused.getMessage());
    int colon = message.indexOf(": ");
    return colon < 0 ? message : message.substring(colon + 2);
  }
}
