/// Trains the embedded model, a miniature of the real pipeline, on scenes: first to name what each
/// patch shows, then to caption and to match pictures with texts.
package org.clipscribe.scenes.training;
