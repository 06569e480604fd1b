package org.clipscribe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.clipscribe.cli.Inputs.Found;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputsTest {
  @TempDir Path folder;

  @BeforeEach
  void fill() throws IOException {
    Files.createDirectories(folder.resolve("sub/deep"));
    Files.createDirectories(folder.resolve(".hidden"));
    for (String name :
        List.of(
            "b.JPG",
            "a.png",
            "notes.txt",
            ".thumb.jpg",
            "c.webp",
            "jpg",
            "sub/d.jpeg",
            "sub/deep/e.gif",
            ".hidden/f.jpg",
            "odd[1].jpg")) {
      Files.createFile(folder.resolve(name));
    }
  }

  private Found find(boolean recursive, String... arguments) {
    return Inputs.find(List.of(arguments), recursive);
  }

  private List<String> names(Found found) {
    return found.pictures().stream()
        .map(picture -> picture.name().replace(folder + "/", ""))
        .toList();
  }

  @Test
  void takesThePicturesOfAFolderSortedWithoutHiddenAndOtherFiles() {
    Found found = find(false, folder.toString());

    assertThat(names(found)).containsExactly("a.png", "b.JPG", "c.webp", "odd[1].jpg");
    assertThat(found.failures()).isEmpty();
    assertThat(found.single()).isFalse();
  }

  @Test
  void looksIntoFoldersOfFoldersWhenAsked() {
    assertThat(names(find(true, folder.toString())))
        .containsExactly("a.png", "b.JPG", "c.webp", "odd[1].jpg", "sub/d.jpeg", "sub/deep/e.gif");
  }

  @Test
  void remembersWhereBelowTheFolderAPictureLies() {
    assertThat(find(true, folder.toString()).pictures())
        .contains(
            new Input.File(folder.resolve("sub/deep/e.gif"), Path.of("sub/deep")),
            new Input.File(folder.resolve("a.png"), Path.of("")));
  }

  @Test
  void doesNotFollowALinkInCirclesButTakesALinkedPicture() throws IOException {
    Files.createSymbolicLink(folder.resolve("sub/up"), folder);
    Files.createSymbolicLink(folder.resolve("sub/link.png"), folder.resolve("a.png"));

    assertThat(names(find(true, folder.resolve("sub").toString())))
        .containsExactly("sub/d.jpeg", "sub/deep/e.gif", "sub/link.png");
  }

  @Test
  void expandsPatternsThatNoShellExpanded() {
    assertThat(names(find(false, folder + "/*.{png,webp}"))).containsExactly("a.png", "c.webp");
    assertThat(names(find(false, folder + "/**/*.j*"))).containsExactly("sub/d.jpeg");
    assertThat(names(find(false, folder + "/s*/*"))).containsExactly("sub/d.jpeg");
    assertThat(find(false, folder + "/*.png").single()).isFalse();
  }

  @Test
  void takesAFileWhoseNameLooksLikeAPattern() {
    Found found = find(false, folder + "/odd[1].jpg");

    assertThat(names(found)).containsExactly("odd[1].jpg");
    assertThat(found.single()).isTrue();
  }

  @Test
  void takesANamedFileWhateverItsName() {
    assertThat(names(find(false, folder + "/notes.txt", folder + "/.thumb.jpg")))
        .containsExactly("notes.txt", ".thumb.jpg");
  }

  @Test
  void keepsStandardInputInItsPlace() {
    assertThat(names(find(false, folder + "/a.png", "-"))).containsExactly("a.png", "-");
    assertThat(find(false, "-").single()).isTrue();
  }

  @Test
  void reportsEveryArgumentThatLeadsNowhereAndKeepsTheRest() {
    Found found =
        find(
            false,
            folder + "/none.jpg",
            folder + "/*.tiff",
            folder + "/nowhere/*.jpg",
            folder + "/sub/deep/",
            folder.resolve(".hidden").resolve("x") + "",
            "a\0b",
            "[",
            folder + "/a.png");

    assertThat(found.failures().stream().map(Failure::message))
        .containsExactly(
            folder + "/none.jpg: no such file or folder",
            folder + "/*.tiff: no file matches this pattern",
            folder + "/nowhere/*.jpg: no file matches this pattern",
            folder + "/.hidden/x: no such file or folder",
            "a?b: is no file name (Nul character not allowed)",
            "[: no such file, and no pattern either");
    assertThat(names(found)).containsExactly("sub/deep/e.gif", "a.png");
    assertThat(found.failures()).allMatch(failure -> failure.status() == ExitStatus.BAD_INPUT);
  }

  @Test
  void saysWhereElsePicturesMayBeWhenAFolderHasNone() throws IOException {
    Files.createDirectories(folder.resolve("empty"));

    assertThat(find(false, folder + "/empty").failures().getFirst().message())
        .isEqualTo(folder + "/empty: no pictures in this folder; --recursive looks below it too");
    assertThat(find(true, folder + "/empty").failures().getFirst().message())
        .isEqualTo(folder + "/empty: no pictures in this folder or below it");
  }
}
