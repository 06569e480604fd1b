package org.clipscribe.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.clipscribe.bench.peer.Peer.Versioned;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.jspecify.annotations.Nullable;

/// llama.cpp as node-llama-cpp ships it for processors, driven by `bench/src/main/js/llama.cjs`.
public final class LlamaCpp {
  private static final Path SCRIPT = Path.of("bench/src/main/js/llama.cjs");
  private static final String VERSION = "3.22.1";

  private final Path binaries;
  private final Path folder;

  private LlamaCpp(Path binaries, Path folder) {
    this.binaries = binaries;
    this.folder = folder;
  }

  /// Installs the binary from the npm registry, unless an earlier run did.
  ///
  /// @param folder out of git's sight
  /// @throws IOException without node and npm, or when the registry refuses
  public static Versioned<LlamaCpp> open(Path folder) throws IOException {
    String machine = System.getProperty("os.arch").equals("aarch64") ? "linux-arm64" : "linux-x64";
    Path binaries = folder.resolve("node_modules/@node-llama-cpp/" + machine + "/bins/" + machine);
    Path metadata = binaries.resolve("_nlcBuildMetadata.json");
    Files.createDirectories(folder);
    if (!Files.isRegularFile(metadata)) {
      Shell.run(
          folder,
          "npm",
          "install",
          "--no-save",
          "--ignore-scripts",
          "--no-audit",
          "--no-fund",
          "--prefix",
          ".",
          "@node-llama-cpp/" + machine + "@" + VERSION);
    }
    String node = Shell.run(folder, "node", "--version");
    JsonObject options = Json.readObject(metadata).object("buildOptions");
    return new Versioned<>(
        new LlamaCpp(binaries, folder),
        "%s (node-llama-cpp %s, node %s)"
            .formatted(options.object("llamaCpp").string("release"), VERSION, node));
  }

  /// Starts a process that holds one model.
  ///
  /// @throws IOException when llama.cpp does not take the file
  public Decoder load(Path gguf) throws IOException {
    return new Decoder(
        new Dialogue(
            "llama.cpp",
            folder.resolve("errors.txt"),
            Map.of(),
            List.of("node", SCRIPT.toString(), binaries.toString(), gguf.toString())));
  }

  /// One loaded model.
  public record Decoder(Dialogue dialogue) implements AutoCloseable {
    /// Reads a prompt, then decodes given tokens one by one.
    ///
    /// @return seconds of each step: CPU time when there is one thread, time that passed otherwise
    public List<Double> steps(int threads, int[] prompt, int[] tokens) throws IOException {
      JsonObject answer = dialogue.ask(question(threads, prompt, tokens, false));
      return Dialogue.doubles(answer, threads == 1 ? "cpuSeconds" : "seconds");
    }

    /// Scores of all tokens after the same.
    public float[] logits(int threads, int[] prompt, int[] tokens) throws IOException {
      List<Double> values =
          Dialogue.doubles(dialogue.ask(question(threads, prompt, tokens, true)), "logits");
      float[] logits = new float[values.size()];
      for (int i = 0; i < logits.length; i++) {
        logits[i] = values.get(i).floatValue();
      }
      return logits;
    }

    private static Map<String, @Nullable Object> question(
        int threads, int[] prompt, int[] tokens, boolean logits) {
      Map<String, @Nullable Object> question = new LinkedHashMap<>();
      question.put("threads", threads);
      question.put("prompt", Arrays.stream(prompt).boxed().toList());
      question.put("tokens", Arrays.stream(tokens).boxed().toList());
      question.put("logits", logits);
      return question;
    }

    @Override
    public void close() {
      dialogue.close();
    }
  }
}
