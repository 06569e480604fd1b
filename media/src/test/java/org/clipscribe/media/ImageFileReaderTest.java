package org.clipscribe.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.clipscribe.media.Pictures.latin1;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.clipscribe.clip.Image;
import org.clipscribe.nn.BadInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFileReaderTest {
  private final ImageFileReader reader = new ImageFileReader();

  private ThrowableAssertAlternative<BadInputException> refused(byte[] file) {
    return assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> reader.read(file, "x.jpg"))
        .withMessageStartingWith("x.jpg: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp", "tiff"})
  void losslessFormatsComeBackAsTheyWere(String format) {
    BufferedImage image = Pictures.sample(37, 23);
    ReadImage read = reader.read(Pictures.encode(format, image), "x");
    assertThat(read.image().rgb()).isEqualTo(Pictures.pixels(image).rgb());
    assertThat(read.notices()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "RIFF1234WEBPVP8L | WebP",
        "....ftypheic.... | HEIC",
        "....ftypmif1.... | HEIC",
        "....ftypavif.... | AVIF",
        "....ftypisom.... | MP4",
        "8BPS............ | Photoshop",
        "%PDF-1.7........ | PDF",
        "<?xml version='1.0'?><svg><image href='file:///etc/passwd'/></svg> | SVG",
        "<!DOCTYPE html><p>404 | HTML",
        "BMW is a maker of cars | text",
        "P6 1 1 255 abc | PNM",
        "hello | text",
      })
  void namesWhatItFoundInsteadOfAnImage(String content, String name) {
    refused(latin1(content)).withMessageContaining("not an image").withMessageContaining(name);
  }

  @Test
  void namesBinaryFormatsToo() {
    refused(new byte[0]).withMessageContaining("empty").withMessageContaining("image");
    refused(latin1("PK\3\4....")).withMessageContaining("zip");
    refused(latin1("\0\0\0\fJXL \r\n")).withMessageContaining("JPEG XL");
    refused(latin1("\u00ffO\u00ffQ....")).withMessageContaining("JPEG 2000");
    refused(new byte[] {1, 2, 3}).withMessageContaining("unknown");
  }

  @Test
  void saysWhatIsWrongWithAPath(@TempDir Path folder) {
    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> reader.read(folder.resolve("missing.jpg")))
        .withMessageContaining("no such file");
    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> reader.read(folder))
        .withMessageContaining("folder");
  }

  @Test
  void readsAStreamButNeverAnEndlessOne() throws IOException {
    byte[] png = Pictures.encode("png", Pictures.sample(5, 4));
    assertThat(reader.read(new ByteArrayInputStream(png), "standard input").image().width())
        .isEqualTo(5);
    InputStream zeros =
        new InputStream() {
          @Override
          public int read() {
            return 0;
          }
        };
    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> reader.read(zeros, "standard input"))
        .withMessageStartingWith("standard input: ")
        .withMessageContaining("not an image");
  }

  @Test
  void servesImageRead(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("a.bmp");
    BufferedImage image = Pictures.sample(8, 6);
    Files.write(file, Pictures.encode("bmp", image));
    assertThat(Image.read(file).rgb()).isEqualTo(Pictures.pixels(image).rgb());
  }

  @Test
  void theLimitOfPixelsIsExact() {
    byte[] png = Pictures.encode("png", Pictures.sample(100, 100));
    ReadOptions options = ReadOptions.DEFAULT;
    new ImageFileReader(options.withMaxPixels(10_000)).read(png, "x");
    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> new ImageFileReader(options.withMaxPixels(9_999)).read(png, "x"))
        .withMessageContaining("100 x 100 pixels")
        .withMessageContaining("9999");
    assertThatIllegalArgumentException().isThrownBy(() -> options.withMaxPixels(0));
    assertThatIllegalArgumentException().isThrownBy(() -> options.withMaxPixels(1L << 31));
  }

  /// A header is refused for its size without its picture data ever being there.
  @ParameterizedTest
  @CsvSource({
    "60000, 60000, pixels",
    "2147483647, 2147483647, pixels",
    "0, 7, invalid",
    "7, 0, invalid",
    "12000, 12000, cannot hold"
  })
  void lyingHeadersAreRefusedInEveryFormat(int width, int height, String word) {
    for (String format : new String[] {"png", "bmp", "tiff"}) {
      byte[] file = Pictures.encode(format, Pictures.sample(8, 6));
      switch (format) {
        case "png" -> {
          putInt(file, 16, width, false);
          putInt(file, 20, height, false);
        }
        case "bmp" -> {
          putInt(file, 18, width, true);
          putInt(file, 22, height, true);
        }
        default -> {
          TiffFields.put(file, TiffDirectory.IMAGE_WIDTH, width);
          TiffFields.put(file, TiffDirectory.IMAGE_HEIGHT, height);
        }
      }
      refused(file).withMessageContaining(word);
    }
    byte[] jpeg = Pictures.encode("jpeg", Pictures.sample(8, 6));
    int frame = Pictures.find(jpeg, "\u00ff\u00c0");
    jpeg[frame + 5] = (byte) (height >> 8);
    jpeg[frame + 6] = (byte) height;
    jpeg[frame + 7] = (byte) (width >> 8);
    jpeg[frame + 8] = (byte) width;
    refused(jpeg).withMessageContaining(word);
  }

  private static void putInt(byte[] file, int at, int value, boolean littleEndian) {
    for (int i = 0; i < 4; i++) {
      file[at + i] = (byte) (value >> (littleEndian ? 8 * i : 24 - 8 * i));
    }
  }

  @Test
  void usesTheFirstFrameAndSaysSo() {
    BufferedImage first = Pictures.sample(20, 10);
    BufferedImage second = Pictures.sample(10, 20);
    ReadImage tiff = reader.read(Pictures.encode("tiff", first, second), "x");
    assertThat(tiff.image().rgb()).isEqualTo(Pictures.pixels(first).rgb());
    assertThat(tiff.notices()).singleElement().asString().contains("multi-page", "first frame");

    BufferedImage grey = new BufferedImage(6, 4, BufferedImage.TYPE_BYTE_GRAY);
    grey.getRaster().setSample(2, 1, 0, 200);
    BufferedImage other = new BufferedImage(6, 4, BufferedImage.TYPE_BYTE_GRAY);
    ReadImage gif = reader.read(Pictures.encode("gif", grey, other), "x");
    assertThat(gif.image().rgb()[3 * 8] & 0xff).isEqualTo(200);
    assertThat(gif.notices()).singleElement().asString().contains("animated", "first frame");
  }

  /// ImageIO writes GIF interlaced, and reads it wrongly up to a height of 4.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 23})
  void interlacedGifsOfAnyHeightHaveTheirRowsInOrder(int height) {
    BufferedImage grey = new BufferedImage(1, height, BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 0; y < height; y++) {
      grey.getRaster().setSample(0, y, 0, 100 + y);
    }
    byte[] rgb = reader.read(Pictures.encode("gif", grey), "x").image().rgb();
    for (int y = 0; y < height; y++) {
      assertThat((int) rgb[3 * y]).isEqualTo(100 + y);
    }
  }

  @Test
  void interlacedPngsOfAnySizeComeBackAsTheyWere() {
    for (int width = 1; width <= 9; width++) {
      for (int height = 1; height <= 9; height++) {
        BufferedImage image = Pictures.sample(width, height);
        byte[] png = Pictures.encodeInterlaced("png", image);
        assertThat(png[28]).as("interlace flag").isEqualTo((byte) 1);
        assertThat(reader.read(png, "x").image().rgb()).isEqualTo(Pictures.pixels(image).rgb());
      }
    }
  }

  /// As Pillow shows it: around the frame there is the transparent colour, or the first.
  @Test
  void aGifFrameLiesWhereItBelongsOnItsCanvas() {
    BufferedImage grey = new BufferedImage(6, 4, BufferedImage.TYPE_BYTE_GRAY);
    grey.getRaster().setPixels(0, 0, 6, 4, java.util.stream.IntStream.range(100, 124).toArray());
    byte[] gif = Pictures.encode("gif", grey);
    gif[6] = 10;
    gif[8] = 9;
    int frame = Pictures.find(gif, ",\0\0\0\0\6\0\4\0");
    gif[frame + 1] = 3;
    gif[frame + 3] = 5;
    Image image = reader.read(gif, "x").image();
    assertThat(image.width()).isEqualTo(10);
    assertThat(image.height()).isEqualTo(9);
    for (int y = 0; y < 9; y++) {
      for (int x = 0; x < 10; x++) {
        int expected = x >= 3 && x < 9 && y >= 5 ? 100 + 6 * (y - 5) + x - 3 : 0;
        assertThat(image.rgb()[3 * (10 * y + x)] & 0xff).isEqualTo(expected);
      }
    }
  }

  @Test
  void aChunkThatIsNotThePictureIsNeverLookedAt() {
    BufferedImage image = Pictures.sample(9, 9);
    byte[] png = Pictures.encode("png", image);
    // A broken colour profile and a broken text, with wrong check sums at that.
    byte[] chunks = latin1("\0\0\0\4iCCPabcd....\0\0\0\2zTXtab....");
    byte[] patched = Pictures.splice(png, 33, 33, chunks);
    assertThat(reader.read(patched, "x").image().rgb()).isEqualTo(Pictures.pixels(image).rgb());
  }

  @Test
  void turnsAPngThatCarriesExif() {
    byte[] png = Pictures.encode("png", Pictures.sample(9, 5));
    byte[] exif = latin1("\0\0\0\26eXIfII*\0\10\0\0\0\1\0\22\1\3\0\1\0\0\0\6\0\0\0....");
    byte[] turned = Pictures.splice(png, 33, 33, exif);
    assertThat(reader.read(turned, "x").image().width()).isEqualTo(5);
    ReadOptions stored = ReadOptions.DEFAULT.withUpright(false);
    assertThat(new ImageFileReader(stored).read(turned, "x").image().width()).isEqualTo(9);
  }

  @Test
  void notesWhatFollowsAPngOrAnimatesIt() {
    byte[] png = Pictures.encode("png", Pictures.sample(9, 9));
    assertThat(reader.read(Pictures.concat(png, latin1("tail")), "x").notices())
        .singleElement()
        .asString()
        .contains("4 bytes");
    byte[] animated = Pictures.splice(png, 33, 33, latin1("\0\0\0\0acTL...."));
    assertThat(reader.read(animated, "x").notices())
        .singleElement()
        .asString()
        .contains("animated PNG", "first frame");
  }
}
