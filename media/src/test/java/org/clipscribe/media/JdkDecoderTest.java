package org.clipscribe.media;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import javax.imageio.IIOException;
import org.junit.jupiter.api.Test;

class JdkDecoderTest {
  @Test
  void tellsLackOfMemoryFromDamageHoweverDeeplyAReaderWrapsIt() {
    OutOfMemoryError outOfMemory = new OutOfMemoryError("Java heap space");
    IOException wrapped =
        new IIOException("Error reading PNG image data", new RuntimeException(outOfMemory));

    assertThatThrownBy(() -> JdkDecoder.throwIfOutOfMemory(wrapped)).isSameAs(outOfMemory);
    assertThatCode(() -> JdkDecoder.throwIfOutOfMemory(new IIOException("cut")))
        .doesNotThrowAnyException();
  }
}
