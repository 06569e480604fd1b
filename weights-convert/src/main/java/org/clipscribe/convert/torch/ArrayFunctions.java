package org.clipscribe.convert.torch;

import java.util.ArrayList;
import java.util.List;
import org.clipscribe.convert.torch.ArrayValue.Array;
import org.clipscribe.convert.torch.ArrayValue.Bytes;
import org.clipscribe.convert.torch.ArrayValue.Content;
import org.clipscribe.convert.torch.ArrayValue.Dtype;
import org.clipscribe.convert.torch.ArrayValue.Listing;
import org.clipscribe.convert.torch.ArrayValue.Name;
import org.clipscribe.convert.torch.ArrayValue.Other;
import org.clipscribe.convert.torch.ArrayValue.Storage;
import org.clipscribe.convert.torch.ArrayValue.Text;
import org.clipscribe.convert.torch.ArrayValue.Tuple;
import org.clipscribe.convert.torch.ArrayValue.Whole;
import org.clipscribe.nn.DType;

/// What the names in a pickled list of arrays stand for: the few functions of numpy and torch that
/// make arrays, each read from their sources and done here without them.
///
/// @param file the whole pickle, for tensors, which hold a small file of torch's each
/// @param in names the place in errors
record ArrayFunctions(FileSlice file, PickleInput in) {

  /// The meaning of a global.
  ///
  /// @throws org.clipscribe.nn.BadInputException when arrays have no need of it
  Name name(String module, String name) {
    return switch (module + "." + name) {
      case "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct" ->
          Name.RECONSTRUCT;
      case "numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer" -> Name.FROM_BUFFER;
      case "numpy.ndarray" -> Name.NDARRAY;
      case "numpy.dtype" -> Name.DTYPE;
      case "torch._utils._rebuild_tensor_v2" -> Name.REBUILD_TENSOR;
      case "torch.storage._load_from_bytes" -> Name.LOAD_FROM_BYTES;
      case "collections.OrderedDict" -> Name.ORDERED_DICT;
      default ->
          throw in.refuse(
              "names the global %s.%s, which is not allowed: embeddings have no need of it; nothing"
                      .formatted(module, name)
                  + " was run");
    };
  }

  /// What a call makes.
  ArrayValue call(Name name, List<ArrayValue> arguments) {
    return switch (name) {
      case RECONSTRUCT -> new Array(); // empty, to be filled
      case DTYPE -> {
        if (!arguments.isEmpty() && arguments.getFirst() instanceof Text(String code)) {
          yield new Dtype(code);
        }
        throw in.refuse("makes a numpy.dtype of something that is no name of a type");
      }
      case FROM_BUFFER -> {
        if (arguments.size() == 4
            && arguments.get(0) instanceof Bytes bytes
            && arguments.get(1) instanceof Dtype dtype
            && arguments.get(2) instanceof Tuple shape) {
          Array array = new Array();
          array.content = content(shape, dtype, bytes);
          yield array;
        }
        throw in.refuse("makes an array of something else than bytes, a type and a shape");
      }
      case LOAD_FROM_BYTES -> {
        if (arguments.size() == 1 && arguments.getFirst() instanceof Bytes bytes) {
          yield storage(bytes);
        }
        throw in.refuse("loads a storage of something that is not bytes");
      }
      case REBUILD_TENSOR -> tensor(arguments);
      case ORDERED_DICT -> Other.DICT;
      case NDARRAY -> throw in.refuse("calls numpy.ndarray, which no pickle of an array does");
    };
  }

  /// Python's way to fill an object that was made empty.
  void fill(ArrayValue object, ArrayValue state) {
    switch (object) {
      // (3, byte order, ...)
      case Dtype dtype
          when state instanceof Tuple(var items)
              && items.size() >= 2
              && items.get(1) instanceof Text(String order) ->
          dtype.order = order;
      // (1, shape, dtype, whether column-major, data)
      case Array array
          when state instanceof Tuple(var items)
              && items.size() == 5
              && items.get(1) instanceof Tuple shape
              && items.get(2) instanceof Dtype dtype -> {
        if (items.get(4) instanceof Bytes bytes) {
          array.content = content(shape, dtype, bytes);
        } else {
          array.content = new Content(sizes(shape), name(dtype), 0, 0);
        }
      }
      default -> throw in.refuse("sets a state on " + kind(object) + ", which is not allowed");
    }
  }

  private Content content(Tuple shape, Dtype dtype, Bytes bytes) {
    return new Content(sizes(shape), name(dtype), bytes.offset(), bytes.length());
  }

  private static String name(Dtype dtype) {
    return dtype.order + dtype.code;
  }

  private List<Long> sizes(Tuple tuple) {
    List<Long> sizes = new ArrayList<>();
    for (ArrayValue item : tuple.items()) {
      if (!(item instanceof Whole(long size)) || size < 0) {
        throw in.refuse("has a shape of something else than sizes");
      }
      sizes.add(size);
    }
    return sizes;
  }

  /// A file as `torch.save` wrote it before 1.6, which is how single storages are pickled still.
  private Storage storage(Bytes bytes) {
    LegacyStorages saved = LegacyStorages.open(file.slice(bytes.offset(), bytes.length()));
    if (!(saved.top() instanceof PickleValue.Storage storage)) {
      throw in.refuse("holds a tensor without a storage");
    }
    String type =
        switch (storage.dtype()) {
          case F32 -> "<f4";
          case F64 -> "<f8";
          case F16 -> "<f2";
          case DType other -> other.toString();
        };
    try {
      return new Storage(type, saved.data(storage).position(), storage.elements());
    } catch (IllegalArgumentException e) {
      throw in.refuse(String.valueOf(e.getMessage()));
    }
  }

  /// From (storage, offset, sizes, strides, ...), row-major only.
  private Array tensor(List<ArrayValue> arguments) {
    if (arguments.size() < 4
        || !(arguments.get(0) instanceof Storage storage)
        || !(arguments.get(1) instanceof Whole(long offset))
        || !(arguments.get(2) instanceof Tuple sizes)
        || !(arguments.get(3) instanceof Tuple strides)) {
      throw in.refuse("makes a tensor of something else than a storage, sizes and strides");
    }
    List<Long> shape = sizes(sizes);
    List<Long> steps = sizes(strides);
    long elements = 1;
    for (int axis = shape.size() - 1; axis >= 0; axis--) {
      boolean dense = axis < steps.size() && (shape.get(axis) == 1 || steps.get(axis) == elements);
      if (!dense || shape.get(axis) > storage.elements()) {
        throw in.refuse("holds a tensor that is no whole row; save tensor.clone()");
      }
      elements *= Math.max(1, shape.get(axis));
    }
    if (offset < 0 || elements > storage.elements() - offset) {
      throw in.refuse("holds a tensor that reaches behind its storage");
    }
    int width = storage.dtype().endsWith("8") ? 8 : storage.dtype().endsWith("4") ? 4 : 2;
    Array array = new Array();
    array.content =
        new Content(shape, storage.dtype(), storage.offset() + offset * width, elements * width);
    return array;
  }

  /// What an error calls a value.
  String kind(ArrayValue value) {
    return switch (value) {
      case Text _ -> "a string";
      case Whole _ -> "an integer";
      case Other.DICT -> "a dict";
      case Other _ -> "a constant";
      case Bytes _ -> "bytes";
      case Tuple _ -> "a tuple";
      case Listing _ -> "a list";
      case Dtype _ -> "a numpy.dtype";
      case Array _ -> "an array";
      case Storage _ -> "a storage";
      case Name _ -> "a name of Python";
    };
  }
}
