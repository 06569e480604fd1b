/// The Markdown page and the raw numbers.
@NullMarked
package org.clipscribe.bench.report;

import org.jspecify.annotations.NullMarked;
