/// Training of GPT-2: the next token of a text.
package org.clipscribe.captioner.training.language;
