package org.clipscribe.scenes.training;

import org.clipscribe.captioner.MappingNetwork;
import org.clipscribe.clip.ClipModel;
import org.clipscribe.gpt2.Gpt2;
import org.clipscribe.nn.LayerNorm;
import org.clipscribe.nn.Linear;
import org.clipscribe.nn.ParameterSource;
import org.clipscribe.tensor.Tensor;

/// All that is trained together: the miniature under the names of a bundle, and heads that only
/// training uses.
///
/// @param patchNorm before the head that names patches
/// @param patchHead from a patch's hidden state to the label of what it shows
/// @param placeHead from a patch's hidden state to which object it belongs to
/// @param sceneHead from the image embedding to the scene's facts, see [SceneFactTargets]
record MiniModel(
    ClipModel clip,
    MappingNetwork mapping,
    Gpt2 gpt2,
    LayerNorm patchNorm,
    Linear patchHead,
    Linear placeHead,
    Linear sceneHead) {

  /// Names below this belong to heads that are not shipped.
  static final String HEADS = "heads";

  static MiniModel of(ParameterSource source, MiniConfig config, SceneFactTargets targets) {
    int width = config.bundle().vision().width();
    ParameterSource heads = source.at(HEADS);
    return new MiniModel(
        ClipModel.of(source.at("clip"), config.clip()),
        MappingNetwork.of(source.at("mapping"), config.bundle().mapping().orElseThrow()),
        Gpt2.of(source.at("gpt2"), config.bundle().gpt2()),
        LayerNorm.of(heads.at("patch_norm"), width, 1e-5f),
        Linear.of(heads.at("patches"), width, targets.patchLabels()),
        Linear.of(heads.at("places"), width, targets.places()),
        Linear.of(heads.at("scene"), width, targets.width()));
  }

  /// What the heads of patches see.
  ///
  /// @param hidden of the vision tower `[B, N + 1, C]`, the class token first
  /// @return `[B, N, C]`
  Tensor patches(Tensor hidden) {
    return patchNorm.forward(hidden.slice(1, 1, hidden.shape().extent(1)));
  }
}
