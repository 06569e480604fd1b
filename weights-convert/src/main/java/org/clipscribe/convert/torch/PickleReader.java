package org.clipscribe.convert.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.clipscribe.convert.torch.PickleValue.Constant;
import org.clipscribe.convert.torch.PickleValue.Dict;
import org.clipscribe.convert.torch.PickleValue.Function;
import org.clipscribe.convert.torch.PickleValue.Real;
import org.clipscribe.convert.torch.PickleValue.Sequence;
import org.clipscribe.convert.torch.PickleValue.Storage;
import org.clipscribe.convert.torch.PickleValue.StorageClass;
import org.clipscribe.convert.torch.PickleValue.Symbol;
import org.clipscribe.convert.torch.PickleValue.TensorRef;
import org.clipscribe.convert.torch.PickleValue.Text;
import org.clipscribe.convert.torch.PickleValue.Tuple;
import org.clipscribe.convert.torch.PickleValue.Whole;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.DType;
import org.jspecify.annotations.Nullable;

/// Reads the part of the pickle language that `torch.save` writes state dicts in: an allow-list of
/// 31 opcodes of protocol 2 and of the names that tensors need.
///
/// A pickle is a program, and an ordinary reader runs what it names. This one cannot: a global is
/// looked up in a `switch` and becomes an inert symbol or an error, and `REDUCE` is a `switch` over
/// three of them. The reader is a loop without recursion, and what it builds is counted against a
/// budget, so a hostile file costs bounded time and memory.
///
/// Mirrors `pickletools` of CPython for the opcodes and `torch/_weights_only_unpickler.py` for the
/// idea.
final class PickleReader {
  /// Bytes of heap that the values of a file may take. The trainer file of the large model takes
  /// about 2 MB; a list of a million losses would take 40.
  private static final long BUDGET = 96L << 20;

  /// What an object, a slot of a list, an entry of a map cost on a 64-bit JVM, rounded up.
  private static final int OBJECT = 32;

  private static final int SLOT = 8;
  private static final int ENTRY = 64;

  private final PickleInput in;
  private final List<PickleValue> stack = new ArrayList<>();
  private final Map<Integer, PickleValue> memo = new HashMap<>();
  private final Map<String, Storage> storages;
  private int[] marks = new int[16];
  private int markCount;
  private long spent;

  private PickleReader(PickleInput in, Map<String, Storage> storages) {
    this.in = in;
    this.storages = storages;
  }

  /// What one pickle holds.
  ///
  /// @param top the value itself
  /// @param storages all storages it mentions, by key
  record Result(PickleValue top, Map<String, Storage> storages) {}

  /// Reads one pickle; `in` then stands behind its STOP.
  ///
  /// @throws BadInputException at the first byte that a checkpoint has no need of
  static Result read(PickleInput in) {
    Map<String, Storage> storages = new LinkedHashMap<>();
    return new Result(new PickleReader(in, storages).run(), storages);
  }

  private PickleValue run() {
    if (in.remaining() < 2 || in.u8() != 0x80) {
      throw in.refuse("is not a pickle of protocol 2, which torch.save writes");
    }
    protocol();
    while (true) {
      int opcode = in.u8();
      if (opcode == '.') {
        return last();
      }
      step(opcode);
    }
  }

  private void step(int opcode) {
    switch (opcode) {
      case 0x80 -> protocol();
      case 'c' -> push(global(in.line(), in.line()), 0);
      case 'q' -> remember(in.u8());
      case 'r' -> remember(in.i32());
      case 'h' -> push(recall(in.u8()), 0);
      case 'j' -> push(recall(in.i32()), 0);
      case '(' -> mark();
      case ')' -> push(new Tuple(List.of()), OBJECT);
      case 't' -> tuple(stack.size() - popMark());
      case 0x85 -> tuple(1);
      case 0x86 -> tuple(2);
      case 0x87 -> tuple(3);
      case ']' -> push(new Sequence(), 2 * OBJECT);
      case 'a' -> append(1);
      case 'e' -> append(stack.size() - popMark());
      case '}' -> push(new Dict(), 3 * OBJECT);
      case 's' -> put(2);
      case 'u' -> put(stack.size() - popMark());
      case 'N' -> push(Constant.NONE, 0);
      case 0x88 -> push(Constant.TRUE, 0);
      case 0x89 -> push(Constant.FALSE, 0);
      case 'J' -> push(new Whole(in.i32()), OBJECT);
      case 'K' -> push(new Whole(in.u8()), OBJECT);
      case 'M' -> push(new Whole(in.u16()), OBJECT);
      case 0x8a -> push(new Whole(in.integer(in.u8())), OBJECT);
      case 'G' -> push(new Real(in.f64()), OBJECT);
      case 'X' -> text();
      case 'Q' -> push(storage(pop()), 2 * OBJECT);
      case 'R' -> reduce();
      case 'b' -> build();
      default -> throw forbidden(opcode);
    }
  }

  private void protocol() {
    int protocol = in.u8();
    if (protocol != 2) {
      throw in.refuse(
          "is a pickle of protocol "
              + protocol
              + ", which is not allowed; torch.save writes protocol 2");
    }
  }

  private BadInputException forbidden(int opcode) {
    String name =
        switch (opcode) {
          case 0x81, 0x92 -> "NEWOBJ";
          case 0x93 -> "STACK_GLOBAL";
          case 'i' -> "INST";
          case 'o' -> "OBJ";
          case 0x82, 0x83, 0x84 -> "EXT";
          case 'P' -> "PERSID";
          case 0x8c -> "SHORT_BINUNICODE";
          case 0x94 -> "MEMOIZE";
          case 0x95 -> "FRAME";
          case '0' -> "POP";
          default -> "0x%02x".formatted(opcode);
        };
    String hint =
        switch (opcode) {
          case 0x81, 0x92, 'i', 'o' ->
              ": this is a pickled object, not a state_dict; save model.state_dict() instead";
          default -> ": this is not a state_dict as torch.save writes it";
        };
    return in.refuse("uses opcode " + name + ", which is not allowed" + hint);
  }

  private Symbol global(String module, String name) {
    Symbol symbol =
        switch (module) {
          case "collections" -> name.equals("OrderedDict") ? Function.ORDERED_DICT : null;
          case "torch._utils" ->
              switch (name) {
                case "_rebuild_tensor_v2" -> Function.REBUILD_TENSOR;
                case "_rebuild_parameter" -> Function.REBUILD_PARAMETER;
                default -> null;
              };
          case "torch" -> storageClass(name);
          default -> null;
        };
    if (symbol != null) {
      return symbol;
    }
    boolean model = module.equals("__main__") || module.startsWith("torch.nn.");
    throw in.refuse(
        "names the global %s.%s, which is not allowed%s"
            .formatted(
                module,
                name,
                module.equals("torch") && name.endsWith("Storage")
                    ? ": no storage type that can be read"
                    : model
                        ? ": this is a pickled model object, not a state_dict; save"
                            + " model.state_dict() instead"
                        : ": a state_dict has no need of it; nothing was run"));
  }

  private static @Nullable Symbol storageClass(String name) {
    DType dtype =
        switch (name) {
          case "FloatStorage" -> DType.F32;
          case "HalfStorage" -> DType.F16;
          case "BFloat16Storage" -> DType.BF16;
          case "DoubleStorage" -> DType.F64;
          case "LongStorage" -> DType.I64;
          case "IntStorage" -> DType.I32;
          case "ShortStorage" -> DType.I16;
          case "CharStorage" -> DType.I8;
          case "ByteStorage" -> DType.U8;
          case "BoolStorage" -> DType.BOOL;
          default -> null;
        };
    return dtype == null ? null : new StorageClass(dtype);
  }

  private void reduce() {
    PickleValue arguments = pop();
    PickleValue function = pop();
    if (!(function instanceof Function known && arguments instanceof Tuple tuple)) {
      throw in.refuse("calls " + function.kind() + " with " + arguments.kind());
    }
    List<PickleValue> items = tuple.items;
    switch (known) {
      case ORDERED_DICT -> {
        if (!items.isEmpty()) {
          throw in.refuse("makes an OrderedDict of " + items.size() + " arguments, expected none");
        }
        push(new Dict(), 3 * OBJECT);
      }
      case REBUILD_TENSOR -> push(tensor(items), OBJECT);
      case REBUILD_PARAMETER -> {
        if (items.size() != 3 || !(items.getFirst() instanceof TensorRef data)) {
          throw in.refuse("makes a parameter of something that is not a tensor");
        }
        push(data, 0);
      }
    }
  }

  /// From (storage, offset, sizes, strides, requires_grad, hooks[, metadata]).
  private TensorRef tensor(List<PickleValue> items) {
    if ((items.size() == 6 || items.size() == 7)
        && items.get(0) instanceof Storage storage
        && items.get(1) instanceof Whole(long offset)
        && items.get(2) instanceof Tuple sizes
        && items.get(3) instanceof Tuple strides) {
      return new TensorRef(storage, offset, wholes(sizes), wholes(strides));
    }
    throw in.refuse(
        "makes a tensor of something else than a storage, an offset, sizes and strides");
  }

  private List<Long> wholes(Tuple tuple) {
    List<Long> values = new ArrayList<>(tuple.items.size());
    for (PickleValue item : tuple.items) {
      if (!(item instanceof Whole(long value))) {
        throw in.refuse("has " + item.kind() + " among the sizes or strides of a tensor");
      }
      values.add(value);
    }
    spend((OBJECT + SLOT) * (long) values.size());
    return values;
  }

  /// From the tuple ('storage', type, key, location, elements[, view]).
  private Storage storage(PickleValue id) {
    if (id instanceof Tuple tuple
        && (tuple.items.size() == 5 || tuple.items.size() == 6)
        && tuple.items.get(0) instanceof Text(String tag)
        && tag.equals("storage")
        && tuple.items.get(1) instanceof StorageClass(DType dtype)
        && tuple.items.get(2) instanceof Text(String key)
        && tuple.items.get(4) instanceof Whole(long elements)) {
      if (tuple.items.size() == 6 && tuple.items.get(5) != Constant.NONE) {
        throw in.refuse("holds a view of a storage, as torch wrote it before 0.4; save it again");
      }
      Storage storage = new Storage(dtype, key, elements);
      Storage known = storages.putIfAbsent(key, storage);
      spend(ENTRY);
      return known != null && known.equals(storage) ? known : storage;
    }
    throw in.refuse("has a persistent id that is not a storage");
  }

  /// Python's way to restore attributes of an object. A state dict carries `_metadata` so; nobody
  /// needs it, and it is dropped.
  private void build() {
    pop();
    PickleValue object = top();
    if (!(object instanceof Dict)) {
      throw in.refuse("uses BUILD to set a state on " + object.kind() + ", which is not allowed");
    }
  }

  private void text() {
    long length = Integer.toUnsignedLong(in.i32());
    if (length > in.remaining()) {
      throw in.refuse(
          "is truncated: a string of length " + length + ", " + in.remaining() + " bytes left");
    }
    spend(3 * length); // the bytes, and the string of one or two bytes a character
    push(new Text(in.text((int) length)), 2 * OBJECT);
  }

  private void put(int count) {
    List<PickleValue> items = top(count);
    if (count % 2 != 0 || !(below(count) instanceof Dict dict)) {
      throw in.refuse("puts keys and values into something that is not a dict");
    }
    for (int i = 0; i < count; i += 2) {
      PickleValue key = items.get(i);
      if (!(key instanceof Text || key instanceof Whole || key instanceof Constant)) {
        throw in.refuse("has a dict with " + key.kind() + " as a key");
      }
      if (dict.entries.put(key, items.get(i + 1)) != null) {
        throw in.refuse("has the key " + shown(key) + " twice in one dict");
      }
      spend(ENTRY);
    }
    items.clear();
  }

  private static String shown(PickleValue key) {
    return key instanceof Text(String text) ? text : key.toString();
  }

  private void append(int count) {
    List<PickleValue> items = top(count);
    if (!(below(count) instanceof Sequence list)) {
      throw in.refuse("appends to something that is not a list");
    }
    list.items.addAll(items);
    spend((long) SLOT * count);
    items.clear();
  }

  private void tuple(int count) {
    List<PickleValue> items = top(count);
    Tuple tuple = new Tuple(items);
    items.clear();
    push(tuple, OBJECT + SLOT * count);
  }

  private void remember(int index) {
    memo.put(index, top());
    spend(ENTRY);
  }

  private PickleValue recall(int index) {
    PickleValue value = memo.get(index);
    if (value == null) {
      throw in.refuse("recalls memo " + index + ", which was never filled");
    }
    return value;
  }

  private void mark() {
    if (markCount == marks.length) {
      marks = Arrays.copyOf(marks, 2 * marks.length);
    }
    marks[markCount++] = stack.size();
    spend(SLOT);
  }

  private int popMark() {
    if (markCount == 0) {
      throw in.refuse("has a stack without a mark where it needs one");
    }
    return marks[--markCount];
  }

  /// The lowest place of the stack that may be taken: nothing below an open mark.
  private int floor() {
    return markCount == 0 ? 0 : marks[markCount - 1];
  }

  private void push(PickleValue value, long cost) {
    stack.add(value);
    spend(cost + SLOT);
  }

  private PickleValue top() {
    if (stack.size() <= floor()) {
      throw in.refuse("takes a value from an empty stack");
    }
    return stack.getLast();
  }

  private PickleValue pop() {
    top();
    return stack.removeLast();
  }

  /// The value below the uppermost `count`.
  private PickleValue below(int count) {
    if (count >= stack.size() - floor()) {
      throw in.refuse("takes a container from an empty stack");
    }
    return stack.get(stack.size() - count - 1);
  }

  /// The uppermost `count` values, as a view of the stack.
  private List<PickleValue> top(int count) {
    if (count > stack.size() - floor()) {
      throw in.refuse("takes " + count + " values from a stack that has fewer");
    }
    return stack.subList(stack.size() - count, stack.size());
  }

  private PickleValue last() {
    if (stack.size() != 1 || markCount != 0) {
      throw in.refuse("stops with a stack of " + stack.size() + " values, expected one");
    }
    return stack.getFirst();
  }

  private void spend(long bytes) {
    spent += bytes;
    if (spent > BUDGET) {
      throw in.refuse("is of a length or holds objects that no checkpoint has");
    }
  }
}
