/// Decoding: from the scores of a model to texts, as Hugging Face transformers define it. [Decoder]
/// runs a [SearchStrategy]; [LogitProcessor]s change scores on the way.
package org.clipscribe.gpt2.decoding;
