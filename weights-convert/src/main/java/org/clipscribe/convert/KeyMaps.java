package org.clipscribe.convert;

/// The tables. Left: a name in the file; right: the name in a bundle; then, if it is not the whole
/// tensor, which piece of it.
final class KeyMaps {
  /// `model.pt` of clip-gpt-captioning (`model.py`: image encoder, mapping, text decoder).
  static final KeyMap ORIGINAL =
      KeyMap.of(
          """
          ie.model.*                clip.vision_model.*
          mp.*                      mapping.*
          td.model.transformer.*    gpt2.*
          td.model.lm_head.weight   gpt2.lm_head.weight
          """);

  /// Our own bundles.
  static final KeyMap BUNDLE =
      KeyMap.of(
          """
          clip.*       clip.*
          mapping.*    mapping.*
          vit.*                vit.*
          enc_to_dec_proj.*    enc_to_dec_proj.*
          gpt2.*       gpt2.*
          """);

  /// ClipCap (`ClipCaptionModel` in `train.py`), whose CLIP is elsewhere.
  static final KeyMap CLIPCAP =
      KeyMap.of(
          """
          clip_project.*        mapping.*
          gpt.transformer.*     gpt2.*
          gpt.lm_head.weight    gpt2.lm_head.weight
          """);

  /// Hugging Face `VisionEncoderDecoderModel` of a `ViTModel` and a `GPT2LMHeadModel`. The pooler
  /// is a layer that only the pre-training of ViT needs.
  static final KeyMap VIT_GPT2 =
      KeyMap.of(
          vitLayers("encoder.encoder.layer.{i}", "vit.encoder.layers.{i}")
              + """
          encoder.embeddings.cls_token              vit.embeddings.class_embedding             squeezed
          encoder.embeddings.position_embeddings    vit.embeddings.position_embedding.weight   squeezed
          encoder.embeddings.patch_embeddings.projection.*    vit.embeddings.patch_embedding.*
          encoder.layernorm.*                       vit.post_layernorm.*
          encoder.pooler.*                          -
          enc_to_dec_proj.*                         enc_to_dec_proj.*
          decoder.transformer.*                     gpt2.*
          decoder.lm_head.weight                    gpt2.lm_head.weight
          """);

  /// The mapping network alone, as the original's `Mapping` module or as part of one of our
  /// bundles.
  static final KeyMap MAPPING =
      KeyMap.of(
          """
          mp.*                     mapping.*
          mapping.*                mapping.*
          transformer_encoder.*    mapping.transformer_encoder.*
          mapper.*                 mapping.mapper.*
          """);

  /// Hugging Face `GPT2LMHeadModel` and `GPT2Model`.
  static final KeyMap GPT2 =
      KeyMap.of(
          """
          transformer.*     gpt2.*
          wte.weight        gpt2.wte.weight
          wpe.weight        gpt2.wpe.weight
          h.{i}.*           gpt2.h.{i}.*
          ln_f.*            gpt2.ln_f.*
          lm_head.weight    gpt2.lm_head.weight
          """);

  /// Hugging Face `CLIPModel` and `CLIPVisionModel`, `CLIPVisionModelWithProjection`.
  static final KeyMap CLIP =
      KeyMap.of(
          """
          vision_model.*               clip.vision_model.*
          text_model.*                 clip.text_model.*
          visual_projection.weight     clip.visual_projection.weight
          text_projection.weight       clip.text_projection.weight
          logit_scale                  clip.logit_scale
          """);

  /// OpenAI's CLIP and open_clip. Their class for images is also called `visual`, their blocks
  /// `resblocks`, and their projections are stored `[in, out]`. OpenAI's state dicts repeat some
  /// sizes as tensors.
  static final KeyMap OPENAI_CLIP =
      KeyMap.of(
          blocks("visual.transformer.resblocks.{i}", "clip.vision_model.encoder.layers.{i}")
              + blocks("transformer.resblocks.{i}", "clip.text_model.encoder.layers.{i}")
              + """
          visual.class_embedding         clip.vision_model.embeddings.class_embedding
          visual.positional_embedding    clip.vision_model.embeddings.position_embedding.weight
          visual.conv1.weight            clip.vision_model.embeddings.patch_embedding.weight
          visual.ln_pre.*                clip.vision_model.pre_layrnorm.*
          visual.ln_post.*               clip.vision_model.post_layernorm.*
          visual.proj                    clip.visual_projection.weight    transposed
          token_embedding.weight         clip.text_model.embeddings.token_embedding.weight
          positional_embedding           clip.text_model.embeddings.position_embedding.weight
          ln_final.*                     clip.text_model.final_layer_norm.*
          text_projection                clip.text_projection.weight      transposed
          logit_scale                    clip.logit_scale
          attn_mask                      -
          input_resolution               -
          context_length                 -
          vocab_size                     -
          """);

  private KeyMaps() {}

  private static String vitLayers(String theirs, String ours) {
    return """
    THEIRS.layernorm_before.*             OURS.layer_norm1.*
    THEIRS.attention.attention.query.*    OURS.self_attn.q_proj.*
    THEIRS.attention.attention.key.*      OURS.self_attn.k_proj.*
    THEIRS.attention.attention.value.*    OURS.self_attn.v_proj.*
    THEIRS.attention.output.dense.*       OURS.self_attn.out_proj.*
    THEIRS.layernorm_after.*              OURS.layer_norm2.*
    THEIRS.intermediate.dense.*           OURS.mlp.fc1.*
    THEIRS.output.dense.*                 OURS.mlp.fc2.*
    """
        .replace("THEIRS", theirs)
        .replace("OURS", ours);
  }

  private static String blocks(String theirs, String ours) {
    return """
    THEIRS.ln_1.*                 OURS.layer_norm1.*
    THEIRS.ln_2.*                 OURS.layer_norm2.*
    THEIRS.attn.in_proj_weight    OURS.self_attn.q_proj.weight    1/3
    THEIRS.attn.in_proj_weight    OURS.self_attn.k_proj.weight    2/3
    THEIRS.attn.in_proj_weight    OURS.self_attn.v_proj.weight    3/3
    THEIRS.attn.in_proj_bias      OURS.self_attn.q_proj.bias      1/3
    THEIRS.attn.in_proj_bias      OURS.self_attn.k_proj.bias      2/3
    THEIRS.attn.in_proj_bias      OURS.self_attn.v_proj.bias      3/3
    THEIRS.attn.out_proj.*        OURS.self_attn.out_proj.*
    THEIRS.mlp.c_fc.*             OURS.mlp.fc1.*
    THEIRS.mlp.c_proj.*           OURS.mlp.fc2.*
    """
        .replace("THEIRS", theirs)
        .replace("OURS", ours);
  }
}
