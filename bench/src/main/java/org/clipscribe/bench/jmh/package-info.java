/// Kernels one by one under JMH, for whoever works on them: `./build bench jmh`.
@NullMarked
package org.clipscribe.bench.jmh;

import org.jspecify.annotations.NullMarked;
