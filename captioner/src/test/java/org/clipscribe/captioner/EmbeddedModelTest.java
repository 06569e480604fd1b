package org.clipscribe.captioner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.clipscribe.nn.BadInputException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A bundle whose files are not on disk. The module that ships one is not on the class path here.
class EmbeddedModelTest {
  @TempDir private Path folder;

  /// The files of a folder, as if they were resources.
  private record InMemory(Path folder) implements EmbeddedModel {
    @Override
    public String knows() {
      return "nothing";
    }

    @Override
    public String labelTemplate() {
      return "{}";
    }

    @Override
    public @Nullable InputStream open(String file) {
      try {
        Path path = folder.resolve(file);
        return Files.exists(path) ? new ByteArrayInputStream(Files.readAllBytes(path)) : null;
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void saysWhichModuleIsMissing() {
    assertThat(EmbeddedModel.find()).isEmpty();
    assertThatThrownBy(Captioner::embedded)
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("clipscribe-embedded-model");
  }

  @Test
  void captionsFromMemoryAsFromAFolder() {
    TinyBundle tiny = TinyBundle.write(folder.resolve("bundle"));
    Bundle embedded = Bundle.of(new InMemory(tiny.directory()));
    CaptionerOptions options = CaptionerOptions.defaults();
    try (Captioner fromFolder = Captioner.open(tiny.directory(), options);
        Captioner fromMemory = Captioner.open(embedded, options)) {
      assertThat(fromMemory.caption(TinyBundle.photo(1)))
          .isEqualTo(fromFolder.caption(TinyBundle.photo(1)));
    }
  }

  @Test
  void hasNoFolder() {
    TinyBundle tiny = TinyBundle.write(folder.resolve("bundle"));
    Bundle embedded = Bundle.of(new InMemory(tiny.directory()));
    assertThat(embedded.source().name()).isEqualTo("embedded");
    assertThatThrownBy(embedded::directory)
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("is no folder");
  }

  @Test
  void namesTheFileThatItLacks() throws IOException {
    TinyBundle tiny = TinyBundle.write(folder.resolve("bundle"));
    Files.delete(tiny.directory().resolve(Bundle.MERGES));
    assertThatThrownBy(() -> Bundle.of(new InMemory(tiny.directory())))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("the embedded model")
        .hasMessageContaining("merges.txt");
  }
}
