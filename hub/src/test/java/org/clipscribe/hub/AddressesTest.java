package org.clipscribe.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Row HB-07, and who gets to see the token.
final class AddressesTest {
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a/../../b",
        "..",
        "../x",
        "a/..",
        "a/b/c",
        "",
        "/a",
        "a/",
        "a\\b",
        "a--b/c",
        "-a/b",
        "a/b-",
        "a/.b",
        "a b/c",
        "a/b\n",
        "a%2f/b",
        "a/b.git",
        "C:/x"
      })
  void hb07RefusesNamesThatNoRepositoryHas(String name) {
    assertThat(RepositoryId.isValid(name)).isFalse();
    assertThatThrownBy(() -> new RepositoryId(name)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "openai-community/gpt2", "a_b/c.d-1", "Mozilla/distilvit"})
  void hb07TakesNamesThatRepositoriesHave(String name) {
    assertThat(RepositoryId.isValid(name)).isTrue();
    assertThat(RepositoryId.ofFolder(new RepositoryId(name).folder()))
        .contains(new RepositoryId(name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "..\\x", "../x", "a/../b", "/etc/passwd", "C:\\x", "C:x", "\\\\host\\share", "a//b", "",
            ".",
        "a/.", "a/", "a\u0000b", "a\nb", "a:b", "a. ", "a/b.", " a", "x|y", "con\u0007"
      })
  void hb07RefusesFilesThatLeadElsewhere(String path) {
    assertThat(RemotePath.isValid(path)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"config.json", "onnx/model.onnx", ".gitattributes", "a b/c", "é.txt"})
  void hb07TakesFilesThatRepositoriesHave(String path) {
    assertThat(RemotePath.isValid(path)).isTrue();
    assertThat(new RemotePath(path).below(home)).startsWithRaw(home);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "..",
        "../main",
        "refs/../../x",
        "a\\b",
        "/main",
        "main/",
        "a b",
        "",
        ".lock",
        "a."
      })
  void hb07RefusesRevisionsThatLeadElsewhere(String revision) {
    assertThatThrownBy(() -> new Revision(revision)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void hb07EncodesARevisionAsOnePartOfTheAddress() throws IOException {
    pulls.pull(new Revision("refs/pr/1"), "config.json");

    assertThat(hub.seen().getFirst().path())
        .isEqualTo("/org/model/resolve/refs%2Fpr%2F1/config.json");
    assertThat(pulls.folder().resolve("refs/refs/pr/1")).hasContent(FakeHub.COMMIT);
    assertThat(pulls.cache().snapshot(PullFixture.REPOSITORY, new Revision("refs/pr/1")))
        .contains(pulls.cache().snapshot(PullFixture.REPOSITORY, FakeHub.COMMIT));
  }

  @Test
  void hb07EncodesNamesOfFiles() throws IOException {
    hub.small("b%3F%23%C3%A9.json", "{}");
    assertThatThrownBy(() -> new RemotePath("a b/b?#é.json"))
        .isInstanceOf(IllegalArgumentException.class); // no file of Windows
    hub.small("b%23%C3%A9%25.json", "{}");
    pulls.pull("a b/b#é%.json");
    assertThat(hub.seen().getFirst().path())
        .isEqualTo("/org/model/resolve/main/a%20b/b%23%C3%A9%25.json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/"})
  void hb07TakesAnEndpointWithAPath(String end) throws IOException {
    hub.withPrefix("/mirror/of/hub");
    pulls.environment.put("HF_ENDPOINT", hub.endpoint() + end);
    pulls.pull();

    assertThat(hub.seen().getFirst().path())
        .isEqualTo("/mirror/of/hub/org/model/resolve/main/config.json");
    assertThat(pulls.snapshotFile("model.safetensors")).hasBinaryContent(BYTES);
  }

  @Test
  void sendsTheTokenToTheHubAndToNoOtherHost() throws IOException {
    pulls.environment.put("HF_TOKEN", "hf_secret");
    pulls.pull();

    assertThat(hub.seen())
        .filteredOn(request -> request.where().equals("hub"))
        .isNotEmpty()
        .extracting(FakeHub.Seen::authorization)
        .containsOnly("Bearer hf_secret");
    assertThat(hub.seen())
        .filteredOn(request -> request.where().equals("store"))
        .isNotEmpty()
        .extracting(FakeHub.Seen::authorization)
        .containsOnly("");
  }

  @Test
  void doesNotSendTheTokenAgainAfterARedirectLedAway() throws IOException {
    pulls.environment.put("HF_TOKEN", "hf_secret");
    hub.onGet(
        "model.safetensors",
        request -> {
          if (hub.storeAddress().getAuthority().equals(request.asked("Host"))) {
            request.header("Location", hub.endpoint() + "/back/here").status(302);
          } else {
            request.range();
          }
        });
    assertThatThrownBy(() -> pulls.pull("model.safetensors")).isInstanceOf(HubException.class);
    assertThat(hub.seen().getLast().path()).isEqualTo("/back/here");
    assertThat(hub.seen().getLast().authorization()).isEmpty();
  }

  @Test
  void readsTheTokenThatALoginLeft() throws IOException {
    Path token = home.resolve(".cache/huggingface/token");
    Files.createDirectories(token.getParent());
    Files.writeString(token, "hf_file\n");
    pulls.pull("config.json");
    assertThat(hub.seen().getFirst().authorization()).isEqualTo("Bearer hf_file");

    hub.seen().clear();
    pulls.environment.put("HF_HUB_DISABLE_IMPLICIT_TOKEN", "yes");
    pulls.pull("config.json");
    assertThat(hub.seen().getFirst().authorization()).isEmpty();
  }

  @Test
  void followsARenamedRepositoryOnTheSameHost() throws IOException {
    hub.onHead(
        "config.json",
        request -> {
          if (hub.seen().size() == 1) {
            request.header("Location", "/org/model/resolve/main/moved/config.json").status(307);
          } else {
            request.metadata(false).header("Content-Length", "2").status(200);
          }
        });
    pulls.pull("config.json");
    assertThat(pulls.snapshotFile("config.json")).hasContent("{}");
  }

  @Test
  void asksAProxyForWhatIsNotExcepted() throws IOException {
    pulls.environment.put("HF_ENDPOINT", "http://hub.invalid/hf");
    pulls.environment.put("HTTP_PROXY", hub.endpoint().toString());
    hub.withPrefix("/hf");
    hub.small("model.safetensors", BYTES);
    pulls.pull();
    assertThat(pulls.snapshotFile("model.safetensors")).hasBinaryContent(BYTES);

    pulls.environment.put("no_proxy", "localhost,.invalid");
    assertThatThrownBy(() -> pulls.pull(new Revision("other"), "config.json"))
        .isInstanceOf(HubException.class)
        .hasMessageContaining("the name of the host is not known");
  }
}
