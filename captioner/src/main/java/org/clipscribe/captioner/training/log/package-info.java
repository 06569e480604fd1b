/// What a training run writes down: CSV, JSON lines, TensorBoard events, an HTML report.
package org.clipscribe.captioner.training.log;
