package org.clipscribe.nn;

import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.clipscribe.tensor.Tensor;

/// Looks inside a model while it runs: for golden tests and for `inspect`. A cursor like
/// [ParameterSource], so that a stage is named after the place in the model that reports it.
public interface Probe {
  /// Looks at nothing and costs nothing.
  Probe NONE =
      new Probe() {
        @Override
        public Probe at(String name) {
          return this;
        }

        @Override
        public void observe(String name, Supplier<Tensor> value) {}
      };

  /// The probe one level down.
  Probe at(String name);

  default Probe at(int index) {
    return this == NONE ? this : at(Integer.toString(index));
  }

  /// Reports a stage.
  ///
  /// @param value computed only if somebody looks; for stages that a fused operation never has in
  ///     memory
  void observe(String name, Supplier<Tensor> value);

  /// A probe that hands one stage to `sink`, under its full dotted name, and costs nothing else.
  static Probe only(String stage, Consumer<Tensor> sink) {
    return new Probe() {
      @Override
      public Probe at(String name) {
        return stage.startsWith(name + ".") ? only(stage.substring(name.length() + 1), sink) : NONE;
      }

      @Override
      public void observe(String name, Supplier<Tensor> value) {
        if (name.equals(stage)) {
          sink.accept(value.get());
        }
      }
    };
  }

  /// A probe that hands every stage, under its full dotted name, to `sink`.
  static Probe into(BiConsumer<String, Tensor> sink) {
    return new Probe() {
      @Override
      public Probe at(String name) {
        return into((inner, value) -> sink.accept(name + "." + inner, value));
      }

      @Override
      public void observe(String name, Supplier<Tensor> value) {
        sink.accept(name, value.get());
      }
    };
  }
}
