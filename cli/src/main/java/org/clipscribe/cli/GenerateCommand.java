package org.clipscribe.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.Captioner;
import org.clipscribe.captioner.CaptionerOptions;
import org.clipscribe.cli.ModelLocator.Location;
import org.clipscribe.convert.CheckpointModels;
import org.clipscribe.gpt2.GeneratedText;
import org.clipscribe.gpt2.TextModel;
import org.clipscribe.gpt2.decoding.Decoding;
import org.clipscribe.gpt2.decoding.SearchStrategy;
import org.clipscribe.nn.json.Json;
import org.clipscribe.tensor.Backends;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Continues a text.
@Command(
    name = "generate",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = "Continue a text with GPT-2, or with the decoder of a captioner.",
    footerHeading = "%nExample:%n",
    footer = {
      "  clipscribe generate \"The gull\" --model gpt2 --decode sample --top-p 0.9 --seed 7",
      "",
      "On a terminal words are shown as they come."
    })
final class GenerateCommand implements Callable<Integer> {
  /// A paragraph; models of this family seldom end a text by themselves.
  private static final int USUAL_TOKENS = 50;

  private final Clipscribe root;
  private final Terminal terminal;

  @Parameters(
      paramLabel = "PROMPT",
      arity = "1",
      description = "What the text begins with, or - for standard input.")
  private String prompt = "";

  @Option(
      names = "--model",
      paramLabel = "NAME|DIR|FILE",
      description = {
        "A model that was pulled, a folder of GPT-2 as Hugging Face has it, a bundle that"
            + " `clipscribe convert` wrote, any checkpoint that holds a GPT-2, or embedded. Default: the variable CLIPSCRIBE_MODEL,"
            + " then weights/small or weights/large, then the embedded model of drawings."
      })
  private @Nullable String model;

  @Option(
      names = "--tokenizer",
      paramLabel = "DIR",
      description =
          "Folder with vocab.json and merges.txt (default: beside the weights, else GPT-2's own).")
  private @Nullable Path tokenizer;

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  @ArgGroup(validate = false, heading = "%nWriting:%n")
  private final DecodingOptions decoding = new DecodingOptions();

  @ArgGroup(exclusive = false, heading = "%nComputing:%n")
  private ComputeOptions compute = new ComputeOptions();

  GenerateCommand(Clipscribe root, Terminal terminal) {
    this.root = root;
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    CaptionerOptions options = compute.captionerOptions();
    Decoding wanted = decoding.decoding(USUAL_TOKENS);
    List<String> stops = decoding.stops();
    decoding.noteTemperature(terminal, root.quiet());
    Location location = ModelLocator.of(terminal).find(model);
    String text =
        prompt.equals("-")
            ? new String(terminal.in().readAllBytes(), StandardCharsets.UTF_8)
            : prompt;
    Run run = new Run(text, wanted, stops);
    switch (location) {
      case Location.BundleFolder(Path folder) when Bundle.isAt(folder) ->
          fromBundle(location, options, run);
      case Location.OnDisk onDisk -> fromCheckpoint(onDisk, options, run);
      case Location.Embedded _ -> fromBundle(location, options, run);
    }
    return ExitStatus.DONE;
  }

  private void fromBundle(Location location, CaptionerOptions options, Run run) {
    try (Captioner captioner = new ModelFolders(terminal, root.quiet()).open(location, options)) {
      run.generate(captioner.textModel(), captioner.model().name(), captioner.model().digest());
    }
  }

  private void fromCheckpoint(Location.OnDisk location, CaptionerOptions options, Run run) {
    Path path = location.path();
    Backends.Opened opened = Backends.open(options.device(), options.threads());
    try (var backend = opened.backend()) {
      opened.notice().ifPresent(this::warn);
      Optional<Path> words =
          Optional.ofNullable(tokenizer)
              .or(() -> Tokenizers.fallback(terminal.environment(), List.of(location.folder())));
      TextModel loaded = CheckpointModels.text(path, backend, options.precision(), words);
      run.generate(loaded, location.name(), null);
    }
  }

  private void warn(String notice) {
    if (!root.quiet()) {
      terminal.warning(notice);
    }
  }

  /// One text to continue.
  private final class Run {
    private final String text;
    private final Decoding wanted;
    private final List<String> stops;

    Run(String text, Decoding wanted, List<String> stops) {
      this.text = text;
      this.wanted = wanted;
      this.stops = stops;
    }

    void generate(TextModel loaded, String name, @Nullable String digest) {
      if (json) {
        long start = System.nanoTime();
        List<GeneratedText> texts = loaded.generate(text, wanted, stops);
        long milliseconds = (System.nanoTime() - start) / 1_000_000;
        terminal.results().line(document(texts, name, digest, milliseconds));
      } else if (terminal.outIsTerminal() && comesInPieces()) {
        terminal.results().print(Texts.lines(text));
        loaded.generate(text, wanted, stops, piece -> terminal.results().print(Texts.lines(piece)));
        terminal.results().print("\n");
      } else {
        print(loaded.generate(text, wanted, stops));
      }
    }

    private boolean comesInPieces() {
      return wanted.candidates() == 1
          && switch (wanted.strategy()) {
            case SearchStrategy.Greedy _, SearchStrategy.Sample _ -> true;
            case SearchStrategy.Beam _, SearchStrategy.MeanBeam _ -> false;
          };
    }

    private void print(List<GeneratedText> texts) {
      for (int i = 0; i < texts.size(); i++) {
        String whole = text + texts.get(i).text();
        String between = i == 0 ? "" : "---\n"; // texts have lines of their own
        terminal.results().line(between + (terminal.outIsTerminal() ? Texts.lines(whole) : whole));
      }
    }

    private String document(
        List<GeneratedText> texts, String name, @Nullable String digest, long milliseconds) {
      Map<String, @Nullable Object> origin = new LinkedHashMap<>();
      origin.put("name", name);
      origin.put("digest", digest);
      Map<String, @Nullable Object> result = new LinkedHashMap<>();
      result.put("prompt", text);
      result.putAll(document(texts.getFirst()));
      if (texts.size() > 1) {
        result.put("candidates", texts.stream().map(this::document).toList());
      }
      result.put("model", origin);
      result.put("ms", milliseconds);
      return Json.write(result);
    }

    private Map<String, @Nullable Object> document(GeneratedText generated) {
      Map<String, @Nullable Object> document = new LinkedHashMap<>();
      document.put("text", generated.text());
      document.put("tokens", generated.tokens());
      document.put("score", Double.isFinite(generated.score()) ? generated.score() : null);
      document.put("ended", generated.ended());
      return document;
    }
  }
}
