package org.clipscribe.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.clipscribe.cli.Embeddings.Format;
import org.clipscribe.cli.Embeddings.Row;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Turns pictures and texts into vectors.
@Command(
    name = "embed",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = "CLIP's vectors of pictures and texts, of unit length.",
    footerHeading = "%nExample:%n",
    footer = {
      "  clipscribe embed holiday --model clip-vit-base-patch32 --out holiday.npy",
      "  clipscribe embed --text \"a red bus\" --text \"a gull\" --model clip-vit-base-patch32",
      "",
      "What goes together has a large scalar product."
    })
final class EmbedCommand implements Callable<Integer> {
  private final Clipscribe root;
  private final Terminal terminal;

  @Parameters(
      paramLabel = "IMAGE",
      arity = "0..*",
      description = "Picture files, folders, patterns like 'a/**/*.jpg', or - for standard input.")
  private List<String> images = List.of();

  @Option(
      names = "--text",
      paramLabel = "TEXT",
      description = "A text instead of pictures; may be given more than once.")
  private List<String> texts = List.of();

  @Option(
      names = {"-r", "--recursive"},
      description = "Look into the folders of folders too.")
  private boolean recursive;

  @Option(
      names = "--format",
      paramLabel = "json|jsonl|csv|npy",
      description = "How to write (default: as the name of --out ends, else json).")
  private @Nullable Format format;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write to a file; npy needs one. Rows are in the order of the inputs.")
  private @Nullable Path out;

  @ArgGroup(validate = false, heading = "%nModel:%n")
  private final ClipOptions clip = new ClipOptions();

  @ArgGroup(validate = false, heading = "%nReading pictures:%n")
  private final CaptionCommand.ReadingOptions reading = new CaptionCommand.ReadingOptions();

  EmbedCommand(Clipscribe root, Terminal terminal) {
    this.root = root;
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    if (images.isEmpty() == texts.isEmpty()) {
      throw CommandException.usage(
          images.isEmpty()
              ? "nothing to embed: name pictures, or texts with --text"
              : "pictures and --text exclude each other");
    }
    Format wanted = format();
    PictureRun run = new PictureRun(terminal, root, reading.options());
    Inputs.Found inputs = Inputs.find(images, recursive);
    run.fail(inputs.failures());
    boolean single = images.isEmpty() ? texts.size() == 1 : inputs.single();
    if (inputs.pictures().isEmpty() && texts.isEmpty()) {
      return run.status(single);
    }
    List<Row> rows = new ArrayList<>();
    try (ClipModels.Opened model = clip.open(terminal, root.quiet())) {
      List<float[]> vectors = model.encoder().texts(texts);
      for (int i = 0; i < vectors.size(); i++) {
        rows.add(new Row("text", texts.get(i), vectors.get(i)));
      }
      run.forEach(
          inputs.pictures(),
          (input, image) -> rows.add(new Row("file", input.name(), model.encoder().image(image))));
    }
    if (wanted == Format.NPY && run.failed()) {
      terminal.error(out + " was not written: its rows would not be those of the inputs");
    } else if (!single || !rows.isEmpty()) {
      Embeddings.write(rows, wanted, single, out, terminal.results());
    }
    return run.status(single);
  }

  private Format format() {
    Format wanted = format == null ? Format.ofName(out) : format;
    if (wanted == Format.NPY && out == null) {
      throw CommandException.usage(
          "--format %s needs --out FILE".formatted(wanted.name().toLowerCase(Locale.ROOT)));
    }
    return wanted;
  }
}
