package org.clipscribe.bench.peer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.jspecify.annotations.Nullable;

/// A helper process that answers one line of JSON with another.
public final class Dialogue implements AutoCloseable {
  private final String name;
  private final Process process;
  private final OutputStream questions;
  private final BufferedReader answers;
  private final JsonObject greeting;

  /// Starts it and waits for its first line.
  ///
  /// @param name for errors
  public Dialogue(String name, Path errors, Map<String, String> environment, List<String> command)
      throws IOException {
    this.name = name;
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    builder.environment().putAll(environment);
    process = builder.start();
    questions = process.getOutputStream();
    answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    greeting = answer();
  }

  /// What it said first.
  public JsonObject greeting() {
    return greeting;
  }

  public JsonObject ask(Map<String, @Nullable Object> question) throws IOException {
    questions.write((Json.write(question) + "\n").getBytes(StandardCharsets.UTF_8));
    questions.flush();
    return answer();
  }

  private JsonObject answer() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException(name + " ended without an answer");
    }
    JsonObject answer = Json.parseObject(line.getBytes(StandardCharsets.UTF_8), name);
    if (answer.has("error")) {
      throw new IOException(name + ": " + answer.string("error"));
    }
    return answer;
  }

  /// A list of numbers in an answer.
  static List<Double> doubles(JsonObject answer, String name) {
    return answer.list(name).stream()
        .map(value -> value instanceof Number number ? number.doubleValue() : Double.NaN)
        .toList();
  }

  @Override
  public void close() {
    try {
      questions.close(); // the end of its input is its sign to leave
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroy();
      }
    } catch (IOException e) {
      process.destroy();
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
    }
  }
}
