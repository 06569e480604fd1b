package org.clipscribe.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.clipscribe.hub.KnownModel.Origin;
import org.clipscribe.hub.PullRequest.Pin;
import org.junit.jupiter.api.Test;

final class KnownModelsTest {
  private final KnownModels known = KnownModels.read();

  @Test
  void namesEachModelOnceAndDescribesItInALine() {
    assertThat(known.all()).extracting(KnownModel::name).doesNotHaveDuplicates();
    assertThat(known.all())
        .allSatisfy(
            model -> {
              assertThat(ModelStore.isName(model.name())).isTrue();
              assertThat(model.description()).hasSizeBetween(20, 100).doesNotContain("\n");
              assertThat(model.licence()).isNotBlank();
              assertThat(model.clip().stream()).allMatch(clip -> known.find(clip).isPresent());
            });
  }

  @Test
  void findsModelsByNameAndByRepository() {
    assertThat(known.find("gpt2")).isEqualTo(known.find("openai-community/gpt2")).isPresent();
    assertThat(known.find("mozilla/distilvit")).isPresent();
    assertThat(known.find("nobody/nothing")).isEmpty();
  }

  @Test
  void pinsWhatWasPublished() {
    KnownModel gpt2 = known.find("gpt2").orElseThrow();
    Map<RemotePath, Pin> pins = KnownModels.pins(gpt2);

    assertThat(pins).hasSize(4);
    assertThat(pins.get(new RemotePath("model.safetensors")))
        .isEqualTo(
            new Pin(
                548_105_171,
                BlobDigest.sha256(
                    "248dfc3911869ec493c76e65bf2fcf7f615828b0254c12b473182f0f81d3a707")));
    assertThat(gpt2.bytes()).contains(548_105_171L + 1_042_301 + 456_318 + 665);
    assertThat(known.find("distilvit").orElseThrow().bytes()).isEmpty();
  }

  /// A pin is only as good as the revision that it belongs to.
  @Test
  void pinsFilesOfCommitsOnly() {
    assertThat(known.all())
        .filteredOn(model -> !KnownModels.pins(model).isEmpty())
        .allMatch(
            model ->
                model.origin() instanceof Origin.Repository(_, Revision revision)
                    && revision.isCommit());
  }
}
