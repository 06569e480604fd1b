package org.clipscribe.tensor;

/// Functions of one element. Each constant states its formula once, in double precision: the
/// definition that every back-end is tested against.
public enum Unary {
  /// `x`: the activation of a layer that has none.
  IDENTITY {
    @Override
    public double apply(double x) {
      return x;
    }

    @Override
    public double derivative(double x) {
      return 1;
    }
  },
  /// `-x`
  NEGATE {
    @Override
    public double apply(double x) {
      return -x;
    }

    @Override
    public double derivative(double x) {
      return -1;
    }
  },
  /// `e^x`
  EXP {
    @Override
    public double apply(double x) {
      return Math.exp(x);
    }

    @Override
    public double derivative(double x) {
      return Math.exp(x);
    }
  },
  /// Natural logarithm.
  LOG {
    @Override
    public double apply(double x) {
      return Math.log(x);
    }

    @Override
    public double derivative(double x) {
      return 1 / x;
    }
  },
  /// `1 / sqrt(x)`
  RECIPROCAL_SQRT {
    @Override
    public double apply(double x) {
      return 1 / Math.sqrt(x);
    }

    @Override
    public double derivative(double x) {
      return -0.5 / (x * Math.sqrt(x));
    }
  },
  /// `tanh x`
  TANH {
    @Override
    public double apply(double x) {
      return Math.tanh(x);
    }

    @Override
    public double derivative(double x) {
      double y = Math.tanh(x);
      return 1 - y * y;
    }
  },
  /// `max(x, 0)`; NaN stays NaN.
  RELU {
    @Override
    public double apply(double x) {
      return x < 0 ? 0 : x;
    }

    @Override
    public double derivative(double x) {
      return x < 0 ? 0 : x > 0 ? 1 : 0 * x; // 0 at 0, as in PyTorch, and NaN stays NaN
    }
  },
  /// `x / (1 + e^(-1.702 x))`: OpenAI CLIP's activation (`quick_gelu` in Hugging Face).
  QUICK_GELU {
    @Override
    public double apply(double x) {
      return x * logistic(1.702 * x);
    }

    @Override
    public double derivative(double x) {
      double s = logistic(1.702 * x);
      return s + 1.702 * x * s * (1 - s);
    }
  },
  /// `x/2 (1 + erf(x / sqrt 2))`: the exact GELU (`gelu` in Hugging Face).
  GELU {
    @Override
    public double apply(double x) {
      return 0.5 * x * Erf.complement(-x * Math.sqrt(0.5));
    }

    @Override
    public double derivative(double x) {
      double density = Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
      return 0.5 * Erf.complement(-x * Math.sqrt(0.5)) + x * density;
    }
  },
  /// `x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))`: GPT-2's activation (`gelu_new` in Hugging
  /// Face).
  GELU_TANH {
    @Override
    public double apply(double x) {
      // (1 + tanh u) / 2 is the logistic function of 2u, which does not cancel for large negative
      // u.
      return x * logistic(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x));
    }

    @Override
    public double derivative(double x) {
      double scale = 2 * Math.sqrt(2 / Math.PI);
      double s = logistic(scale * (x + 0.044715 * x * x * x));
      return s + x * s * (1 - s) * scale * (1 + 3 * 0.044715 * x * x);
    }
  };

  /// The function, in double precision. NaN gives NaN.
  public abstract double apply(double x);

  /// Its derivative, in double precision. NaN gives NaN.
  public abstract double derivative(double x);

  private static double logistic(double x) {
    // exp of a positive argument would overflow and turn -inf * 0 into NaN further up.
    if (x < 0) {
      double e = Math.exp(x);
      return e / (1 + e);
    }
    return 1 / (1 + Math.exp(-x));
  }
}
