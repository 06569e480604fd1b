/// How good captions are: BLEU, ROUGE-L, CIDEr-D as the COCO caption evaluation computes them, and
/// CLIPScore.
package org.clipscribe.captioner.evaluation;
