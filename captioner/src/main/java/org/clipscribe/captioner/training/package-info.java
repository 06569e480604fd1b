/// Trains the networks of a captioner, stops anywhere and goes on from there.
package org.clipscribe.captioner.training;
