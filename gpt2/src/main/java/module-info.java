/// GPT-2: tokenizer, decoder with KV cache, decoding.
@org.jspecify.annotations.NullMarked
module org.clipscribe.gpt2 {
  requires static transitive org.jspecify;
  requires transitive org.clipscribe.nn;

  exports org.clipscribe.gpt2;
  exports org.clipscribe.gpt2.decoding;
}
