/// Who computes: this project, and the native engines that it is compared with.
@NullMarked
package org.clipscribe.bench.peer;

import org.jspecify.annotations.NullMarked;
