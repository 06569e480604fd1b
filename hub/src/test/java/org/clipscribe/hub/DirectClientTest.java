package org.clipscribe.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.clipscribe.hub.ModelStore.Entry;
import org.clipscribe.nn.BadInputException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Single files: from the drive with its question, from the web, from this machine.
final class DirectClientTest {
  private static final byte[] BYTES = FakeHub.random(200_000, 21);
  private static final String SHA256 = FakeHub.sha256(BYTES);
  private static final DirectSource.Drive FILE = new DirectSource.Drive("1a2B3c4D5e6F");

  @TempDir private Path home;
  private HttpServer server;
  private final List<String> asked = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private PullFixture pulls;
  private ModelStore store;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
    pulls = new PullFixture(home, URI.create("http://127.0.0.1:9"));
    store = new ModelStore(home.resolve("models"));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private Entry pull(String name, DirectSource source, Optional<String> sha256) throws IOException {
    PullListener listener =
        new PullListener() {
          @Override
          public void note(String message) {
            notes.add(message);
          }
        };
    return new DirectClient(pulls.settings(), "clipscribe/test", store, address())
        .pull(
            new DirectClient.Request(
                name, source, source.fileName(), sha256.map(BlobDigest::sha256)),
            listener);
  }

  private void serve(String path, String type, byte[] bytes) {
    server.createContext(
        path,
        exchange -> {
          asked.add(exchange.getRequestURI().toString());
          exchange.getResponseHeaders().set("Content-Type", type);
          String range = exchange.getRequestHeaders().getFirst("Range");
          int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
          if (range != null) {
            exchange
                .getResponseHeaders()
                .set(
                    "Content-Range",
                    "bytes %d-%d/%d".formatted(from, bytes.length - 1, bytes.length));
          }
          exchange.sendResponseHeaders(range == null ? 200 : 206, bytes.length - from);
          exchange.getResponseBody().write(bytes, from, bytes.length - from);
          exchange.close();
        });
  }

  private void servePage(String path, String html) {
    serve(path, "text/html; charset=utf-8", html.getBytes(StandardCharsets.UTF_8));
  }

  private void assertNothingLeft() {
    assertThat(store.find("m")).isEmpty();
    assertThat(home.resolve("models/m")).doesNotExist();
  }

  @Test
  void confirmsTheDrivesQuestion() throws IOException {
    servePage(
        "/uc",
        """
        <html><head><title>Google Drive - Virus scan warning</title></head><body>
        <form id="other" action="/search"><input name="q" value="x"></form>
        <form id="download-form" action="%s/download" method="get">
        <input type="submit" id="uc-download-link" value="Download anyway"/>
        <input type="hidden" name="id" value="1a2B3c4D5e6F"><input type="hidden" name="export" value="download">
        <input type='hidden' name='confirm' value='t'><input type="hidden" name="uuid" value="a&amp;b c">
        </form></body></html>
        """
            .formatted(address()));
    serve("/download", "application/octet-stream", BYTES);

    Entry entry = pull("m", FILE, Optional.empty());
    assertThat(entry.file()).isEqualTo(home.resolve("models/m/model.pt")).hasBinaryContent(BYTES);
    assertThat(entry.sha256()).isEqualTo(SHA256);
    assertThat(asked)
        .containsExactly(
            "/uc?export=download&id=1a2B3c4D5e6F",
            "/download?id=1a2B3c4D5e6F&export=download&confirm=t&uuid=a%26b%20c");
    assertThat(notes).singleElement().asString().contains("sha256 " + SHA256).contains("--sha256");
    assertThat(store.find("m")).contains(entry);
  }

  @Test
  void takesASmallFileThatTheDriveGivesAtOnce() throws IOException {
    serve("/uc", "application/octet-stream", BYTES);

    assertThat(pull("m", FILE, Optional.of(SHA256)).bytes()).isEqualTo(BYTES.length);
    assertThat(notes).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<p>Sorry, you can't view or download this file: Too many users have viewed it",
        "<title>Google Drive - Quota exceeded</title>"
      })
  void saysThatTheDrivesLimitIsReached(String page) {
    servePage("/uc", page);

    assertThatThrownBy(() -> pull("m", FILE, Optional.empty()))
        .isInstanceOf(HubException.class)
        .hasMessageContaining("try again tomorrow")
        .hasMessageContaining("file:///");
    assertNothingLeft();
  }

  @Test
  void saysThatTheDriveWantsALogin() {
    servePage("/uc", "<form action=\"/signin\"><input name=\"Email\"></form>");

    assertThatThrownBy(() -> pull("m", FILE, Optional.empty()))
        .hasMessageContaining("whether the file is shared with everybody");
    assertNothingLeft();
  }

  @ParameterizedTest
  @ValueSource(strings = {"file:///etc/passwd", "ftp://x/download", "/download"})
  void takesNoFileFromElsewhereThanTheWeb(String action) {
    servePage("/uc", "<form id=\"download-form\" action=\"" + action + "\"></form>");
    servePage("/download", "<html>again a page");

    assertThatThrownBy(() -> pull("m", FILE, Optional.empty()))
        .isInstanceOf(RuntimeException.class);
    assertNothingLeft();
  }

  @Test
  void readsAHugePageOfUnfinishedFormsInNoTime() {
    servePage("/uc", "<form a".repeat(1 << 20));

    assertThatThrownBy(() -> pull("m", FILE, Optional.empty())).isInstanceOf(HubException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"drive:", "drive:../../x", "drive:a b", "drive:1", "https:///x", "file:x"})
  void refusesMalformedSources(String source) {
    assertThatThrownBy(() -> DirectSource.parse(source))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void tellsSourcesFromRepositories() {
    assertThat(DirectSource.parse("org/name")).isEmpty();
    assertThat(DirectSource.parse("drive:" + FILE.id())).contains(FILE);
    assertThat(DirectSource.parse("HTTPS://host/a/b.pt?x=1").orElseThrow().fileName())
        .isEqualTo("b.pt");
    assertThat(DirectSource.parse("https://host/").orElseThrow().fileName()).isEqualTo("model.pt");
    assertThat(DirectSource.parse("https://host/%2e%2e%2fx").orElseThrow().fileName())
        .isEqualTo("x");
    assertThat(DirectSource.parse("https://host/..%5cx").orElseThrow().fileName())
        .isEqualTo("model.pt");
  }

  @Test
  void holdsAFileOfTheWebToItsDigestAndGoesOnWhereItEnded() throws IOException {
    serve("/a/model.bin", "application/octet-stream", BYTES);
    Path partial = home.resolve("models/m/.model.bin.incomplete");
    Files.createDirectories(partial.getParent());
    Files.write(partial, Arrays.copyOf(BYTES, 1000));
    DirectSource source = DirectSource.parse(address() + "/a/model.bin").orElseThrow();

    assertThat(pull("m", source, Optional.of(SHA256)).file()).hasBinaryContent(BYTES);
    assertThat(home.resolve("models/m").toFile().list())
        .containsExactlyInAnyOrder("model.bin", "source.json");
    assertThatThrownBy(() -> pull("other", source, Optional.of("ab".repeat(32))))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("its digest is sha256 " + SHA256);
    assertThat(home.resolve("models/other")).doesNotExist();
  }

  @Test
  void takesNoPageOfTheWebForAFile() {
    servePage("/model.pt", "<html>Not Found");
    DirectSource source = DirectSource.parse(address() + "/model.pt").orElseThrow();

    assertThatThrownBy(() -> pull("m", source, Optional.of(SHA256)))
        .hasMessageContaining("is a web page, not a file");
  }

  @Test
  void copiesAFileOfThisMachine() throws IOException {
    Path file = Files.write(home.resolve("my weights.pt"), BYTES);
    DirectSource source = DirectSource.parse("file://" + home + "/my weights.pt").orElseThrow();
    pulls.environment.put("HF_HUB_OFFLINE", "1");

    Entry entry = pull("m", source, Optional.of(SHA256));
    assertThat(entry.file()).hasBinaryContent(BYTES).hasFileName("my weights.pt");
    assertThat(file).hasBinaryContent(BYTES);
    assertThat(asked).isEmpty();
    store.remove("m");
    assertNothingLeft();
    assertThat(file).exists();
  }

  @Test
  void fetchesNothingTwiceAndMendsWhatIsDamaged() throws IOException {
    serve("/uc", "application/octet-stream", BYTES);
    Entry entry = pull("m", FILE, Optional.empty());
    asked.clear();
    assertThat(pull("m", FILE, Optional.empty())).isEqualTo(entry);
    assertThat(asked).isEmpty();

    Files.writeString(entry.file(), "damaged");
    assertThat(pull("m", FILE, Optional.empty()).file()).hasBinaryContent(BYTES);
    assertThat(asked).hasSize(1);
  }

  @Test
  void letsANameStandForOneModelOnly() throws IOException {
    serve("/uc", "application/octet-stream", BYTES);
    pull("m", FILE, Optional.empty());

    assertThatThrownBy(() -> pull("m", new DirectSource.Drive("otherotherother"), Optional.empty()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("from drive:1a2B3c4D5e6F")
        .hasMessageContaining("clipscribe rm m");
  }

  @Test
  void opensNoConnectionWhenTheNetworkIsForbidden() {
    serve("/uc", "application/octet-stream", BYTES);
    pulls.environment.put("HF_HUB_OFFLINE", "1");

    assertThatThrownBy(() -> pull("m", FILE, Optional.empty()))
        .isInstanceOf(HubException.class)
        .hasMessageEndingWith("run: clipscribe pull drive:1a2B3c4D5e6F");
    assertThat(asked).isEmpty();
    assertNothingLeft();
  }
}
