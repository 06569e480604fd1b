package org.clipscribe.bench.peer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.clipscribe.bench.peer.Peer.Versioned;
import org.clipscribe.nn.json.JsonObject;

/// The captioner in Python on PyTorch (Debian's), `bench/src/main/python/torch_captioner.py`.
///
/// @param python an interpreter that has torch, numpy and Pillow
public record PythonTorch(String python) {
  private static final Path SCRIPT = Path.of("bench/src/main/python/torch_captioner.py");
  private static final Path TRAINING = Path.of("bench/src/main/python/torch_training.py");

  /// Debian's interpreter first: another one on the path may lack Debian's packages.
  private static final List<String> INTERPRETERS = List.of("/usr/bin/python3", "python3");

  private static final String PROBE =
      "import sys, torch, numpy, PIL; print(torch.__version__, '(Python %d.%d)' % sys.version_info[:2])";

  /// @throws IOException when no interpreter has what it takes
  public static Versioned<PythonTorch> open() throws IOException {
    String why = "";
    for (String python : INTERPRETERS) {
      try {
        String version = Shell.run(Path.of("").toAbsolutePath(), python, "-c", PROBE);
        return new Versioned<>(new PythonTorch(python), version);
      } catch (IOException e) {
        why = e.getMessage();
      }
    }
    throw new IOException(why + "; on Debian: apt-get install python3-torch python3-pil");
  }

  /// What starts a process that captions one photo and ends.
  public List<String> cold(Path weights, Path photo, int threads, int tokens) {
    return command("cold", weights, photo, threads, tokens);
  }

  /// Environment of every process: the libraries below torch have thread counts of their own.
  public static Map<String, String> environment(int threads) {
    String count = Integer.toString(threads);
    return Map.of("OMP_NUM_THREADS", count, "OPENBLAS_NUM_THREADS", count);
  }

  /// Starts a process that stays.
  ///
  /// @param pixels prepared, raw floats `[3, 224, 224]`
  public Server serve(Path weights, Path pixels, int threads, int tokens, Path errors)
      throws IOException {
    return new Server(
        new Dialogue(
            "Python torch",
            errors,
            environment(threads),
            command("serve", weights, pixels, threads, tokens)),
        threads);
  }

  /// Starts a process that takes a training step for each question.
  public Dialogue train(Path weights, int threads, int batch, int tokens, Path errors)
      throws IOException {
    return new Dialogue(
        "Python torch",
        errors,
        environment(threads),
        List.of(
            python,
            TRAINING.toString(),
            weights.toString(),
            Integer.toString(threads),
            Integer.toString(batch),
            Integer.toString(tokens)));
  }

  private List<String> command(String mode, Path weights, Path input, int threads, int tokens) {
    return List.of(
        python,
        SCRIPT.toString(),
        mode,
        weights.toString(),
        input.toString(),
        Integer.toString(threads),
        Integer.toString(tokens));
  }

  /// A process with the model loaded.
  public record Server(Dialogue dialogue, int threads) implements AutoCloseable {
    /// @param seconds CPU time when there is one thread, time that passed otherwise
    /// @param values the embedding, or the tokens
    public record Answer(double seconds, float[] values) {}

    /// @param work `image` or `caption`
    public Answer ask(String work) throws IOException {
      JsonObject answer = dialogue.ask(Map.of("do", work));
      List<Double> values = Dialogue.doubles(answer, "values");
      float[] floats = new float[values.size()];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = values.get(i).floatValue();
      }
      return new Answer(answer.number(threads == 1 ? "cpuSeconds" : "seconds"), floats);
    }

    @Override
    public void close() {
      dialogue.close();
    }
  }
}
