/// The benchmark: ours and native peers, interleaved in one run.
@NullMarked
package org.clipscribe.bench;

import org.jspecify.annotations.NullMarked;
