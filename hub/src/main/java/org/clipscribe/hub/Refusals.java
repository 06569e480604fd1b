package org.clipscribe.hub;

import org.clipscribe.nn.BadInputException;

/// Answers that no further attempt changes, as advice.
final class Refusals {
  private static final String LOGIN = "set HF_TOKEN, or log in with Python's `hf auth login`";

  private Refusals() {}

  /// @param name what was asked for
  static HubException of(String name, Answer answer) {
    String code = answer.header("X-Error-Code").orElse("");
    String advice =
        switch (code) {
          case "GatedRepo" ->
              "its owner grants access on request: ask for it on its page, then " + LOGIN;
          case "RevisionNotFound" -> "there is no such revision";
          case "RepoNotFound" ->
              "there is no such repository, or it is private: check its name, or " + LOGIN;
          case "EntryNotFound" -> "there is no such file in this revision";
          case "DisabledRepo" -> "the hub has disabled this repository";
          default -> byStatus(answer.status());
        };
    return new HubException(
        "%s: the server answers %d: %s".formatted(shown(name), answer.status(), advice));
  }

  private static String byStatus(int status) {
    return switch (status) {
      case 401 -> "it needs a token, or there is no such repository: check its name, or " + LOGIN;
      case 403 -> "this token may not read it: ask for access on its page, or " + LOGIN;
      case 404 -> "there is no such thing: check the name";
      case 407 ->
          "the proxy wants a name and a password: HTTPS_PROXY=http://name:password@host:port";
      case 451 -> "it is withheld for legal reasons";
      default -> "that is no file; check HF_ENDPOINT and the proxy";
    };
  }

  private static String shown(String name) {
    return BadInputException.quote(name);
  }
}
