package org.clipscribe.embedded;

import java.io.InputStream;
import org.clipscribe.captioner.EmbeddedModel;
import org.jspecify.annotations.Nullable;

/// The miniature that was trained on scenes of emoji drawings, see `docs/embedded-model.md`. Its
/// files lie beside this class.
public final class SceneModel implements EmbeddedModel {
  /// For [java.util.ServiceLoader].
  public SceneModel() {}

  @Override
  public String knows() {
    return "it knows drawings of some 128 things, not photos";
  }

  @Override
  public String labelTemplate() {
    return "a picture of a {}";
  }

  @Override
  public @Nullable InputStream open(String file) {
    return SceneModel.class.getResourceAsStream(file);
  }
}
