package org.clipscribe.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.clipscribe.hub.PullRequest.Pin;
import org.clipscribe.nn.BadInputException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a client does with a hub that keeps its word.
final class HubClientTest {
  private static final byte[] WEIGHTS = FakeHub.random(300_000, 1);
  private static final byte[] CONFIG = "{}".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path home;
  private FakeHub hub;
  private PullFixture pulls;

  @BeforeEach
  void start() throws IOException {
    hub = new FakeHub().small("config.json", CONFIG).large("model.safetensors", WEIGHTS);
    pulls = new PullFixture(home, hub.endpoint());
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void writesTheLayoutOfTheSharedCache() throws IOException {
    PulledModel model = pulls.pull();

    String repository = "models--org--model/";
    String snapshot = repository + "snapshots/" + FakeHub.COMMIT + "/";
    assertThat(pulls.tree())
        .filteredOn(path -> !path.contains(".no_exist"))
        .containsExactlyInAnyOrder(
            "CACHEDIR.TAG",
            repository + "blobs/" + FakeHub.gitSha1(CONFIG),
            repository + "blobs/" + FakeHub.sha256(WEIGHTS),
            repository + "refs/main",
            snapshot + "config.json -> ../../blobs/" + FakeHub.gitSha1(CONFIG),
            snapshot + "model.safetensors -> ../../blobs/" + FakeHub.sha256(WEIGHTS));
    assertThat(pulls.cache().root()).isEqualTo(home.resolve(".cache/huggingface/hub"));
    assertThat(pulls.folder().resolve("refs/main")).hasContent(FakeHub.COMMIT);
    assertThat(pulls.folder().resolve(".no_exist/" + FakeHub.COMMIT + "/merges.txt")).isEmptyFile();
    assertThat(pulls.cache().root().resolve("CACHEDIR.TAG"))
        .content()
        .startsWith("Signature: 8a477f597d28d172789f06886806bc55\n");
    assertThat(pulls.cache().root().resolve(".locks/models--org--model"))
        .isDirectoryContaining("glob:**/" + FakeHub.sha256(WEIGHTS) + ".lock");
    assertThat(model.commit()).isEqualTo(FakeHub.COMMIT);
    assertThat(model.downloadedBytes()).isEqualTo(WEIGHTS.length + CONFIG.length);
    assertThat(pulls.snapshotFile("model.safetensors")).hasBinaryContent(WEIGHTS);
  }

  @Test
  void fetchesNothingTwice() throws IOException {
    pulls.pull();
    hub.seen().clear();

    assertThat(pulls.pull().downloadedBytes()).isZero();
    assertThat(hub.seen()).extracting(FakeHub.Seen::method).containsOnly("HEAD");
    hub.seen().clear();
    pulls.pull(new Revision(FakeHub.COMMIT));
    assertThat(hub.seen()).as("a commit needs no network").isEmpty();
  }

  @Test
  void linksFilesOfFoldersByTheirOwnDepth() throws IOException {
    byte[] nested = {1, 2, 3};
    hub.small("a.bin", nested);
    pulls.pull("onnx/deep/a.bin");

    Path link = pulls.snapshotFile("onnx/deep/a.bin");
    assertThat(Files.readSymbolicLink(link))
        .isEqualTo(Path.of("../../../../blobs", FakeHub.gitSha1(nested)));
    assertThat(link).hasBinaryContent(nested);
  }

  @Test
  void bringsEveryPartOfAShardedCheckpoint() throws IOException {
    hub = new FakeHub();
    String index =
        "{\"weight_map\":{\"a\":\"model-1-of-2.safetensors\",\"b\":\"model-2-of-2.safetensors\"}}";
    hub.small("model.safetensors.index.json", index)
        .large("model-1-of-2.safetensors", FakeHub.random(10, 2))
        .large("model-2-of-2.safetensors", FakeHub.random(20, 3));
    pulls = new PullFixture(home, hub.endpoint());

    assertThat(pulls.pull().files())
        .extracting(file -> file.name().name())
        .containsExactly(
            "model.safetensors.index.json", "model-1-of-2.safetensors", "model-2-of-2.safetensors");
  }

  @Test
  void refusesAnIndexWhoseNamesLeadElsewhere() throws IOException {
    hub.close();
    hub = new FakeHub();
    hub.small("model.safetensors.index.json", "{\"weight_map\":{\"a\":\"../../../../evil\"}}");
    pulls = new PullFixture(home, hub.endpoint());

    assertThatThrownBy(() -> pulls.pull())
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("\"../../../../evil\" is no name of a file");
    assertThat(hub.seen()).noneMatch(request -> request.path().contains("evil"));
  }

  @Test
  void namesTheFilesOfARepositoryWithoutUsualWeights() throws IOException {
    hub.close();
    hub = new FakeHub().small("config.json", CONFIG);
    pulls = new PullFixture(home, hub.endpoint());
    hub.onGet(
        FakeHub.COMMIT,
        request ->
            request.body(
                200,
                "{\"siblings\":[{\"rfilename\":\"a.pt\"},{\"rfilename\":\"b.pt\"}]}"
                    .getBytes(StandardCharsets.UTF_8)));

    assertThatThrownBy(() -> pulls.pull())
        .isInstanceOf(HubException.class)
        .hasMessageContaining("it has: a.pt, b.pt; name the files you want");
  }

  @Test
  void takesTheOnlyWeightsWhateverTheirName() throws IOException {
    hub.close();
    hub = new FakeHub().small("config.json", CONFIG).large("coco.pt", WEIGHTS);
    pulls = new PullFixture(home, hub.endpoint());
    String listing =
        "{\"siblings\":[{\"rfilename\":\"../../x.pt\"},{\"rfilename\":\"coco.pt\"},"
            + "{\"rfilename\":\"tf_model.h5\"}]}";
    hub.onGet(
        FakeHub.COMMIT, request -> request.body(200, listing.getBytes(StandardCharsets.UTF_8)));

    pulls.pull();
    assertThat(pulls.snapshotFile("coco.pt")).hasBinaryContent(WEIGHTS);
    assertThat(HubCache.weights(pulls.cache().snapshot(PullFixture.REPOSITORY, FakeHub.COMMIT)))
        .contains(pulls.snapshotFile("coco.pt"));
    pulls.environment.put("HF_HUB_OFFLINE", "1");
    assertThat(pulls.pull().files()).extracting(file -> file.name().name()).contains("coco.pt");
  }

  @Test
  void saysThatThereIsNoSuchRepository() {
    PullRequest request = PullRequest.of(new RepositoryId("org/other"), Revision.MAIN);

    assertThatThrownBy(() -> pulls.pull(request))
        .isInstanceOf(HubException.class)
        .hasMessageContaining("org/other@main")
        .hasMessageContaining("no such repository, or it is private")
        .hasMessageContaining("HF_TOKEN");
  }

  @Test
  void holdsAServerToWhatIsKnownFromElsewhere() {
    Map<RemotePath, Pin> pins =
        Map.of(
            new RemotePath("model.safetensors"),
            new Pin(WEIGHTS.length, BlobDigest.sha256("ab".repeat(32))));
    PullRequest request = new PullRequest(PullFixture.REPOSITORY, Revision.MAIN, List.of(), pins);

    assertThatThrownBy(() -> pulls.pull(request))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("the server offers sha256 " + FakeHub.sha256(WEIGHTS))
        .hasMessageContaining("nothing was fetched");
    assertThat(hub.downloads("model.safetensors")).isEmpty();
  }

  @Test
  void holdsSmallFilesToTheirPinnedDigestToo() {
    Map<RemotePath, Pin> pins =
        Map.of(new RemotePath("config.json"), new Pin(-1, BlobDigest.sha256("ab".repeat(32))));
    PullRequest request = new PullRequest(PullFixture.REPOSITORY, Revision.MAIN, List.of(), pins);

    assertThatThrownBy(() -> pulls.pull(request))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("config.json")
        .hasMessageContaining("nothing was kept");
  }

  @Test
  void mendsADamagedCopyInTheCache() throws IOException {
    pulls.pull();
    Path blob = pulls.folder().resolve("blobs").resolve(FakeHub.sha256(WEIGHTS));
    byte[] damaged = WEIGHTS.clone();
    damaged[1000] ^= 1;
    Files.write(blob, damaged);

    pulls.pull();
    assertThat(blob).hasBinaryContent(WEIGHTS);
    assertThat(pulls.notes).anyMatch(note -> note.contains("is damaged; fetching it anew"));
  }

  @Test
  void copiesWhereThereMayBeNoLinks() throws IOException {
    pulls.environment.put("HF_HUB_DISABLE_SYMLINKS", "1");
    pulls.pull();

    Path file = pulls.snapshotFile("model.safetensors");
    assertThat(file).isRegularFile().hasBinaryContent(WEIGHTS);
    assertThat(Files.isSymbolicLink(file)).isFalse();
    assertThat(pulls.blobs()).as("moved, as Python's client does").isEmpty();
    hub.seen().clear();
    assertThat(pulls.pull().downloadedBytes()).isZero();
    assertThat(hub.seen()).extracting(FakeHub.Seen::method).containsOnly("HEAD");
  }

  @Test
  void mendsADamagedCopyWhereThereAreNoLinks() throws IOException {
    pulls.environment.put("HF_HUB_DISABLE_SYMLINKS", "1");
    pulls.pull();
    Files.writeString(pulls.snapshotFile("model.safetensors"), "damaged");

    pulls.pull();
    assertThat(pulls.snapshotFile("model.safetensors")).hasBinaryContent(WEIGHTS);
  }

  @Test
  void usesWhatIsInTheCacheWhenNobodyAnswers() throws IOException {
    pulls.pull();
    hub.close();

    assertThat(pulls.pull().commit()).isEqualTo(FakeHub.COMMIT);
    assertThat(pulls.notes.getLast()).contains("what is in the cache is whole");
  }

  @Test
  void saysThatNobodyAnswers() {
    hub.close();

    assertThatThrownBy(() -> pulls.pull())
        .isInstanceOf(HubException.class)
        .hasMessageContaining(hub.endpoint() + " has no answer")
        .hasMessageContaining("HF_HUB_OFFLINE=1");
    assertThat(pulls.notes).hasSize(2);
  }
}
