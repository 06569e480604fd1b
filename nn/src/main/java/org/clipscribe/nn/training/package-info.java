/// What changes parameters: optimisers, learning rates, and checkpoints to go on from.
package org.clipscribe.nn.training;
