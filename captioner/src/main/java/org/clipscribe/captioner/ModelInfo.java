package org.clipscribe.captioner;

/// What captions a picture, for those who keep the caption.
///
/// @param name of the bundle's folder
/// @param size `S` or `L` for the original's two sizes, `custom` for all others
/// @param digest SHA-256 of the weights, in hexadecimal
public record ModelInfo(String name, String size, String digest) {}
