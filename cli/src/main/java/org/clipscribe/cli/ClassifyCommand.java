package org.clipscribe.cli;

import java.io.IOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.clipscribe.clip.Image;
import org.clipscribe.nn.json.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Says which of several labels fits a picture.
@Command(
    name = "classify",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = "Choose among labels of yours for pictures, with CLIP.",
    footerHeading = "%nExample:%n",
    footer = {
      "  clipscribe classify photo.jpg --labels gull,bus,bicycle --model clip-vit-base-patch32",
      "",
      "Probabilities are over the labels given: one of them always wins."
    })
final class ClassifyCommand implements Callable<Integer> {
  private static final String PLACE = "{}";

  private final Clipscribe root;
  private final Terminal terminal;

  @Parameters(
      paramLabel = "IMAGE",
      arity = "1..*",
      description = "Picture files, folders, patterns like 'a/**/*.jpg', or - for standard input.")
  private List<String> images = List.of();

  @Option(
      names = "--labels",
      paramLabel = "A,B,..",
      required = true,
      split = ",",
      description = "At least one; the option may be repeated.")
  private List<String> labels = List.of();

  @Option(
      names = "--template",
      paramLabel = "TEXT",
      description = {
        "The sentence around a label, {} in its place (default: what suits the model, a photo of a"
            + " {}. for CLIP)."
      })
  private @Nullable String template;

  @Option(
      names = "--top",
      paramLabel = "N",
      description = "Show the likeliest labels only (default: all).")
  private int top = Integer.MAX_VALUE;

  @Option(
      names = {"-r", "--recursive"},
      description = "Look into the folders of folders too.")
  private boolean recursive;

  @Option(
      names = "--json",
      description = "One JSON document: an object for one picture, an array for more.")
  private boolean json;

  @ArgGroup(validate = false, heading = "%nModel:%n")
  private final ClipOptions clip = new ClipOptions();

  @ArgGroup(validate = false, heading = "%nReading pictures:%n")
  private final CaptionCommand.ReadingOptions reading = new CaptionCommand.ReadingOptions();

  ClassifyCommand(Clipscribe root, Terminal terminal) {
    this.root = root;
    this.terminal = terminal;
  }

  /// A label and how likely it is.
  private record Choice(String label, float probability) {}

  @Override
  public Integer call() throws IOException {
    List<String> wanted = labels.stream().map(String::strip).toList();
    check(wanted);
    PictureRun run = new PictureRun(terminal, root, reading.options());
    Inputs.Found inputs = Inputs.find(images, recursive);
    run.fail(inputs.failures());
    if (inputs.pictures().isEmpty()) {
      return run.status(inputs.single());
    }
    JsonResults results = new JsonResults(terminal.results(), inputs.single());
    try (ClipModels.Opened model = clip.open(terminal, root.quiet())) {
      String sentence = template == null ? model.template() : template;
      List<float[]> texts =
          model.encoder().texts(wanted.stream().map(l -> sentence.replace(PLACE, l)).toList());
      run.forEach(
          inputs.pictures(),
          (input, image) -> {
            List<Choice> choices = choices(model, image, wanted, texts);
            if (json) {
              results.add(document(input, choices, model));
            } else {
              print(inputs.single() ? "" : Texts.oneLine(input.name()) + "\t", choices);
            }
          });
    }
    if (json) {
      results.end();
    }
    return run.status(inputs.single());
  }

  private void check(List<String> wanted) {
    if (wanted.contains("")) {
      throw CommandException.usage("--labels has an empty label");
    }
    if (wanted.stream().distinct().count() < wanted.size()) {
      throw CommandException.usage("--labels has a label twice");
    }
    if (template != null && !template.contains(PLACE)) {
      throw CommandException.usage("--template has no {} for the label");
    }
    if (top < 1) {
      throw CommandException.usage("--top is " + top + ", at least 1");
    }
  }

  private List<Choice> choices(
      ClipModels.Opened model, Image image, List<String> wanted, List<float[]> texts) {
    float[] probabilities = model.encoder().probabilities(model.encoder().image(image), texts);
    return IntStream.range(0, probabilities.length)
        .mapToObj(i -> new Choice(wanted.get(i), probabilities[i]))
        .sorted(Comparator.comparing(Choice::probability).reversed())
        .limit(top)
        .toList();
  }

  private void print(String file, List<Choice> choices) {
    for (Choice choice : choices) {
      String share = String.format(Locale.ROOT, "%.4f", choice.probability);
      terminal.results().line(file + share + "\t" + Texts.oneLine(choice.label));
    }
  }

  private static String document(Input input, List<Choice> choices, ClipModels.Opened model) {
    Map<String, Object> origin = new LinkedHashMap<>();
    origin.put("name", model.name());
    origin.put("digest", model.digest());
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("file", input.name());
    document.put("label", choices.getFirst().label);
    document.put(
        "labels",
        choices.stream()
            .map(
                choice -> {
                  Map<String, Object> one = new LinkedHashMap<>();
                  one.put("label", choice.label);
                  one.put("probability", choice.probability);
                  return one;
                })
            .toList());
    document.put("model", origin);
    return Json.write(document);
  }
}
