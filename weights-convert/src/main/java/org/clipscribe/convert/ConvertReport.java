package org.clipscribe.convert;

import java.nio.file.Path;
import java.util.List;
import org.clipscribe.captioner.BundleConfig;

/// What a conversion made.
///
/// @param bundle the folder
/// @param config as written
/// @param description like `clip-gpt-captioning, size S, 241.7 M parameters`
/// @param parameters numbers in the weights
/// @param weightBytes size of `model.safetensors`
/// @param notes what a user should know, one line each
public record ConvertReport(
    Path bundle,
    BundleConfig config,
    String description,
    long parameters,
    long weightBytes,
    List<String> notes) {
  public ConvertReport {
    notes = List.copyOf(notes);
  }
}
