package org.clipscribe.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.clipscribe.captioner.PositionRule;
import org.clipscribe.cli.ModelLocator.ModelSize;
import org.clipscribe.convert.ConvertReport;
import org.clipscribe.convert.ConvertRequest;
import org.clipscribe.convert.RandomBundle;
import org.clipscribe.nn.DType;
import org.clipscribe.nn.json.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Makes a bundle of a checkpoint.
@Command(
    name = "convert",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Make a bundle, which is a folder with all that captioning needs, of a checkpoint.",
      "",
      "Nothing in a checkpoint is ever executed."
    },
    footerHeading = "%nExample:%n",
    footer = "  clipscribe convert weights/small/model.pt --to models/small")
final class ConvertCommand implements Callable<Integer> {
  private final Clipscribe root;
  private final Terminal terminal;

  @Parameters(
      paramLabel = "SOURCE",
      arity = "0..1",
      description =
          "model.pt or a trainer's file of the original, a .bin or .safetensors file, or a folder of"
              + " the Hugging Face Hub.")
  private @Nullable Path source;

  @Option(names = "--to", paramLabel = "DIR", required = true, description = "The bundle to make.")
  private @Nullable Path target;

  @Option(
      names = "--force",
      description = "Replace a bundle that is there already; nothing else is ever replaced.")
  private boolean force;

  @Option(
      names = "--clip",
      paramLabel = "DIR",
      description = "Folder with CLIP's weights, when SOURCE holds none.")
  private @Nullable Path clip;

  @Option(
      names = "--gpt2",
      paramLabel = "DIR",
      description = "Folder with GPT-2's weights, when SOURCE holds none.")
  private @Nullable Path gpt2;

  @Option(
      names = "--tokenizer",
      paramLabel = "DIR",
      description =
          "Folder with vocab.json and merges.txt (default: beside the weights, else GPT-2's own).")
  private @Nullable Path tokenizer;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "What the weights do not tell, for example numbers of heads.")
  private @Nullable Path config;

  @Option(
      names = "--rule",
      paramLabel = "original|clean",
      description =
          "How often position embeddings are added: as the original does, or once (default: what the"
              + " source says, else original).")
  private @Nullable PositionRule rule;

  @Option(
      names = "--precision",
      paramLabel = "f32|f16|bf16",
      description = "How weights are stored (default: as in the source).")
  private @Nullable Precision precision;

  @Option(
      names = {"-S", "--size"},
      paramLabel = "S|L",
      description = "What you think it is; you are told when the weights say otherwise.")
  private @Nullable ModelSize size;

  @Option(
      names = "--random",
      paramLabel = "S|L",
      description =
          "Instead of SOURCE: random weights in one of the original's sizes, to try the speed and"
              + " the memory of this machine. Captions will mean nothing.")
  private @Nullable ModelSize random;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of --random; the same number gives the same weights (default: 1).")
  private long seed = 1;

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  ConvertCommand(Clipscribe root, Terminal terminal) {
    this.root = root;
    this.terminal = terminal;
  }

  /// What weights can be stored as.
  private enum Precision {
    F32(DType.F32),
    F16(DType.F16),
    BF16(DType.BF16);

    private final DType dtype;

    Precision(DType dtype) {
      this.dtype = dtype;
    }
  }

  @Override
  public Integer call() {
    Conversions conversions = new Conversions(terminal, root.quiet());
    ConvertReport report =
        random == null ? conversions.run(request()) : conversions.random(randomRequest());
    if (!root.quiet()) {
      report.notes().forEach(note -> terminal.note("note: " + note));
    }
    if (json) {
      terminal.results().print(Json.writePretty(toMap(report)));
      return ExitStatus.DONE;
    }
    terminal
        .results()
        .line(
            Texts.oneLine(
                "%s: %s, %.1f MB"
                    .formatted(report.bundle(), report.description(), report.weightBytes() / 1e6)));
    if (!root.quiet()) {
      terminal.note("next: clipscribe caption --model %s photo.jpg".formatted(report.bundle()));
    }
    return ExitStatus.DONE;
  }

  private RandomBundle.Request randomRequest() {
    if (source != null) {
      throw CommandException.usage("--random makes weights of its own: leave out " + source);
    }
    return new RandomBundle.Request(
        Objects.requireNonNull(random).name(),
        seed,
        precision == null ? DType.F32 : precision.dtype,
        Optional.ofNullable(tokenizer),
        Objects.requireNonNull(target, "required"),
        force,
        Clipscribe.version());
  }

  private ConvertRequest request() {
    if (source == null) {
      throw CommandException.usage("name a SOURCE to convert, or --random S");
    }
    return new ConvertRequest(
        source,
        Objects.requireNonNull(target, "required"),
        Optional.ofNullable(clip),
        Optional.ofNullable(gpt2),
        Optional.ofNullable(tokenizer),
        Optional.ofNullable(config),
        Optional.ofNullable(rule),
        Optional.ofNullable(precision).map(chosen -> chosen.dtype),
        Optional.ofNullable(size).map(ModelSize::name),
        force,
        Clipscribe.version());
  }

  private static Map<String, Object> toMap(ConvertReport report) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("bundle", report.bundle().toString());
    map.put("model", report.description());
    map.put("size", report.config().size());
    map.put("rule", report.config().positionRule().label());
    map.put("parameters", report.parameters());
    map.put("bytes", report.weightBytes());
    map.put("notes", report.notes());
    return map;
  }
}
