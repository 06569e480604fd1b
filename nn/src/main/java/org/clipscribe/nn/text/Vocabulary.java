package org.clipscribe.nn.text;

import static org.clipscribe.nn.BadInputException.quote;

import java.util.HashMap;
import java.util.Map;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Document;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.jspecify.annotations.Nullable;

/// Tokens and their ids, as `vocab.json` of GPT-2 and CLIP lists them. Immutable.
final class Vocabulary implements Tokens {
  private final String origin;
  private final Map<String, Integer> ids;
  private final String[] tokens;

  private Vocabulary(String origin, Map<String, Integer> ids, String[] tokens) {
    this.origin = origin;
    this.ids = ids;
    this.tokens = tokens;
  }

  /// Reads a JSON object of ids by token.
  ///
  /// @throws BadInputException when it is no such object, or the ids are not 0 to below the number
  ///     of tokens, each once
  static Vocabulary read(Document file) {
    JsonObject json = Json.readObject(file);
    String[] tokens = new String[json.names().size()];
    if (tokens.length == 0) {
      throw new BadInputException(
          file.origin(), "holds no tokens; is this the vocab.json of a tokenizer?");
    }
    Map<String, Integer> ids = HashMap.newHashMap(tokens.length);
    for (String token : json.names()) {
      int id = json.integer(token, 0, tokens.length - 1);
      if (tokens[id] != null) {
        throw new BadInputException(
            file.origin(), quote(tokens[id]) + " and " + quote(token) + " have the same id " + id);
      }
      tokens[id] = token;
      ids.put(token, id);
    }
    return new Vocabulary(json.origin(), ids, tokens);
  }

  @Override
  public int size() {
    return tokens.length;
  }

  @Nullable Integer find(String token) {
    return ids.get(token);
  }

  @Override
  public int require(String token) {
    Integer id = ids.get(token);
    if (id == null) {
      throw new BadInputException(
          origin, "has no token " + quote(token) + "; is it the file of another tokenizer?");
    }
    return id;
  }

  @Override
  public String token(int id) {
    if (id < 0 || id >= tokens.length) {
      throw new IllegalArgumentException(
          "token %d is outside the vocabulary of %d".formatted(id, tokens.length));
    }
    return tokens[id];
  }
}
