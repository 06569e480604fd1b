package org.clipscribe.captioner;

import java.util.List;
import org.clipscribe.gpt2.decoding.Decoding;

/// What captions to write.
///
/// ```java
/// var request =
///     CaptionRequest.of(Decoding.of(SearchStrategy.Beam.of(4), 20).withCandidates(4))
///         .withPrompt("a photo of");
/// List<Caption> captions = captioner.candidates(image, request);
/// ```
///
/// @param decoding how tokens are found, and how many; fewer when the model's positions run out
/// @param prompt what every caption begins with; the model goes on from there
/// @param stops texts that end a caption, besides the model's own end
public record CaptionRequest(Decoding decoding, String prompt, List<String> stops) {
  public CaptionRequest {
    stops = List.copyOf(stops);
  }

  public static CaptionRequest of(Decoding decoding) {
    return new CaptionRequest(decoding, "", List.of());
  }

  public CaptionRequest withPrompt(String beginning) {
    return new CaptionRequest(decoding, beginning, stops);
  }

  public CaptionRequest withStops(List<String> texts) {
    return new CaptionRequest(decoding, prompt, texts);
  }
}
