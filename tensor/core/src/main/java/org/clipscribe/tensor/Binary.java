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
  };

  public abstract double apply(double a, double b);
}
