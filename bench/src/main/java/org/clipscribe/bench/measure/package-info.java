/// Timing of contenders in turns, and what their samples say.
@NullMarked
package org.clipscribe.bench.measure;

import org.jspecify.annotations.NullMarked;
