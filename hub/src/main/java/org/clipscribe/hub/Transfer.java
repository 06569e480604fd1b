package org.clipscribe.hub;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.zip.GZIPInputStream;
import org.clipscribe.hub.PullListener.Stage;
import org.clipscribe.nn.BadInputException;

/// Brings the bytes of one file into a partial file, going on from what is there, whatever the
/// server and the network do: connections that break, answers that stall, ranges that are ignored
/// or wrong.
///
/// The bytes are not trusted afterwards either: whoever calls this verifies the digest.
final class Transfer {
  /// In a row without a new byte; a byte that was not there before makes the count start anew.
  private static final int MAX_FAILURES = 5;

  /// Pauses grow by the first one up to that many of it: twelve seconds in all.
  private static final int MAX_PAUSES = 3;

  /// What a server may ask us to wait.
  private static final Duration MAX_PAUSE = Duration.ofSeconds(60);

  /// What a server may send that did not say how long the file is: no weights are meant then.
  private static final long MAX_UNANNOUNCED = 64L << 20;

  private static final int BLOCK = 1 << 16;

  private final Request request;
  private final PartialFile file;
  private final PullListener listener;
  private final Duration firstPause;
  private long size;
  private long furthest;
  private int failures;

  /// What to bring.
  ///
  /// @param name for messages
  /// @param size of the file, -1 while it is not known
  /// @param source asked for every attempt
  record Request(String name, long size, Source source) {}

  /// Where the bytes come from.
  @FunctionalInterface
  interface Source {
    /// @param from the first byte that is wanted
    Answer open(long from) throws IOException;
  }

  private Transfer(Request request, PartialFile file, Duration firstPause, PullListener listener) {
    this.request = request;
    this.file = file;
    this.listener = listener;
    this.firstPause = firstPause;
    this.size = request.size();
  }

  /// Returns when as many bytes are there as the server announced.
  ///
  /// @param firstPause before the first further attempt
  /// @throws HubException when the server does not give them
  /// @throws BadInputException when it gives what cannot be the file
  /// @throws IOException when the file cannot be written, or the thread was interrupted
  static void run(Request request, PartialFile file, Duration firstPause, PullListener listener)
      throws IOException {
    new Transfer(request, file, firstPause, listener).run();
  }

  private void run() throws IOException {
    if (size >= 0 && file.length() > size) {
      file.truncate();
    }
    furthest = file.length();
    while (size < 0 || file.length() < size) {
      try (Answer answer = request.source().open(file.length())) {
        if (accept(answer)) {
          receive(answer);
          if (size < 0) {
            return; // it ended where the server ended it, which the digest has to confirm
          }
          if (file.length() < size) {
            retry("the connection ended at byte " + file.length() + " of " + size, Duration.ZERO);
          }
        }
      } catch (InterruptedIOException | PartialFile.WriteException e) {
        throw e;
      } catch (IOException e) {
        retry(Failures.of(e), Duration.ZERO);
      }
    }
  }

  /// Decides what to do with an answer.
  ///
  /// @return whether its body is to be received
  private boolean accept(Answer answer) throws IOException {
    if (answer.isPassing()) {
      retry("the server answers " + answer.status(), retryAfter(answer));
      return false;
    }
    return switch (answer.status()) {
      case 200 -> {
        file.truncate(); // it did not care for our range
        announced(answer.isEncoded() ? -1 : answer.length("Content-Length").orElse(-1L));
        yield true;
      }
      case 206 -> acceptPart(answer);
      case 416 -> {
        file.truncate();
        retry("the server has no byte " + furthest, Duration.ZERO);
        yield false;
      }
      default -> throw Refusals.of(request.name(), answer);
    };
  }

  private boolean acceptPart(Answer answer) throws IOException {
    Answer.ContentRange range = answer.contentRange().orElse(new Answer.ContentRange(-1, -1, -1));
    boolean fits =
        range.first() == file.length()
            && range.last() >= range.first()
            && !answer.isEncoded()
            && (size < 0 || range.total() < 0 || range.total() == size);
    if (fits) {
      announced(range.total());
      return true;
    }
    file.truncate(); // without a range no answer can be about the wrong one
    retry("the server sends another part than was asked for", Duration.ZERO);
    return false;
  }

  /// @param length of the whole file as this answer has it, -1 when it does not say
  private void announced(long length) throws IOException {
    if (length < 0) {
      return;
    }
    if (size < 0) {
      size = length;
    } else if (length != size) {
      throw lie("the server has " + length + " bytes where it announced " + size);
    }
  }

  private BadInputException lie(String what) throws IOException {
    file.truncate();
    return new BadInputException(request.name(), what + "; nothing was kept");
  }

  private void receive(Answer answer) throws IOException {
    InputStream body = answer.isGzip() ? new GZIPInputStream(answer.body(), BLOCK) : answer.body();
    if (answer.isEncoded() && !answer.isGzip()) {
      throw new HubException(
          request.name() + ": the server encodes it in a way that was not asked for; try a mirror");
    }
    long limit = size < 0 ? MAX_UNANNOUNCED : size;
    byte[] block = new byte[BLOCK];
    for (int count = body.read(block); count >= 0; count = body.read(block)) {
      if (file.length() + count > limit) {
        if (size >= 0) {
          throw lie("the server sends more than the " + size + " bytes that it announced");
        }
        throw new HubException(
            "%s: the server sends more than %d MB and did not say how long the file is"
                .formatted(request.name(), MAX_UNANNOUNCED >> 20));
      }
      file.append(ByteBuffer.wrap(block, 0, count));
      if (file.length() > furthest) {
        furthest = file.length();
        failures = 0;
      }
      listener.progress(Stage.DOWNLOADING, request.name(), file.length(), size);
      Interruptions.check();
    }
  }

  /// Waits for another attempt, or gives up.
  private void retry(String reason, Duration least) throws IOException {
    failures++;
    if (failures > MAX_FAILURES) {
      throw new HubException(
          "%s: %s, %d times in a row; what is there is kept: try again later"
              .formatted(request.name(), reason, failures));
    }
    listener.note(
        "%s: %s; trying again (%d of %d)"
            .formatted(request.name(), reason, failures, MAX_FAILURES));
    Duration pause = firstPause.multipliedBy(Math.min(failures, MAX_PAUSES));
    Interruptions.sleep(least.compareTo(pause) > 0 ? least : pause);
  }

  static Duration retryAfter(Answer answer) {
    String seconds = answer.header("Retry-After").orElse("");
    if (!seconds.matches("\\d{1,9}")) {
      return Duration.ZERO;
    }
    Duration asked = Duration.ofSeconds(Long.parseLong(seconds));
    return asked.compareTo(MAX_PAUSE) > 0 ? MAX_PAUSE : asked;
  }
}
