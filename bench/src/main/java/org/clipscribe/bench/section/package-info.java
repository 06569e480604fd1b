/// One class for each part of the page.
@NullMarked
package org.clipscribe.bench.section;

import org.jspecify.annotations.NullMarked;
