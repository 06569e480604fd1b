package org.clipscribe.captioner.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.clipscribe.nn.BadInputException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarSourceTest {
  @TempDir Path temp;
  private Workshop shop;

  @BeforeEach
  void open() {
    shop = new Workshop(temp);
  }

  /// Writes archives the way the standard describes them.
  private static final class Tar {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Tar file(String name, String content) {
      return entry(name, '0', content.getBytes(StandardCharsets.UTF_8));
    }

    Tar entry(String name, char type, byte[] content) {
      return entry(header(name, type, content.length), content);
    }

    Tar entry(byte[] header, byte[] content) {
      bytes.writeBytes(header);
      bytes.writeBytes(Arrays.copyOf(content, (content.length + 511) / 512 * 512));
      return this;
    }

    static byte[] header(String name, char type, long size) {
      byte[] header = new byte[512];
      put(header, 0, name);
      put(header, 100, "0000644");
      put(header, 124, String.format(Locale.ROOT, "%011o", size));
      put(header, 136, "00000000000");
      header[156] = (byte) type;
      put(header, 257, "ustar");
      put(header, 263, "00");
      return signed(header);
    }

    static byte[] signed(byte[] header) {
      Arrays.fill(header, 148, 156, (byte) ' ');
      int sum = 0;
      for (byte b : header) {
        sum += b & 0xff;
      }
      put(header, 148, String.format(Locale.ROOT, "%06o", sum));
      header[154] = 0;
      return header;
    }

    static void put(byte[] header, int at, String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    byte[] end() {
      bytes.writeBytes(new byte[1024]);
      return bytes.toByteArray();
    }
  }

  private static byte[] pax(String... records) {
    StringBuilder text = new StringBuilder();
    for (String record : records) {
      int length = record.length() + 3;
      while ((length + " " + record + "\n").length() != length) {
        length++;
      }
      text.append(length).append(' ').append(record).append('\n');
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void groupsEntriesByTheNameUpToTheFirstDot() throws IOException {
    byte[] tar =
        new Tar()
            .entry("set/", '5', new byte[0])
            .file("set/000.seg.png", "not the image: seg.png is its extension")
            .file("set/000.jpg", "image 0")
            .file("set/000.txt", "Zero.\nNought.\n")
            .file("set/001.json", "{\"caption\": \"One.\", \"width\": 3}")
            .file("set/001.jpeg", "image 1")
            .file("002.jpg", "image 2")
            .file("003.txt", "no image")
            .file("004.jpg", "image 4")
            .file("004.json", "{broken")
            .file("005.cls", "neither")
            .end();
    BuildReport report = shop.build(shop.file("shard.tar", tar));
    assertThat(shop.captions())
        .containsExactly("set/000.jpg: Zero.; Nought.", "set/001.jpeg: One.");
    assertThat(shop.messages())
        .hasSize(4)
        .contains(
            "shard.tar entry 002.jpg: 002.jpg has no caption",
            "shard.tar entry 003.txt: its sample has no image",
            "shard.tar entry 004.jpg: 004.jpg has no caption")
        .anyMatch(message -> message.startsWith("shard.tar entry 004.json: bad JSON"));
    assertThat(report.images()).isEqualTo(2);
    try (EmbeddingDataset dataset = EmbeddingDataset.open(temp.resolve("out"))) {
      float[] found = new float[Workshop.WIDTH];
      dataset.embedding(1, found, 0);
      Path image = shop.file("1.jpg", "image 1");
      assertThat(found).isEqualTo(shop.pixels(Files.newInputStream(image), "test"));
    }
  }

  @Test
  void readsLongNamesOfPaxAndGnuAndPrefixesAndBinarySizes() throws IOException {
    String name = "folder/".repeat(20) + "long";
    byte[] prefixed = Tar.header("p.jpg", '0', 7);
    Tar.put(prefixed, 345, "the/prefix");
    byte[] binary = Tar.header("the/prefix/p.txt", '0', 0);
    Arrays.fill(binary, 124, 136, (byte) 0);
    binary[124] = (byte) 0x80;
    binary[135] = 1;
    byte[] tar =
        new Tar()
            .entry("pax_global_header", 'g', pax("path=ignored", "comment=x"))
            .entry("PaxHeader", 'x', pax("mtime=1.5", "path=" + name + ".jpg", "size=5"))
            .entry(Tar.header("cut", '0', 0), "image".getBytes(StandardCharsets.UTF_8))
            .entry("././@LongLink", 'L', (name + ".txt\0").getBytes(StandardCharsets.UTF_8))
            .file("cut", "long")
            .entry(Tar.signed(prefixed), "image p".getBytes(StandardCharsets.UTF_8))
            .entry(Tar.signed(binary), "P".getBytes(StandardCharsets.UTF_8))
            .end();
    shop.build(shop.file("shard.tar", tar));
    assertThat(shop.captions()).containsExactly(name + ".jpg: long", "the/prefix/p.jpg: P");
  }

  @Test
  void keepsSamplesOfSeveralArchivesApart() throws IOException {
    shop.file("set/0.tar", new Tar().file("a.jpg", "image").file("a.txt", "A of 0").end());
    shop.file("set/1.tar", new Tar().file("a.jpg", "image").file("a.txt", "A of 1").end());
    shop.build(temp.resolve("set"));
    assertThat(shop.captions()).containsExactly("0.tar/a.jpg: A of 0", "1.tar/a.jpg: A of 1");
  }

  /// Names are keys and nothing is unpacked: whatever they are, no file appears.
  @Test
  void writesNothingWhereNamesPoint() throws IOException {
    byte[] tar =
        new Tar()
            .file("../../evil.jpg", "image")
            .file("../../evil.txt", "Evil")
            .file("/abs.jpg", "image")
            .file("/abs.txt", "Absolute")
            .file("good.jpg", "image")
            .file("good.txt", "Good")
            .end();
    shop.build(shop.file("below/shard.tar", tar));
    assertThat(shop.captions()).containsExactly("good.jpg: Good");
    assertThat(shop.messages()).hasSize(2).allMatch(m -> m.contains("is not below the folder"));
    assertThat(temp.resolve("evil.jpg")).doesNotExist();
  }

  @Test
  void usesWhatComesBeforeDamage() throws IOException {
    byte[] tar =
        new Tar()
            .file("a.jpg", "image a")
            .file("a.txt", "A")
            .file("b.jpg", "image b")
            .file("b.txt", "B")
            .end();
    for (int length : new int[] {2100, 2563, 3100}) {
      shop.problems.clear();
      shop.force = true;
      shop.build(shop.file("cut.tar", Arrays.copyOf(tar, length)));
      assertThat(shop.captions().getFirst()).isEqualTo("a.jpg: A");
      assertThat(shop.messages().getFirst()).contains("cut.tar: damaged at byte ");
    }
  }

  @Test
  void refusesHeadersThatLie() {
    byte[] huge = Tar.header("a.jpg", '0', 0);
    Tar.put(huge, 124, "77777777777");
    assertDamaged(new Tar().entry(Tar.signed(huge), new byte[0]).end(), "is cut");
    byte[] overflow = Tar.header("a.jpg", '0', 0);
    Arrays.fill(overflow, 124, 136, (byte) 0xff);
    assertDamaged(new Tar().entry(Tar.signed(overflow), new byte[0]).end(), "no file has");
    byte[] letters = Tar.header("a.jpg", '0', 0);
    Tar.put(letters, 124, "notanumber!");
    assertDamaged(new Tar().entry(Tar.signed(letters), new byte[0]).end(), "is no number");
    for (String pax :
        List.of("99999999 path=x\n", "5 path=x\n", "path", "0 path=x\n", "-1 a=b\n")) {
      byte[] content = pax.getBytes(StandardCharsets.UTF_8);
      assertDamaged(new Tar().entry("x", 'x', content).file("a.jpg", "").end(), "cannot be read");
    }
    assertDamaged(
        new Tar().entry("x", 'L', new byte[(1 << 20) + 1]).file("a.jpg", "").end(), "a header of");
  }

  private void assertDamaged(byte[] tar, String cause) {
    shop.problems.clear();
    assertThatThrownBy(() -> shop.build(shop.file("bad.tar", tar)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("no image with a caption can be used");
    assertThat(shop.messages()).singleElement().asString().contains("damaged at byte", cause);
  }
}
