package org.clipscribe.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Row HB-08: disks that are full or cannot be written.
final class DisksTest {
  private static final String NAME = "model.safetensors";
  private static final byte[] BYTES = FakeHub.random(300_000, 5);

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

  @Test
  void hb08RemovesWhatIsThereWhenTheDiskIsFull() {
    // The device whose every write says that there is no space, in place of the partial file.
    pulls.opener =
        path -> {
          Files.write(path, new byte[0]);
          return PartialFile.of(
              path, FileChannel.open(Path.of("/dev/full"), StandardOpenOption.WRITE));
        };

    assertThatThrownBy(() -> pulls.pull(NAME))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining(".incomplete")
        .hasMessageContaining("No space left on device");
    assertThat(pulls.folder().resolve("blobs")).isEmptyDirectory();
    assertThat(hub.downloads(NAME)).as("the network is not asked again").hasSize(1);
  }

  @Test
  void hb08TellsBeforehandThatTheDiskIsTooSmall() {
    hub.onHead(
        NAME,
        request ->
            request
                .metadata(true)
                .header("X-Linked-Size", "900000000000000000")
                .header("Location", hub.storeAddress() + "/signed/" + NAME)
                .status(302));

    assertThatThrownBy(() -> pulls.pull(NAME))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("858306884765 MB are needed and ")
        .hasMessageContaining("set HF_HOME to another disk");
    assertThat(hub.downloads(NAME)).isEmpty();
  }

  @Test
  void hb08NamesTheFolderThatCannotBeWritten() {
    // Tests may run as root, who may write everywhere but where there is no disk.
    pulls.environment.put("HF_HUB_CACHE", "/proc/hub");

    assertThatThrownBy(() -> pulls.pull(NAME))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("/proc/hub");
    assertThat(hub.downloads(NAME)).isEmpty();
  }

  @Test
  void hb08NamesTheFileInTheWayOfTheCache() throws IOException {
    Path file = Files.writeString(home.resolve("file"), "");
    pulls.environment.put("HF_HUB_CACHE", file.resolve("hub").toString());

    assertThatThrownBy(() -> pulls.pull(NAME))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void readsACacheThatIsWholeWithoutWritingToIt() throws IOException {
    pulls.pull(NAME);
    var before = Files.getLastModifiedTime(pulls.folder().resolve("refs"));
    Files.delete(pulls.cache().root().resolve("CACHEDIR.TAG"));
    Path locks = pulls.cache().root().resolve(".locks");
    Folders.delete(locks);

    pulls.pull(NAME, NAME);
    pulls.pull(new Revision(FakeHub.COMMIT), NAME);
    assertThat(Files.getLastModifiedTime(pulls.folder().resolve("refs"))).isEqualTo(before);
    assertThat(pulls.cache().root().resolve("CACHEDIR.TAG")).doesNotExist();
    assertThat(locks).doesNotExist();
  }

  @Test
  void removesNothingOfWhatOthersUse() throws IOException {
    pulls.pull(NAME);
    String other = "f".repeat(40);
    Path second = pulls.cache().snapshot(PullFixture.REPOSITORY, other);
    Files.createDirectories(second);
    Files.createSymbolicLink(second.resolve(NAME), Path.of("../../blobs", FakeHub.sha256(BYTES)));
    Path own = pulls.folder().resolve("blobs").resolve("a".repeat(40));
    Files.write(own, new byte[1000]);
    Files.createSymbolicLink(second.resolve("own"), Path.of("../../blobs", "a".repeat(40)));
    Path precious = Files.writeString(home.resolve("precious"), "precious");
    Files.createSymbolicLink(second.resolve("out"), precious);

    CacheRemoval removal = CacheRemoval.of(pulls.cache(), PullFixture.REPOSITORY, other);
    assertThat(removal.bytes()).isEqualTo(1000);
    removal.run();
    assertThat(second).doesNotExist();
    assertThat(own).doesNotExist();
    assertThat(precious).hasContent("precious");
    assertThat(pulls.snapshotFile(NAME)).hasBinaryContent(BYTES);

    CacheRemoval rest = CacheRemoval.of(pulls.cache(), PullFixture.REPOSITORY, FakeHub.COMMIT);
    assertThat(rest.bytes()).isBetween((long) BYTES.length, BYTES.length + 1000L);
    rest.run();
    assertThat(pulls.folder()).doesNotExist();
    assertThat(Arrays.asList(home.toFile().list())).contains("precious");
  }

  @Test
  void doesNotRemoveWhatIsBeingDownloaded() throws IOException {
    pulls.pull(NAME);
    BlobDigest digest = BlobDigest.sha256(FakeHub.sha256(BYTES));
    Path lock = pulls.cache().lock(PullFixture.REPOSITORY, digest);
    try (DownloadLock _ = DownloadLock.take(lock, () -> {})) {
      CacheRemoval removal = CacheRemoval.of(pulls.cache(), PullFixture.REPOSITORY);
      assertThatThrownBy(removal::run)
          .isInstanceOf(HubException.class)
          .hasMessageContaining("another process downloads it now");
    }
    assertThat(pulls.snapshotFile(NAME)).exists();
  }
}
