package org.clipscribe.captioner;

import java.io.InputStream;
import java.util.Optional;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/// A model that comes as a jar: the bundle's files are resources beside the class that implements
/// this. Found by [ServiceLoader], so that the captioner does not depend on it and stays small.
public interface EmbeddedModel {
  /// What results call it.
  String NAME = "embedded";

  /// What it knows and what it does not, for who did not ask for it by name: half a sentence, like
  /// `it knows drawings, not photos`.
  String knows();

  /// The sentence in which its text tower expects a label, `{}` in its place.
  String labelTemplate();

  /// Opens a file of the bundle.
  ///
  /// @param file as in [Bundle], like `config.json`
  /// @return null when it has no such file
  @Nullable InputStream open(String file);

  /// The one on the class path or the module path, if there is one.
  static Optional<EmbeddedModel> find() {
    return ServiceLoader.load(EmbeddedModel.class, EmbeddedModel.class.getClassLoader())
        .findFirst();
  }
}
