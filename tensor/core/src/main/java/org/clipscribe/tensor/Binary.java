package org.clipscribe.tensor;

/// Functions of two elements, each with its definition in double precision.
public enum Binary {
  ADD {
    @Override
    public double apply(double a, double b) {
      return a + b;
    }
  },
  SUBTRACT {
    @Override
    public double apply(double a, double b) {
      return a - b;
    }
  },
  MULTIPLY {
    @Override
    public double apply(double a, double b) {
      return a * b;
    }
  },
  DIVIDE {
    @Override
    public double apply(double a, double b) {
      return a / b;
    }
  },
  MAXIMUM {
    @Override
    public double apply(double a, double b) {
      return Math.max(a, b);
    }
  },
  /// 1 where `a >= b`, 0 elsewhere and beside NaN: what choices are made of. Its derivative is 0.
  AT_LEAST {
    @Override
    public double apply(double a, double b) {
      return a >= b ? 1 : 0;
    }
  };

  public abstract double apply(double a, double b);
}
