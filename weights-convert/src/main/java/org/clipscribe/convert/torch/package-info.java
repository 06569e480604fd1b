/// Reads what `torch.save` wrote, without Python and without trusting it: the zip container, the
/// older stacked pickles, and just enough of the pickle language for tensors.
package org.clipscribe.convert.torch;
