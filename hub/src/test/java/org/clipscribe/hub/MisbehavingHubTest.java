package org.clipscribe.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.clipscribe.nn.BadInputException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Rows HB-01 and HB-02 of the catalogue of bad inputs, and every other way to lie that we could
/// think of: either the right bytes are there at the end, or nothing is.
final class MisbehavingHubTest {
  private static final String NAME = "model.safetensors";
  private static final byte[] BYTES = FakeHub.random(300_000, 7);
  private static final int HALF = BYTES.length / 2;

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

  private void assertWhole() throws IOException {
    pulls.pull(NAME);
    assertThat(pulls.snapshotFile(NAME)).hasBinaryContent(BYTES);
    assertThat(pulls.blobs()).containsExactly(FakeHub.sha256(BYTES));
  }

  private void assertNothingPublished(ThrowingCallable pull, Class<?> type, String... words)
      throws IOException {
    assertThatThrownBy(pull).isInstanceOf(type).hasMessageContainingAll(words);
    assertThat(pulls.snapshotFile(NAME)).doesNotExist();
    assertThat(Files.exists(pulls.folder().resolve("blobs").resolve(FakeHub.sha256(BYTES))))
        .isFalse();
  }

  private void assertRefused(String... words) throws IOException {
    assertNothingPublished(() -> pulls.pull(NAME), BadInputException.class, words);
    assertThat(pulls.blobs()).as("nothing is kept of a lie").allMatch(this::isEmptyPartial);
  }

  private boolean isEmptyPartial(String blob) {
    try {
      return Files.size(pulls.folder().resolve("blobs").resolve(blob)) == 0;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  /// Breaks the first attempt in the middle; all later ones are answered by a trick.
  private void breakFirst(FakeHub.Trick later) {
    hub.onGet(
        NAME,
        request -> {
          if (request.attempt() == 1) {
            request.breakAfter(0, HALF);
          } else {
            later.answer(request);
          }
        });
  }

  @Test
  void hb01GoesOnFromTheLastByteThatArrived() throws IOException {
    breakFirst(FakeHub.Request::range);
    assertWhole();
    assertThat(hub.downloads(NAME))
        .extracting(FakeHub.Seen::range)
        .containsExactly("", "bytes=" + HALF + "-");
  }

  @Test
  void hb01StartsAnewWhenTheServerIgnoresTheRange() throws IOException {
    breakFirst(request -> request.body(200, BYTES));
    assertWhole();
    assertThat(hub.downloads(NAME)).hasSize(2);
  }

  @Test
  void hb01StartsAnewWhenTheServerRefusesTheRange() throws IOException {
    breakFirst(
        request -> {
          if (request.from() > 0) {
            request.header("Content-Range", "bytes */" + BYTES.length).status(416);
          } else {
            request.range();
          }
        });
    assertWhole();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes 0-299999/300000",
        "bytes 149999-299999/300000",
        "bytes 150001-299999/300000",
        "bytes 150000-299999/300001",
        "bytes 150000-149999/300000",
        "bytes 999999999999999999999-1/2",
        "items 150000-299999/300000",
        "nonsense"
      })
  void hb01StartsAnewWhenTheServerSendsAnotherRange(String contentRange) throws IOException {
    breakFirst(
        request -> {
          if (request.from() > 0) {
            request.header("Content-Range", contentRange).body(206, new byte[BYTES.length - HALF]);
          } else {
            request.range();
          }
        });
    assertWhole();
  }

  @Test
  void hb01StartsAnewWhenTheServerNamesNoRange() throws IOException {
    breakFirst(
        request -> {
          if (request.from() > 0) {
            request.body(206, Arrays.copyOfRange(BYTES, HALF, BYTES.length));
          } else {
            request.range();
          }
        });
    assertWhole();
  }

  @Test
  void hb01NoticesOtherBytesInTheRightRange() throws IOException {
    breakFirst(
        request -> {
          request.header("Content-Range", "bytes 150000-299999/300000");
          request.body(206, new byte[HALF]);
        });
    assertRefused("the digest is not sha256 " + FakeHub.sha256(BYTES), "nothing was kept");
  }

  @Test
  void hb01UnpacksABodyThatIsCompressedUnasked() throws IOException {
    hub.onGet(
        NAME,
        request -> {
          assertThat(request.asked("Accept-Encoding")).isEqualTo("identity");
          request.header("Content-Encoding", "gzip").body(200, gzip(BYTES));
        });
    assertWhole();
  }

  @Test
  void hb01NoticesACompressedBodyThatDoesNotSaySo() throws IOException {
    hub.onGet(NAME, request -> request.chunked(gzip(BYTES)));
    assertRefused("the server sends more than the 300000 bytes");
  }

  @Test
  void hb01RefusesABodyThatUnpacksToMoreThanTheFile() throws IOException {
    byte[] bomb = gzip(new byte[50_000_000]);
    hub.onGet(NAME, request -> request.header("Content-Encoding", "gzip").body(200, bomb));
    assertRefused("more than the 300000 bytes");
  }

  @Test
  void hb01RefusesEncodingsThatNobodyAskedFor() throws IOException {
    hub.onGet(NAME, request -> request.header("Content-Encoding", "br").body(200, BYTES));
    assertNothingPublished(
        () -> pulls.pull(NAME), HubException.class, "encodes it in a way that was not asked for");
  }

  @Test
  void hb02RefusesABodyThatIsShortByOne() throws IOException {
    hub.onGet(NAME, request -> request.body(200, Arrays.copyOf(BYTES, BYTES.length - 1)));
    assertRefused("the server has 299999 bytes where it announced 300000");
  }

  @Test
  void hb02RefusesABodyThatAlwaysBreaksBeforeItsLastByte() throws IOException {
    hub.onGet(NAME, request -> request.breakAfter(0, BYTES.length - 1));
    assertNothingPublished(() -> pulls.pull(NAME), HubException.class, "6 times in a row");
  }

  @Test
  void hb02RefusesABodyThatEndsEarlyWithoutSayingSo() throws IOException {
    hub.onGet(NAME, request -> request.chunked(Arrays.copyOf(BYTES, BYTES.length - 1)));
    assertNothingPublished(
        () -> pulls.pull(NAME),
        HubException.class,
        "the connection ended at byte 299999 of 300000",
        "6 times in a row");
  }

  @Test
  void hb02RefusesABodyThatIsLongByOne() throws IOException {
    hub.onGet(NAME, request -> request.body(200, Arrays.copyOf(BYTES, BYTES.length + 1)));
    assertRefused("the server has 300001 bytes where it announced 300000");
  }

  @Test
  void hb02RefusesABodyThatIsLongByOneWithoutSayingSo() throws IOException {
    hub.onGet(NAME, request -> request.chunked(Arrays.copyOf(BYTES, BYTES.length + 1)));
    assertRefused("more than the 300000 bytes that it announced");
  }

  @Test
  void hb02RefusesABodyWithOneBitFlipped() throws IOException {
    hub.onGet(
        NAME,
        request -> {
          byte[] flipped = request.bytes();
          flipped[123_456] ^= 1;
          request.body(200, flipped);
        });
    assertRefused(NAME, "the digest is not sha256 " + FakeHub.sha256(BYTES));
  }

  @Test
  void hb02RefusesASmallFileWithOneBitFlipped() throws IOException {
    hub.small("config.json", "{\"n_layer\": 12}");
    hub.onGet(
        "config.json",
        request -> request.body(200, "{\"n_layer\": 13}".getBytes(StandardCharsets.UTF_8)));

    assertThatThrownBy(() -> pulls.pull("config.json"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("the digest is not git sha1 ");
    assertThat(pulls.blobs()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"\"",
        "\"abc\"",
        "\"5f3c1d2e-1\"",
        "\"../../../../evil\"",
        "W/\"..\"",
        "\"ZZ23456789abcdef0123456789abcdef01234567\"",
        "\"ABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCD\""
      })
  void hb02RefusesAnEtagThatIsNoDigest(String etag) throws IOException {
    hub.onHead(
        NAME,
        request ->
            request
                .header("X-Repo-Commit", FakeHub.COMMIT)
                .header("ETag", etag)
                .header("Content-Length", "300000")
                .status(200));
    assertThatThrownBy(() -> pulls.pull(NAME))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("gives no digest of it");
    assertThat(home).isEmptyDirectory();
  }

  @Test
  void hb02RefusesAnEtagThatIsAnotherDigest() throws IOException {
    hub.onHead(
        NAME,
        request ->
            request
                .metadata(true)
                .header("X-Linked-Etag", "\"" + "ab".repeat(32) + "\"")
                .header("Location", hub.storeAddress() + "/signed/" + NAME)
                .status(302));
    assertRefused("the digest is not sha256 " + "ab".repeat(32));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "main", "../../..", "0123456789ABCDEF0123456789abcdef01234567"})
  void refusesACommitThatIsNone(String commit) {
    hub.onHead(
        NAME, request -> request.metadata(false).header("X-Repo-Commit", commit).status(200));

    assertThatThrownBy(() -> pulls.pull(NAME))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("names no commit");
    assertThat(home).isEmptyDirectory();
  }

  @Test
  void refusesACommitThatChangesBetweenFiles() {
    hub.small("config.json", "{}");
    hub.onHead(
        "config.json",
        request -> request.metadata(false).header("X-Repo-Commit", "f".repeat(40)).status(200));

    assertThatThrownBy(() -> pulls.pull(NAME, "config.json"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("answers with commit ffff");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 299_999, 300_001, 9_000_000_000L})
  void refusesASizeThatIsNotThatOfTheFile(long size) throws IOException {
    hub.onHead(
        NAME,
        request ->
            request
                .metadata(true)
                .header("X-Linked-Size", String.valueOf(size))
                .header("Location", hub.storeAddress() + "/signed/" + NAME)
                .status(302));
    assertNothingPublished(() -> pulls.pull(NAME), RuntimeException.class, NAME);
  }

  @Test
  void doesWithoutASize() throws IOException {
    hub.onHead(
        NAME,
        request ->
            request
                .header("X-Repo-Commit", FakeHub.COMMIT)
                .header("X-Linked-Etag", FakeHub.sha256(BYTES))
                .header("Location", "/elsewhere")
                .status(302));
    hub.onGet(NAME, request -> request.chunked(BYTES));
    assertWhole();
  }

  @Test
  void endsABodyWithoutASizeThatDoesNotEnd() throws IOException {
    hub.onHead(
        NAME,
        request ->
            request
                .header("X-Repo-Commit", FakeHub.COMMIT)
                .header("X-Linked-Etag", FakeHub.sha256(BYTES))
                .header("Location", "/elsewhere")
                .status(302));
    hub.onGet(NAME, request -> request.chunked(new byte[65 << 20]));
    assertNothingPublished(
        () -> pulls.pull(NAME), HubException.class, "did not say how long the file is");
  }

  @Test
  void asksAgainWhenTheConnectionFallsSilent() throws IOException {
    hub.onGet(
        NAME,
        request -> {
          if (request.attempt() == 1) {
            request.stallAfter(0, HALF);
          } else {
            request.range();
          }
        });
    assertWhole();
    assertThat(pulls.notes).anyMatch(note -> note.contains("nothing was received for 2 s"));
  }

  @Test
  void countsFailuresFromTheLastNewByte() throws IOException {
    int step = BYTES.length / 20;
    hub.onGet(NAME, request -> request.breakAfter(request.from(), step));
    assertWhole();
    assertThat(hub.downloads(NAME)).hasSizeGreaterThan(15);
  }

  @Test
  void givesUpWhenNoNewByteComesHoweverManyOldOnesDo() throws IOException {
    // The server ignores ranges and always breaks at the same place: bytes keep coming for ever.
    hub.onGet(NAME, request -> request.breakAfter(0, HALF));
    assertNothingPublished(() -> pulls.pull(NAME), HubException.class, "6 times in a row");
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 502, 503, 504})
  void asksAgainWhenTheServerIsBusyOrBroken(int status) throws IOException {
    FakeHub.Trick busyOnce =
        request -> {
          if (request.attempt() <= 1) {
            request.header("Retry-After", "0").status(status);
          } else {
            request.range();
          }
        };
    hub.onGet(NAME, busyOnce);
    assertWhole();
    assertThat(pulls.notes).anyMatch(note -> note.contains("the server answers " + status));
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 410})
  void doesNotAskAgainWhenTheServerRefuses(int status) throws IOException {
    hub.onGet(NAME, request -> request.status(status));
    assertNothingPublished(
        () -> pulls.pull(NAME), HubException.class, "the server answers " + status);
    assertThat(hub.downloads(NAME)).hasSize(1);
  }

  @Test
  void leavesACircleOfRedirects() throws IOException {
    hub.onGet(NAME, request -> request.header("Location", "/signed/" + NAME).status(302));
    assertNothingPublished(() -> pulls.pull(NAME), HubException.class, "redirects in a circle");
  }

  @ParameterizedTest
  @ValueSource(strings = {"file:///etc/passwd", "ftp://host/x", "jar:file:/x!/y", "http:///x"})
  void followsRedirectsToTheWebOnly(String location) throws IOException {
    hub.onGet(NAME, request -> request.header("Location", location).status(302));
    assertNothingPublished(
        () -> pulls.pull(NAME), HubException.class, "redirects to what is no web address");
  }

  @Test
  void goesOnFromWhatAnEarlierRunLeft() throws IOException {
    Path partial = partial();
    Files.write(partial, Arrays.copyOf(BYTES, HALF));
    assertWhole();
    assertThat(hub.downloads(NAME))
        .extracting(FakeHub.Seen::range)
        .containsExactly("bytes=" + HALF + "-");
  }

  @Test
  void startsAnewWhenWhatAnEarlierRunLeftIsDamaged() throws IOException {
    Files.write(partial(), new byte[HALF]);
    assertWhole();
    assertThat(hub.downloads(NAME))
        .extracting(FakeHub.Seen::range)
        .containsExactly("bytes=" + HALF + "-", "");
  }

  @Test
  void startsAnewWhenWhatAnEarlierRunLeftIsTooLong() throws IOException {
    Files.write(partial(), new byte[BYTES.length + 1]);
    assertWhole();
  }

  @Test
  void verifiesWhatAnEarlierRunLeftWhole() throws IOException {
    Files.write(partial(), BYTES);
    assertWhole();
    assertThat(hub.downloads(NAME)).isEmpty();
  }

  private Path partial() throws IOException {
    Path partial =
        pulls.cache().partial(PullFixture.REPOSITORY, BlobDigest.sha256(FakeHub.sha256(BYTES)));
    Files.createDirectories(partial.getParent());
    return partial;
  }

  @Test
  void doesNotWriteThroughALinkInPlaceOfThePartialFile() throws IOException {
    Path victim = Files.writeString(home.resolve("victim"), "precious");
    Files.createSymbolicLink(partial(), victim);
    assertWhole();
    assertThat(victim).hasContent("precious");
  }
}
