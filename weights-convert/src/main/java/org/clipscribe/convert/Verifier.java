package org.clipscribe.convert;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.CaptionerOptions;
import org.clipscribe.convert.Verification.Check;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;

/// Checks a bundle or a checkpoint: every byte against the digests that are known of it, and the
/// model's answers to questions whose answers are known.
public final class Verifier {
  private final Path path;
  private final CaptionerOptions options;
  private final List<KnownAnswer> known;
  private final List<Check> checks = new ArrayList<>();

  private Verifier(Path path, CaptionerOptions options, List<KnownAnswer> known) {
    this.path = path;
    this.options = options;
    this.known = known;
  }

  /// Reads everything, and computes for some seconds where an answer is known.
  ///
  /// @param path a bundle, a folder of the Hub or a file with weights
  /// @throws BadInputException when there is nothing there that could be checked
  public static Verification verify(Path path, CaptionerOptions options) {
    return verify(path, options, KnownAnswer.ALL);
  }

  static Verification verify(Path path, CaptionerOptions options, List<KnownAnswer> known) {
    Verifier verifier = new Verifier(path, options, known);
    try {
      verifier.run();
    } catch (IOException e) {
      throw BadInputException.unreadable(path, e);
    }
    return new Verification(path, verifier.checks);
  }

  private void run() throws IOException {
    boolean isBundle = Files.isDirectory(path) && Bundle.isAt(path);
    Set<String> digests = isBundle ? bundleDigests() : checkpointDigests();
    List<KnownAnswer> answers =
        known.stream().filter(one -> one.digests().stream().anyMatch(digests::contains)).toList();
    if (answers.isEmpty()) {
      checks.add(
          Check.skipped(
              "answers",
              "none are known of it; they are of "
                  + String.join(" and ", known.stream().map(KnownAnswer::model).toList())));
    }
    if (checks.stream().anyMatch(check -> check.outcome() == Verification.Outcome.FAILED)) {
      return; // damaged weights answer anything
    }
    AnswerCheck check = new AnswerCheck(path, isBundle, options);
    answers.forEach(answer -> checks.add(check.of(answer)));
  }

  /// Compares the files of a bundle with its manifest.
  ///
  /// @return the digests of what it was made of
  private Set<String> bundleDigests() throws IOException {
    Path file = path.resolve(Bundle.MANIFEST);
    if (!Files.isRegularFile(file)) {
      checks.add(Check.skipped("digests", "the bundle has no " + Bundle.MANIFEST));
      return Set.of();
    }
    JsonObject manifest = Json.readObject(file);
    JsonObject files = manifest.object("files");
    for (String name : files.toMap().keySet()) {
      if (!name.matches("[A-Za-z0-9_.-]+") || name.startsWith(".")) {
        throw new BadInputException(
            file, "lists " + BadInputException.quote(name) + ", which is no plain file name");
      }
      checks.add(compare(name, files.object(name)));
    }
    Set<String> sources = new LinkedHashSet<>();
    for (JsonObject source : manifest.objects("sources")) {
      if (source.has("files")) {
        JsonObject parts = source.object("files");
        parts.toMap().keySet().forEach(name -> sources.add(parts.object(name).string("sha256")));
      }
    }
    return sources;
  }

  private Check compare(String name, JsonObject stated) throws IOException {
    Path file = path.resolve(name);
    if (!Files.isRegularFile(file)) {
      return Check.of(name, false, "is missing");
    }
    long bytes = Files.size(file);
    if (!Long.valueOf(bytes).equals(stated.get("bytes"))) {
      return Check.of(
          name, false, "has " + bytes + " bytes, the manifest says " + stated.get("bytes"));
    }
    boolean same = Digests.sha256(file).equals(stated.string("sha256"));
    return Check.of(name, same, same ? "has the manifest's digest" : "has another digest");
  }

  /// Compares the files of a checkpoint with the digests of published ones.
  private Set<String> checkpointDigests() throws IOException {
    Set<String> digests = new LinkedHashSet<>();
    try (WeightFiles files = WeightFiles.open(path)) {
      for (Path file : files.files()) {
        String digest = Digests.sha256(file);
        digests.add(digest);
        Optional<KnownAnswer> published =
            known.stream().filter(one -> one.digests().contains(digest)).findFirst();
        String name = String.valueOf(file.getFileName());
        checks.add(
            published
                .map(one -> Check.of(name, true, "is that of " + one.model()))
                .orElseGet(() -> Check.skipped(name, "no digest is known to compare " + digest)));
      }
    }
    return digests;
  }
}
