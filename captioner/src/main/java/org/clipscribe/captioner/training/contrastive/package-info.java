/// Training of CLIP: pictures and texts find each other.
package org.clipscribe.captioner.training.contrastive;
