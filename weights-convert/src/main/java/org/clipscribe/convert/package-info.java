/// Foreign checkpoints into bundles: [Converter] makes one, [Doctor] says what a file is.
///
/// A checkpoint is opened ([WeightFiles]), recognised by its names ([Family]), renamed by a table
/// ([KeyMap]), measured ([Part]), put together with others ([Assembly]) and written.
package org.clipscribe.convert;
