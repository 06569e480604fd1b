package org.clipscribe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.cli.Session.Outcome;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.nn.safetensors.SafetensorsWriter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Text from the decoder of the example model, wherever that decoder lies.
class GenerateCommandTest {
  private static final String CHECKPOINT = "../examples/tiny-original/model.pt";

  @TempDir static Path shared;
  private static Path bundle;
  private static Path gpt2;

  private final Session session = new Session();

  @BeforeAll
  static void prepare() throws IOException {
    bundle = shared.resolve("bundle");
    Session session = new Session();
    session.environment.put(Tokenizers.VARIABLE, "../examples/gpt2-tokenizer");
    assertThat(session.run("convert", CHECKPOINT, "--to", bundle.toString()).status()).isZero();
    gpt2 = Files.createDirectories(shared.resolve("gpt2"));
    writeAsHuggingFaceDoes();
  }

  private static void writeAsHuggingFaceDoes() throws IOException {
    for (String file : List.of(Bundle.VOCABULARY, Bundle.MERGES)) {
      Files.copy(bundle.resolve(file), gpt2.resolve(file));
    }
    JsonObject config = Json.readObject(bundle.resolve(Bundle.CONFIG)).object("gpt2");
    Files.writeString(gpt2.resolve(Bundle.CONFIG), Json.write(config.toMap()));
    try (SafetensorsFile from = SafetensorsFile.open(bundle.resolve(Bundle.WEIGHTS))) {
      Map<String, TensorInfo> layout = new LinkedHashMap<>();
      List<String> names = from.names().stream().filter(name -> name.startsWith("gpt2.")).toList();
      names.forEach(name -> layout.put(name.replace("gpt2.", "transformer."), from.info(name)));
      try (SafetensorsWriter writer =
          new SafetensorsWriter(gpt2.resolve(Bundle.WEIGHTS), layout, Map.of("format", "pt"))) {
        for (String name : names) {
          writer.copy(name.replace("gpt2.", "transformer."), from, name);
        }
        writer.commit();
      }
    }
  }

  @BeforeEach
  void nameTheModel() {
    session.environment.put(ModelLocator.VARIABLE, gpt2.toString());
    session.environment.put(Tokenizers.VARIABLE, "../examples/gpt2-tokenizer");
  }

  private Outcome generate(String... arguments) {
    return session.run(
        Stream.concat(Stream.of("generate"), Stream.of(arguments)).toArray(String[]::new));
  }

  private static JsonObject parse(Outcome outcome) {
    assertThat(outcome.status()).as(outcome.err()).isZero();
    return Json.parseObject(outcome.out().getBytes(StandardCharsets.UTF_8), "stdout");
  }

  @Test
  void writesTheSameFromAFolderABundleAndACheckpoint() {
    Outcome folder = generate("The gull");

    assertThat(folder.status()).as(folder.err()).isZero();
    assertThat(folder.out()).startsWith("The gull").hasSizeGreaterThan(20).endsWith("\n");
    assertThat(generate("The gull", "--model", bundle.toString())).isEqualTo(folder);
    assertThat(generate("The gull", "--model", CHECKPOINT)).isEqualTo(folder);
    assertThat(generate("The gull", "--device", "reference")).isEqualTo(folder);
  }

  @Test
  void describesTheResultInJson() {
    JsonObject result = parse(generate("The gull", "--json", "--max-tokens", "7"));

    assertThat(result.names())
        .containsExactly("prompt", "text", "tokens", "score", "ended", "model", "ms");
    assertThat(result.string("prompt")).isEqualTo("The gull");
    assertThat(generate("The gull", "--max-tokens", "7").out())
        .isEqualTo("The gull" + result.string("text") + "\n");
    assertThat(result.list("tokens")).hasSize(7);
    assertThat(result.number("score")).isNegative();
    assertThat(result.object("model").string("name")).isEqualTo("gpt2");
    assertThat(
            parse(generate("The gull", "--json", "--model", bundle.toString()))
                .object("model")
                .string("digest"))
        .matches("[0-9a-f]{64}");
  }

  @Test
  void showsWordsOnATerminalAsTheyCome() {
    String[] draw = {"The gull", "--decode", "sample", "--seed", "3", "--max-tokens", "30"};
    String plain = generate(draw).out();
    session.terminal = true;

    assertThat(generate(draw).out()).isEqualTo(Texts.lines(plain));
    assertThat(generate("The gull", "--beams", "2").out()).startsWith("The gull");
  }

  @Test
  void printsSeveralTextsApart() {
    String[] draw = {"The gull", "--decode", "sample", "-n", "3", "--max-tokens", "5"};

    assertThat(generate(draw).out().split("---\n"))
        .hasSize(3)
        .allMatch(text -> text.startsWith("The gull"))
        .doesNotHaveDuplicates();
    String[] json = Stream.concat(Stream.of(draw), Stream.of("--json")).toArray(String[]::new);
    assertThat(parse(generate(json)).objects("candidates")).hasSize(3);
  }

  @Test
  void readsThePromptFromStandardInputAndBeginsWithNothing() {
    session.input = "The gull".getBytes(StandardCharsets.UTF_8);

    assertThat(generate("-")).isEqualTo(generate("The gull"));
    assertThat(parse(generate("", "--json")).list("tokens")).isNotEmpty();
  }

  @Test
  void refusesAPromptThatIsTooLong() {
    Outcome outcome = generate("word ".repeat(200));

    assertThat(outcome.status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.errorLines())
        .containsExactly("error: prompt: 201 tokens are too long: the model reads 64");
  }

  @Test
  void saysWhatAFolderLacks() throws IOException {
    Path bare = Files.createDirectories(shared.resolve("bare"));
    Files.copy(gpt2.resolve(Bundle.CONFIG), bare.resolve(Bundle.CONFIG));
    Files.copy(gpt2.resolve(Bundle.WEIGHTS), bare.resolve(Bundle.WEIGHTS));
    session.environment.remove(Tokenizers.VARIABLE);

    Outcome outcome = generate("The gull", "--model", bare.toString());
    assertThat(outcome.status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(outcome.errorLines())
        .singleElement()
        .asString()
        .startsWith("error: " + bare + ": has no tokenizer (vocab.json and merges.txt)");
    assertThat(generate("The gull", "--model", bare.toString(), "--tokenizer", gpt2.toString()))
        .isEqualTo(generate("The gull"));

    Files.delete(bare.resolve(Bundle.WEIGHTS));
    assertThat(generate("The gull", "--model", bare.toString()).errorLines())
        .singleElement()
        .asString()
        .startsWith("error: " + bare + ": is a folder that holds none of");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "generate | 2 | missing required parameter: 'PROMPT'",
        "generate a b | 2 | unexpected argument 'b'",
        "generate a --top-k 5 | 2 | --top-k needs --decode sample",
        "generate a --model no/where | 4 | no/where: no such model (--model); make a bundle"
      })
  void endsWithAStatusAndALine(String arguments, int status, String message) {
    Outcome outcome = session.run(arguments.split(" "));

    assertThat(outcome.status()).isEqualTo(status);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.errorLines().getFirst()).startsWith("error: " + message);
  }
}
