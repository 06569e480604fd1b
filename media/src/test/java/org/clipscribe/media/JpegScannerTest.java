package org.clipscribe.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.clipscribe.media.Pictures.latin1;

import java.util.Arrays;
import java.util.zip.CRC32;
import org.clipscribe.nn.BadInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JpegScannerTest {
  private final ImageFileReader reader = new ImageFileReader();

  private byte[] rgb(byte[] file) {
    return reader.read(file, "x.jpg").image().rgb();
  }

  private void assertRefused(byte[] file, String word) {
    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> reader.read(file, "x.jpg"))
        .withMessageStartingWith("x.jpg: ")
        .withMessageContaining(word);
  }

  /// ImageIO alone takes such a picture for RGB and turns it green and pink; libjpeg does not.
  @Test
  void aPictureWithoutAnyApplicationSegmentIsYCbCr() {
    byte[] jpeg = Resources.bytes("preprocess/inputs/s444.jpg");
    int length = 2 + (jpeg[4] << 8 | jpeg[5]);
    assertThat(rgb(Pictures.splice(jpeg, 2, 2 + length, new byte[0]))).isEqualTo(rgb(jpeg));
  }

  @Test
  void anAdobeSegmentOrComponentNamesCanMakeItRgb() {
    byte[] jpeg = Resources.bytes("preprocess/inputs/s444.jpg");
    int length = 2 + (jpeg[4] << 8 | jpeg[5]);
    byte[] adobe = latin1("\u00ff\u00ee\0\u000eAdobe\0d\0\0\0\0\0");
    byte[] byAdobe = Pictures.splice(jpeg, 2, 2 + length, adobe);
    byte[] byName = Pictures.splice(jpeg, 2, 2 + length, new byte[0]);
    int frame = Pictures.find(byName, "\u00ff\u00c0");
    int scan = Pictures.find(byName, "\u00ff\u00da");
    for (int i = 0; i < 3; i++) {
      byName[frame + 10 + 3 * i] = (byte) "RGB".charAt(i);
      byName[scan + 5 + 2 * i] = (byte) "RGB".charAt(i);
    }
    assertThat(rgb(byAdobe)).isEqualTo(rgb(byName)).isNotEqualTo(rgb(jpeg));
    // JFIF overrules Adobe.
    assertThat(rgb(Pictures.splice(jpeg, 2 + length, 2 + length, adobe))).isEqualTo(rgb(jpeg));
  }

  /// The sums are of the RGB bytes that Pillow 9.4.0 makes of the same files.
  @Test
  void fourChannelsAreInksWithAndWithoutYcck() {
    byte[] cmyk = Resources.bytes("preprocess/inputs/cmyk.jpg");
    assertThat(crc(rgb(cmyk))).isEqualTo(0xb921ac81L);
    int adobe = Pictures.find(cmyk, "Adobe");
    byte[] unmarked = Pictures.splice(cmyk, adobe - 4, adobe + 12, new byte[0]);
    assertThat(crc(rgb(unmarked))).isEqualTo(0xb921ac81L);
    byte[] ycck = cmyk.clone();
    ycck[adobe + 11] = 2;
    assertThat(crc(rgb(ycck))).isEqualTo(0x0b6a7b25L);
  }

  private static long crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return crc.getValue();
  }

  @ParameterizedTest
  @CsvSource({
    "195, lossless",
    "201, arithmetic",
    "202, arithmetic",
    "197, hierarchical",
  })
  void namesKindsOfJpegThatCannotBeDecoded(int marker, String name) {
    byte[] jpeg = Resources.bytes("preprocess/inputs/s444.jpg");
    jpeg[Pictures.find(jpeg, "\u00ff\u00c0") + 1] = (byte) marker;
    assertRefused(jpeg, name);
  }

  @Test
  void namesDepthsAndChannelsThatCannotBeDecoded() {
    byte[] jpeg = Resources.bytes("preprocess/inputs/s444.jpg");
    int frame = Pictures.find(jpeg, "\u00ff\u00c0");
    byte[] deep = jpeg.clone();
    deep[frame + 4] = 12;
    assertRefused(deep, "12-bit");
    byte[] two = jpeg.clone();
    two[frame + 9] = 2;
    assertRefused(two, "2-channel");
  }

  /// Each scan is a pass over the whole picture: a small file could keep a decoder busy for hours.
  @Test
  void refusesEndlessScans() {
    byte[] jpeg = Resources.bytes("preprocess/inputs/progressive.jpg");
    int last = jpeg.length;
    do {
      last--;
    } while (jpeg[last] != (byte) 0xff || jpeg[last + 1] != (byte) 0xda);
    byte[] scan = Arrays.copyOfRange(jpeg, last, jpeg.length - 2);
    byte[][] scans = new byte[200][];
    Arrays.fill(scans, scan);
    byte[] slow = Pictures.splice(jpeg, jpeg.length - 2, jpeg.length - 2, Pictures.concat(scans));
    assertRefused(slow, "scans");
  }

  @ParameterizedTest
  @CsvSource({
    "'\u00ff\u00d8\u00ff\u00e0abc', more JPEG pictures",
    "'....ftypmp42', a video",
    "'PK\3\4', 4 bytes",
  })
  void notesWhatFollowsThePicture(String tail, String notice) {
    byte[] jpeg = Resources.bytes("preprocess/inputs/grey.jpg");
    ReadImage read = reader.read(Pictures.concat(jpeg, latin1(tail)), "x.jpg");
    assertThat(read.image().rgb()).isEqualTo(rgb(jpeg));
    assertThat(read.notices()).singleElement().asString().contains(notice);
  }

  @Test
  void padsOfZeroesAreNotWorthANotice() {
    byte[] jpeg = Resources.bytes("preprocess/inputs/grey.jpg");
    assertThat(reader.read(Pictures.concat(jpeg, new byte[100]), "x.jpg").notices()).isEmpty();
  }

  @Test
  void hostileExifIsIgnored() {
    byte[] o6 = Resources.bytes("preprocess/inputs/exif/o6.jpg");
    byte[] stored =
        new ImageFileReader(ReadOptions.DEFAULT.withUpright(false)).read(o6, "x.jpg").image().rgb();
    assertThat(rgb(o6)).isNotEqualTo(stored);
    int exif = Pictures.find(o6, "Exif") + 6;
    byte[] farAway = o6.clone();
    farAway[exif + 4] = 0x7f; // the directory
    byte[] manyEntries = o6.clone();
    manyEntries[exif + 8] = (byte) 0xff;
    byte[] nine = o6.clone();
    nine[exif + 19] = 9;
    byte[] noOrder = o6.clone();
    noOrder[exif] = 'X';
    for (byte[] file : new byte[][] {farAway, manyEntries, nine, noOrder}) {
      assertThat(rgb(file)).isEqualTo(stored);
    }
  }
}
