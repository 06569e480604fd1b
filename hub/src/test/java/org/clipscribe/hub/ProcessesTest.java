package org.clipscribe.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Row HB-04, and `kill -9` in the middle: real processes.
final class ProcessesTest {
  private static final String NAME = "model.safetensors";
  private static final byte[] BYTES = FakeHub.random(3_000_000, 11);
  private static final int KILLS = 3;

  @TempDir private Path home;
  private FakeHub hub;
  private PullFixture pulls;

  @BeforeEach
  void start() throws IOException {
    hub = new FakeHub().large(NAME, BYTES);
    pulls = new PullFixture(home, hub.endpoint());
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private long partialBytes() throws IOException {
    Path partial =
        pulls.cache().partial(PullFixture.REPOSITORY, BlobDigest.sha256(FakeHub.sha256(BYTES)));
    return Files.isRegularFile(partial) ? Files.size(partial) : 0;
  }

  @Test
  void goesOnWhereItWasKilled() throws Exception {
    // Each life gets a quarter of the file and then waits for its death.
    int share = BYTES.length / (KILLS + 1);
    hub.onGet(
        NAME,
        request -> {
          if (request.attempt() <= KILLS) {
            request.stallAfter(request.from(), share);
          } else {
            request.range();
          }
        });
    for (int kill = 1; kill <= KILLS; kill++) {
      Process process = ChildPull.start(home, hub.endpoint(), NAME);
      while (partialBytes() < (long) kill * share) {
        assertThat(process.isAlive()).isTrue();
        TimeUnit.MILLISECONDS.sleep(5);
      }
      process.destroyForcibly();
      assertThat(process.waitFor()).isEqualTo(137);
      assertThat(pulls.snapshotFile(NAME)).doesNotExist();
    }
    Process last = ChildPull.start(home, hub.endpoint(), NAME);
    assertThat(last.waitFor()).isZero();

    assertThat(pulls.snapshotFile(NAME)).hasBinaryContent(BYTES);
    assertThat(hub.downloads(NAME))
        .extracting(FakeHub.Seen::range)
        .containsExactly(
            "", "bytes=" + share + "-", "bytes=" + 2 * share + "-", "bytes=" + 3 * share + "-");
    assertThat(pulls.blobs()).as("no litter").containsExactly(FakeHub.sha256(BYTES));
  }

  @Test
  void hb04DownloadsOnceForTwoProcesses() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    hub.onHead(
        NAME,
        request -> {
          both.countDown();
          request.metadata(true);
          request.header("Location", hub.storeAddress() + "/signed/" + NAME).status(302);
        });
    hub.onGet(
        NAME,
        request -> {
          Optional<InterruptedException> interrupted = await(both);
          assertThat(interrupted).isEmpty();
          request.range();
        });
    List<Process> processes =
        List.of(
            ChildPull.start(home, hub.endpoint(), NAME),
            ChildPull.start(home, hub.endpoint(), NAME));

    for (Process process : processes) {
      assertThat(process.waitFor()).isZero();
      assertThat(process.inputReader().readLine()).isEqualTo("done");
    }
    assertThat(hub.downloads(NAME)).hasSize(1);
    assertThat(pulls.snapshotFile(NAME)).hasBinaryContent(BYTES);
  }

  private static Optional<InterruptedException> await(CountDownLatch latch) {
    try {
      latch.await();
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of(e);
    }
  }

  @Test
  void keepsWhatIsThereWhenItsThreadIsInterrupted() throws Exception {
    int half = BYTES.length / 2;
    hub.onGet(NAME, request -> request.stallAfter(0, half));
    Thread pull =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    pulls.pull(NAME);
                  } catch (IOException e) {
                    pulls.notes.add(e.getMessage());
                  }
                });
    while (partialBytes() < half) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    pull.interrupt();
    pull.join();

    assertThat(pulls.notes).containsExactly("interrupted");
    assertThat(partialBytes()).isEqualTo(half);
  }
}
