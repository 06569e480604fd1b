/// Captions of films: which frames are looked at, when each caption is shown, and the files that
/// players read.
package org.clipscribe.captioner.video;
