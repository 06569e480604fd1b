package org.clipscribe.clip;

import org.clipscribe.nn.Initialisation;
import org.clipscribe.nn.TensorInfo;

/// What a CLIP starts training from (Radford et al., 2021, section 2.4; their
/// `initialize_parameters`): matrices keep the size of what passes through them, those that add to
/// the residual stream are smaller the more of them there are, and the temperature is 0.07.
///
/// @param config of the model
public record ClipInitialisation(ClipConfig config) implements Initialisation {
  private static final float LOGIT_SCALE = (float) Math.log(1 / 0.07);
  private static final Initialisation OTHERS = Initialisation.normal(0.02f);

  @Override
  public Distribution of(String name, TensorInfo info) {
    if (name.endsWith("logit_scale")) {
      return new Normal(LOGIT_SCALE, 0);
    }
    if (name.endsWith("class_embedding")) {
      return size(info.shape().getFirst());
    }
    if (!name.endsWith(".weight") || info.shape().size() != 2) {
      return OTHERS.of(name, info);
    }
    boolean text = name.contains("text_model.");
    long outputs = info.shape().get(0);
    long inputs = info.shape().get(1);
    int layers = (text ? config.text().encoder() : config.vision().encoder()).layers();
    String part = name.substring(0, name.length() - ".weight".length());
    return switch (part.substring(part.lastIndexOf('.') + 1)) {
      case "q_proj", "k_proj", "v_proj", "visual_projection", "text_projection" -> size(inputs);
      case "fc1" -> size(2 * inputs);
      case "out_proj", "fc2" -> size(2 * layers * outputs);
      case "position_embedding" -> text ? new Normal(0, 0.01f) : size(inputs);
      default -> OTHERS.of(name, info);
    };
  }

  /// A deviation that makes a sum of so many terms as large as each of them.
  private static Distribution size(long terms) {
    return new Normal(0, (float) Math.sqrt(1.0 / terms));
  }
}
