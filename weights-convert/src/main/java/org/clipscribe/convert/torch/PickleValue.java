package org.clipscribe.convert.torch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.clipscribe.nn.DType;

/// What a pickle of `torch.save` can hold. All of it is inert: a name of something in Python is a
/// [Symbol], and nothing here can be called.
///
/// The containers are classes, not records: a pickle can put a list into itself, and nothing may
/// follow such a circle.
sealed interface PickleValue {
  /// What an error calls this.
  String kind();

  enum Constant implements PickleValue {
    NONE,
    TRUE,
    FALSE;

    @Override
    public String kind() {
      return "a constant";
    }
  }

  /// Comparable, as [Text] is, so that a dict full of keys of one hash code stays fast.
  record Whole(long value) implements PickleValue, Comparable<Whole> {
    @Override
    public int compareTo(Whole other) {
      return Long.compare(value, other.value);
    }

    @Override
    public String kind() {
      return "an integer";
    }
  }

  record Real(double value) implements PickleValue {
    @Override
    public String kind() {
      return "a number";
    }
  }

  record Text(String value) implements PickleValue, Comparable<Text> {
    @Override
    public int compareTo(Text other) {
      return value.compareTo(other.value);
    }

    @Override
    public String kind() {
      return "a string";
    }
  }

  final class Tuple implements PickleValue {
    final List<PickleValue> items;

    Tuple(List<PickleValue> items) {
      this.items = List.copyOf(items);
    }

    @Override
    public String kind() {
      return "a tuple";
    }
  }

  final class Sequence implements PickleValue {
    final List<PickleValue> items = new ArrayList<>();

    @Override
    public String kind() {
      return "a list";
    }
  }

  /// A `dict` or `OrderedDict`. Entries are in file order; keys are texts, integers or constants.
  final class Dict implements PickleValue {
    final Map<PickleValue, PickleValue> entries = new LinkedHashMap<>();

    @Override
    public String kind() {
      return "a dict";
    }
  }

  /// A name in Python that a checkpoint may mention.
  sealed interface Symbol extends PickleValue {
    @Override
    default String kind() {
      return "a name of Python";
    }
  }

  /// The functions that a checkpoint may ask for; [PickleReader] knows what each makes.
  enum Function implements Symbol {
    ORDERED_DICT,
    REBUILD_TENSOR,
    REBUILD_PARAMETER
  }

  /// The storage class of an element type, such as `torch.FloatStorage`.
  record StorageClass(DType dtype) implements Symbol {}

  /// Where a tensor's numbers lie.
  ///
  /// @param key names the storage inside the file
  /// @param elements as claimed by the pickle, unchecked
  record Storage(DType dtype, String key, long elements) implements PickleValue {
    @Override
    public String kind() {
      return "a storage";
    }
  }

  /// A view of a storage, as the pickle claims it, unchecked.
  ///
  /// @param offset first element
  /// @param strides distance of neighbours along each axis, in elements
  record TensorRef(Storage storage, long offset, List<Long> sizes, List<Long> strides)
      implements PickleValue {
    @Override
    public String kind() {
      return "a tensor";
    }
  }
}
