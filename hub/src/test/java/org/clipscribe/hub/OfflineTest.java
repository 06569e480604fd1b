package org.clipscribe.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.clipscribe.nn.BadInputException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Row HB-06: without a network, with an empty cache and with full ones, ours and Python's.
final class OfflineTest {
  private static final byte[] BYTES = FakeHub.random(1000, 3);

  @TempDir private Path home;
  private FakeHub hub;
  private PullFixture pulls;

  @BeforeEach
  void start() throws IOException {
    hub = new FakeHub().large("model.safetensors", BYTES).small("config.json", "{}");
    pulls = new PullFixture(home, hub.endpoint());
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private void goOffline() {
    pulls.environment.put("HF_HUB_OFFLINE", "1");
    // Whoever opens a connection now, opens it to us.
    pulls.environment.put("HTTP_PROXY", hub.endpoint().toString());
    pulls.environment.put("HTTPS_PROXY", hub.endpoint().toString());
    hub.seen().clear();
  }

  @ParameterizedTest
  @ValueSource(strings = {"HF_HUB_OFFLINE=1", "HF_HUB_OFFLINE=on", "TRANSFORMERS_OFFLINE=Yes"})
  void hb06NamesTheCommandWhenTheCacheIsEmpty(String variable) {
    pulls.environment.put(variable.split("=")[0], variable.split("=")[1]);

    assertThatThrownBy(() -> pulls.pull())
        .isInstanceOf(HubException.class)
        .hasMessageContaining("HF_HUB_OFFLINE forbids the network")
        .hasMessageEndingWith("run: clipscribe pull org/model");
    assertThatThrownBy(() -> pulls.pull(new Revision("v1"), "a.pt"))
        .hasMessageEndingWith("run: clipscribe pull org/model --revision v1 a.pt");
    assertThat(hub.seen()).isEmpty();
    assertThat(home).as("nothing is written either").isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void hb06UsesAFullCacheWithLinksAndWithCopies(boolean links) throws IOException {
    pulls.environment.put("HF_HUB_DISABLE_SYMLINKS", links ? "0" : "1");
    pulls.pull();
    goOffline();

    PulledModel model = pulls.pull();
    assertThat(model.files()).hasSize(2);
    assertThat(model.downloadedBytes()).isZero();
    assertThat(pulls.pull(new Revision(FakeHub.COMMIT)).commit()).isEqualTo(FakeHub.COMMIT);
    assertThat(hub.seen()).isEmpty();
  }

  /// The very layout that huggingface_hub 2.0.0 left on a disk after `hf_hub_download` of two
  /// files; ADR 14 says how that was compared.
  @Test
  void hb06UsesACacheThatPythonWrote() throws IOException {
    Path repository = home.resolve(".cache/huggingface/hub/models--org--model");
    Path snapshot = repository.resolve("snapshots").resolve(FakeHub.COMMIT);
    Files.createDirectories(repository.resolve("blobs"));
    Files.createDirectories(repository.resolve("refs"));
    Files.createDirectories(snapshot);
    Files.writeString(repository.resolve("refs/main"), FakeHub.COMMIT);
    for (String name : new String[] {"config.json", "model.safetensors"}) {
      byte[] bytes = name.startsWith("c") ? "{}".getBytes(StandardCharsets.UTF_8) : BYTES;
      String digest = name.startsWith("c") ? FakeHub.gitSha1(bytes) : FakeHub.sha256(bytes);
      Files.write(repository.resolve("blobs").resolve(digest), bytes);
      Files.createSymbolicLink(snapshot.resolve(name), Path.of("../../blobs", digest));
    }
    goOffline();

    assertThat(pulls.pull().files())
        .extracting(PulledModel.PulledFile::digest)
        .containsExactly(
            BlobDigest.ofName(FakeHub.gitSha1("{}".getBytes(StandardCharsets.UTF_8))).orElseThrow(),
            BlobDigest.sha256(FakeHub.sha256(BYTES)));
    assertThat(hub.seen()).isEmpty();
  }

  @Test
  void tellsThatWhatIsInTheCacheIsDamaged() throws IOException {
    pulls.pull();
    goOffline();
    Files.write(pulls.folder().resolve("blobs").resolve(FakeHub.sha256(BYTES)), new byte[1000]);

    assertThatThrownBy(() -> pulls.pull())
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("model.safetensors: is damaged");
  }

  @Test
  void tellsThatAFileOfTheModelIsMissing() throws IOException {
    pulls.pull();
    goOffline();
    Files.delete(pulls.folder().resolve("blobs").resolve(FakeHub.sha256(BYTES)));

    assertThatThrownBy(() -> pulls.pull()).hasMessageContaining("not all of it is in the cache");
  }

  @Test
  void ignoresARefThatNamesNoCommit() throws IOException {
    pulls.pull();
    goOffline();
    Files.writeString(pulls.folder().resolve("refs/main"), "../../../../etc");

    assertThatThrownBy(() -> pulls.pull()).hasMessageContaining("nothing of it is in the cache");
  }
}
