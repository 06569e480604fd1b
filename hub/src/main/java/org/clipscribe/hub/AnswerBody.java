package org.clipscribe.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The body of an answer as a stream that does not wait for ever: after some silence it fails,
/// which the JDK's own stream cannot.
///
/// One piece at a time is asked for, so no more than that and what the connection holds is in
/// memory.
final class AnswerBody extends InputStream implements BodySubscriber<InputStream> {
  private final Duration patience;
  private final BlockingQueue<Piece> arrived = new LinkedBlockingQueue<>();
  private final AtomicReference<@Nullable Subscription> subscription = new AtomicReference<>();
  private List<ByteBuffer> buffers = List.of();
  private int next;
  private boolean over;

  AnswerBody(Duration patience) {
    this.patience = patience;
  }

  /// @param last whether nothing more comes
  /// @param failure why not, if that is not the end
  private record Piece(List<ByteBuffer> buffers, boolean last, @Nullable Throwable failure) {}

  @Override
  public CompletionStage<InputStream> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public void onSubscribe(Subscription given) {
    if (!subscription.compareAndSet(null, given)) {
      given.cancel();
      return;
    }
    given.request(1);
  }

  @Override
  public void onNext(List<ByteBuffer> piece) {
    arrived.add(new Piece(piece, false, null));
  }

  @Override
  public void onError(Throwable failure) {
    arrived.add(new Piece(List.of(), true, failure));
  }

  @Override
  public void onComplete() {
    arrived.add(new Piece(List.of(), true, null));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    while (!over) {
      while (next < buffers.size()) {
        ByteBuffer buffer = buffers.get(next);
        if (buffer.hasRemaining()) {
          int count = Math.min(length, buffer.remaining());
          buffer.get(target, offset, count);
          return count;
        }
        next++;
      }
      await();
    }
    return -1;
  }

  private void await() throws IOException {
    Piece piece;
    try {
      piece = arrived.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw Interruptions.of(e);
    }
    if (piece == null) {
      throw new HttpTimeoutException("nothing was received for " + patience.toSeconds() + " s");
    }
    if (piece.failure() != null) {
      throw new IOException(piece.failure().getMessage(), piece.failure());
    }
    if (piece.last()) {
      over = true;
      return;
    }
    buffers = piece.buffers();
    next = 0;
    Subscription given = subscription.get();
    if (given != null) {
      given.request(1);
    }
  }

  /// Ends the connection if the body is not read to its end.
  @Override
  public void close() {
    Subscription given = subscription.get();
    if (!over && given != null) {
      given.cancel();
    }
  }
}
