package org.clipscribe.cli;

/// How captions are printed.
enum ResultFormat {
  /// One picture: its captions, a line each. Several: file and tab before them.
  TEXT,
  /// One document: an object for one picture, an array for several.
  JSON,
  /// An object a line.
  JSON_LINES
}
