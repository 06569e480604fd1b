package org.clipscribe.cli;

/// How captions are printed.
enum ResultFormat {
  /// One picture: its caption. Several: file, tab, caption, a line each.
  TEXT,
  /// One document: an object for one picture, an array for several.
  JSON,
  /// An object a line.
  JSON_LINES
}
