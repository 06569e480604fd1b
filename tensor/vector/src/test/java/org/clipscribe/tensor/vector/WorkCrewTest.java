package org.clipscribe.tensor.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WorkCrewTest {
  private static final long MUCH = 1 << 30;

  @Test
  void doesEveryPartOnce() {
    for (int threads : new int[] {1, 2, 5}) {
      try (WorkCrew crew = new WorkCrew(threads)) {
        for (int parts : new int[] {0, 1, 2, 7, 1000}) {
          AtomicIntegerArray done = new AtomicIntegerArray(parts);
          crew.run(parts, MUCH, done::incrementAndGet);
          assertThat(IntStream.range(0, parts).map(done::get)).allMatch(times -> times == 1);
        }
      }
    }
  }

  /// Two parts that wait for each other can only end on two threads, also after these have slept.
  @Test
  void partsRunAtTheSameTime() throws InterruptedException {
    try (WorkCrew crew = new WorkCrew(2)) {
      for (int round = 0; round < 3; round++) {
        CountDownLatch both = new CountDownLatch(2);
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        crew.run(
            2,
            MUCH,
            _ -> {
              threads.add(Thread.currentThread());
              both.countDown();
              awaitUninterrupted(both);
            });
        assertThat(threads).hasSize(2).contains(Thread.currentThread());
        Thread.sleep(20); // longer than a worker waits before it sleeps
      }
    }
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void littleWorkStaysWithTheCaller() {
    try (WorkCrew crew = new WorkCrew(4)) {
      crew.run(
          100,
          100,
          _ -> assertThat(Thread.currentThread().getName()).doesNotStartWith("clipscribe"));
    }
  }

  @Test
  void aFailingPartFailsTheCallAfterAllOthersAreDone() {
    try (WorkCrew crew = new WorkCrew(3)) {
      AtomicIntegerArray done = new AtomicIntegerArray(100);
      assertThatThrownBy(
              () ->
                  crew.run(
                      100,
                      MUCH,
                      part -> {
                        done.incrementAndGet(part);
                        if (part == 50) {
                          throw new IllegalArgumentException("part 50");
                        }
                      }))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("part 50");
      assertThat(IntStream.range(0, 100).map(done::get).sum()).isEqualTo(100);
      crew.run(10, MUCH, _ -> {}); // and is ready for the next
    }
  }

  @Test
  void closeEndsItsThreads() {
    WorkCrew crew = new WorkCrew(3);
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    CountDownLatch all = new CountDownLatch(3);
    crew.run(
        3,
        MUCH,
        _ -> {
          threads.add(Thread.currentThread());
          all.countDown();
          awaitUninterrupted(all);
        });
    crew.close();
    threads.remove(Thread.currentThread());
    assertThat(threads).hasSize(2).noneMatch(Thread::isAlive);
  }
}
