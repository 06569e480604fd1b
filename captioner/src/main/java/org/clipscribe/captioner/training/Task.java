package org.clipscribe.captioner.training;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.clipscribe.captioner.training.log.TrainingLog;
import org.clipscribe.nn.Parameter;
import org.clipscribe.tensor.spi.Backend;
import org.jspecify.annotations.Nullable;

/// What is to be learned, of what data, by which model. What [Trainer] does is the same for all.
///
/// A task is deterministic: the same questions get the same answers, in another process too.
public interface Task {
  Backend backend();

  /// All parameters of the model under the names of its files.
  List<Parameter> parameters();

  /// Samples of an epoch.
  int samples();

  /// What a person calls samples, in the plural, like `captions`.
  String unit();

  /// Some samples of an epoch, in its order. What is asked of them may depend on the epoch: that is
  /// how training has phases. A parameter on which no loss of a step depends stays as it is.
  ///
  /// @param position samples of the epoch before these
  /// @param count at least one; position and count stay within [#samples()]
  Batch batch(long epoch, int position, int count);

  /// What the model is judged by, always the same and in the same order; empty when there is
  /// nothing to judge by.
  ///
  /// @param count the most samples of a batch
  Stream<Batch> validation(int count);

  /// Puts parameters that have bounds back into them. Called after every update, before anything is
  /// saved.
  default void updated() {}

  /// Says into the log how the model does now: captions of fixed pictures.
  ///
  /// @param step updates so far
  void show(TrainingLog log, long step);

  /// All that decides what this task computes besides the settings of [TrainingPlan]: digests of
  /// the model and of the data, the rule. Whoever resumes must say the same.
  Map<String, @Nullable Object> identity();
}
