package org.clipscribe.hub;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.time.Duration;

/// Questions that are asked again when nobody answers.
final class Attempts {
  /// Further ones when the server is busy.
  private static final int BUSY = 5;

  /// Further ones when nobody is there: it may well stay so, and the user waits.
  private static final int ABSENT = 2;

  private Attempts() {}

  /// Asks what is known of a file.
  ///
  /// @throws HubException when there is no answer, however often one asks
  static Answer head(
      Transport transport, URI uri, String name, HubSettings settings, PullListener listener)
      throws IOException {
    for (int attempt = 1; ; attempt++) {
      String reason;
      int most = ABSENT;
      Duration pause = settings.retryPause().multipliedBy(attempt);
      try {
        Answer answer = transport.head(uri, FileMetadata::isComplete);
        if (!answer.isPassing()) {
          return answer;
        }
        answer.close();
        reason = "the server answers " + answer.status();
        Duration asked = Transfer.retryAfter(answer);
        pause = asked.compareTo(pause) > 0 ? asked : pause;
        most = BUSY;
      } catch (InterruptedIOException e) {
        throw e;
      } catch (IOException e) {
        reason = Failures.of(e);
      }
      if (attempt > most) {
        throw HubException.unreachable(
            "%s: %s has no answer (%s), %d times in a row; check the network, or set"
                    .formatted(name, settings.endpoint(), reason, attempt)
                + " HF_HUB_OFFLINE=1 to use what is in the cache");
      }
      listener.note("%s: %s; trying again (%d of %d)".formatted(name, reason, attempt, most));
      Interruptions.sleep(pause);
    }
  }
}
