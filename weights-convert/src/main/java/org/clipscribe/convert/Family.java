package org.clipscribe.convert;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.clipscribe.nn.BadInputException;
import org.jspecify.annotations.Nullable;

/// A kind of checkpoint, told by its names.
///
/// @param label what it is, for a person
/// @param keys how to read it, null when it cannot be used
/// @param advice what to do instead, for one that cannot be used
record Family(
    String label, @Nullable KeyMap keys, String advice, Predicate<Set<String>> signature) {

  /// What trainers and wrappers put before every name.
  private static final List<String> WRAPPERS = List.of("module.", "_orig_mod.", "model.");

  /// In this order: the first whose signature is met.
  private static final List<Family> ALL =
      List.of(
          known(
              "clip-gpt-captioning",
              KeyMaps.ORIGINAL,
              anyBelow("mp.").and(anyBelow("ie.model.").or(anyBelow("td.model.")))),
          known(
              "clipscribe bundle",
              KeyMaps.BUNDLE,
              anyBelow("clip.vision_model.")
                  .and(anyBelow("mapping."))
                  .or(anyBelow("vit."))
                  .and(anyBelow("gpt2."))),
          other(
              "ClipCap-Chinese (BERT mapping network)",
              "clipscribe captions in English with GPT-2's own vocabulary",
              anyBelow("clip_project.bert.").or(anyBelow("clip_project.").and(anyBelow("gpt2.")))),
          known("ClipCap", KeyMaps.CLIPCAP, anyBelow("clip_project.").and(anyBelow("gpt."))),
          other(
              "ClipCap's mapping network without its decoder",
              "train it with the decoder in one file, or convert the published weights",
              anyBelow("clip_project.")),
          other(
              "CLIP with a ResNet image encoder (RN50 and the like)",
              "use a CLIP with a vision transformer, such as ViT-B/32 or ViT-L/14",
              anyBelow("visual.layer1.")),
          other(
              "BLIP",
              "clipscribe reads CLIP and GPT-2",
              anyBelow("text_decoder.").and(anyBelow("vision_model."))),
          other(
              "a DeiT encoder with a GPT-2 decoder",
              "clipscribe reads ViT encoders, such as nlpconnect/vit-gpt2-image-captioning has one",
              has("encoder.embeddings.distillation_token")),
          known(
              "vision-encoder-decoder (ViT and GPT-2)",
              KeyMaps.VIT_GPT2,
              has("encoder.embeddings.cls_token").and(anyBelow("decoder.transformer.h."))),
          other(
              "a GPT-2 with cross-attention and no ViT encoder to look at",
              "clipscribe reads a ViT and a GPT-2 in one folder, such as"
                  + " nlpconnect/vit-gpt2-image-captioning",
              anyWith(".crossattention.")),
          other(
              "SigLIP",
              "clipscribe reads CLIP's vision transformer, which has a class token",
              anyBelow("vision_model.head.")),
          other(
              "GPT-Neo",
              "clipscribe decodes with GPT-2",
              anyWith(".attn.attention.").and(anyWith("wpe.weight"))),
          known("CLIP (Hugging Face)", KeyMaps.CLIP, has("vision_model.pre_layrnorm.weight")),
          known(
              "CLIP (OpenAI or open_clip)",
              KeyMaps.OPENAI_CLIP,
              has("visual.class_embedding").and(has("visual.conv1.weight"))),
          other(
              "a CLIP text encoder without an image encoder",
              "use the folder of the whole model",
              anyBelow("text_model.")),
          known(
              "GPT-2 (Hugging Face)",
              KeyMaps.GPT2,
              has("wpe.weight").or(has("transformer.wpe.weight"))),
          known(
              "mapping network of clip-gpt-captioning",
              KeyMaps.MAPPING,
              has("mapper.weight").or(has("mp.mapper.weight")).or(has("mapping.mapper.weight"))),
          other(
              "BERT",
              "clipscribe decodes with GPT-2",
              anyWith("embeddings.word_embeddings.weight")),
          other(
              "ViT",
              "clipscribe needs CLIP's vision transformer, or a ViT with its decoder",
              anyWith("embeddings.cls_token")),
          other(
              "a language model of the LLaMA kind",
              "clipscribe decodes with GPT-2",
              anyWith("embed_tokens.weight")));

  /// A family and what stands before all names of a checkpoint of it.
  record Found(Family family, String prefix) {}

  /// Recognises a checkpoint; one of no family is of the family "unknown".
  static Found of(Set<String> names) {
    Set<String> stripped = names;
    String prefix = "";
    while (true) {
      for (Family family : ALL) {
        if (family.signature.test(stripped)) {
          return new Found(family, prefix);
        }
      }
      String wrapper = wrapper(stripped);
      if (wrapper == null) {
        return new Found(unknown(names), "");
      }
      prefix += wrapper;
      stripped =
          stripped.stream()
              .map(name -> name.substring(wrapper.length()))
              .collect(Collectors.toUnmodifiableSet());
    }
  }

  private static Family unknown(Set<String> names) {
    String examples = String.join(", ", names.stream().sorted().limit(3).toList());
    return other(
        "a model that clipscribe does not know",
        "its " + names.size() + " tensors have names like " + examples,
        _ -> true);
  }

  private static @Nullable String wrapper(Set<String> names) {
    return WRAPPERS.stream()
        .filter(wrapper -> !names.isEmpty())
        .filter(wrapper -> names.stream().allMatch(name -> name.startsWith(wrapper)))
        .findFirst()
        .orElse(null);
  }

  /// The table of this family.
  ///
  /// @throws BadInputException when it cannot be used, saying what it is
  KeyMap keysOrRefuse(String origin) {
    if (keys == null) {
      throw new BadInputException(
          origin, "is an unsupported architecture: " + label + "; " + advice);
    }
    return keys;
  }

  private static Family known(String label, KeyMap keys, Predicate<Set<String>> signature) {
    return new Family(label, keys, "", signature);
  }

  private static Family other(String label, String advice, Predicate<Set<String>> signature) {
    return new Family(label, null, advice, signature);
  }

  private static Predicate<Set<String>> has(String name) {
    return names -> names.contains(name);
  }

  private static Predicate<Set<String>> anyBelow(String prefix) {
    return names -> names.stream().anyMatch(name -> name.startsWith(prefix));
  }

  private static Predicate<Set<String>> anyWith(String part) {
    return names -> names.stream().anyMatch(name -> name.contains(part));
  }
}
