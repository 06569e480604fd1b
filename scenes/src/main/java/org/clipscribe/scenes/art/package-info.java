/// Makes art files from npm packages of emoji. Runs when data are made, at no other time: nothing
/// else in the product reads SVG.
package org.clipscribe.scenes.art;
