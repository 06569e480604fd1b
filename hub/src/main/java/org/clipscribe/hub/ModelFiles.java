package org.clipscribe.hub;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;

/// Which files of a repository make a model, for repositories of which no list is known.
///
/// They are asked for one by one, so that a hub, a mirror or a cache without a listing will do.
final class ModelFiles {
  /// Asked first: every model has one, and the answer names the commit for all others.
  static final RemotePath CONFIG = new RemotePath("config.json");

  /// Small ones, each of which may be missing.
  static final List<RemotePath> BESIDE =
      List.of(
          CONFIG,
          new RemotePath("preprocessor_config.json"),
          new RemotePath("generation_config.json"),
          new RemotePath("tokenizer_config.json"),
          new RemotePath("vocab.json"),
          new RemotePath("merges.txt"),
          new RemotePath("clip_vocab.json"), // the next three are those of a bundle of ours
          new RemotePath("clip_merges.txt"),
          new RemotePath("manifest.json"),
          new RemotePath("README.md")); // names the licence

  static final RemotePath INDEX = new RemotePath("model.safetensors.index.json");

  /// Weights: the first of these that is there.
  static final List<RemotePath> WEIGHTS =
      List.of(
          new RemotePath("model.safetensors"),
          INDEX,
          new RemotePath("pytorch_model.bin"),
          new RemotePath("model.pt"));

  private ModelFiles() {}

  /// Looks for a file and remembers it.
  @FunctionalInterface
  interface Finder {
    /// @return where it is now; empty when there is none
    Optional<Path> find(RemotePath path) throws IOException;
  }

  /// Finds all that a model needs.
  ///
  /// @param more files that are known to belong to it
  /// @return whether there are weights
  static boolean gather(Collection<RemotePath> more, Finder finder) throws IOException {
    Set<RemotePath> beside = new LinkedHashSet<>(BESIDE);
    more.stream().sorted(Comparator.comparing(RemotePath::name)).forEach(beside::add);
    WEIGHTS.forEach(beside::remove);
    for (RemotePath path : beside) {
      Optional<Path> _ = finder.find(path);
    }
    // Known weights come before those that a repository may have as well.
    List<RemotePath> weights = new ArrayList<>(WEIGHTS);
    weights.sort(Comparator.comparing(path -> !more.contains(path)));
    for (RemotePath path : weights) {
      Optional<Path> found = finder.find(path);
      if (found.isPresent()) {
        return !path.equals(INDEX) || findAll(shards(found.get()), finder);
      }
    }
    return false;
  }

  private static boolean findAll(List<RemotePath> paths, Finder finder) throws IOException {
    for (RemotePath path : paths) {
      if (finder.find(path).isEmpty()) {
        return false;
      }
    }
    return true;
  }

  /// Which files a checkpoint in several files consists of.
  private static List<RemotePath> shards(Path index) {
    JsonObject weights = Json.readObject(index).object("weight_map");
    List<String> names =
        weights.toMap().values().stream().map(String::valueOf).distinct().sorted().toList();
    for (String name : names) {
      if (!RemotePath.isValid(name) || name.contains("/")) {
        throw new BadInputException(
            index, BadInputException.quote(name) + " is no name of a file beside it");
      }
    }
    return names.stream().map(RemotePath::new).toList();
  }
}
