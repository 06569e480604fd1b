/// Images with captions: sources of them, their embeddings on disk, and the order in which training
/// sees them.
package org.clipscribe.captioner.dataset;
