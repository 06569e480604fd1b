package org.clipscribe.convert.torch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.clipscribe.convert.torch.ArrayValue.Bytes;
import org.clipscribe.convert.torch.ArrayValue.Listing;
import org.clipscribe.convert.torch.ArrayValue.Other;
import org.clipscribe.convert.torch.ArrayValue.Text;
import org.clipscribe.convert.torch.ArrayValue.Tuple;
import org.clipscribe.convert.torch.ArrayValue.Whole;
import org.jspecify.annotations.Nullable;

/// Reads a list of rows with arrays that `pickle.dump` wrote in protocol 3, 4 or 5. Like
/// [PickleReader], which reads what `torch.save` writes, it knows the opcodes and the names that
/// such a list needs and refuses all others; nothing is executed or looked up.
///
/// Rows are handed on as they are read and arrays stay in the file. What has to be kept is what
/// the file may recall, some hundred bytes a row.
final class ArrayPickleReader {
  /// What an object, a slot of a list cost on a 64-bit JVM, rounded up.
  private static final int OBJECT = 32;

  private static final int SLOT = 8;

  /// Bytes of heap that values may take besides the length of the file.
  private static final long BUDGET = 160L << 20;

  private final PickleInput in;
  private final ArrayFunctions functions;
  private final RowSink rows;
  private final long budget;
  private final List<ArrayValue> stack = new ArrayList<>();
  private final List<@Nullable ArrayValue> memo = new ArrayList<>();
  private int[] marks = new int[16];
  private int markCount;
  private long spent;

  /// Where the items of the list go.
  interface RowSink {
    void accept(ArrayValue row) throws IOException;
  }

  private ArrayPickleReader(FileSlice file, RowSink rows) {
    this.in = new PickleInput(file, "pickle");
    this.functions = new ArrayFunctions(file, in);
    this.rows = rows;
    this.budget = BUDGET + file.length();
  }

  /// @throws org.clipscribe.nn.BadInputException at the first byte that such a list has no need of
  static void read(FileSlice file, RowSink rows) throws IOException {
    new ArrayPickleReader(file, rows).run();
  }

  private void run() throws IOException {
    int first = in.u8();
    int protocol = in.u8();
    if (first != 0x80 || protocol < 3 || protocol > 5) {
      throw in.refuse(
          "is not a pickle of protocol 3, 4 or 5; write it again with pickle.dump(rows, file)");
    }
    for (int opcode = in.u8(); opcode != '.'; opcode = in.u8()) {
      step(opcode);
    }
    if (stack.size() != 1 || !(stack.getFirst() instanceof Listing)) {
      throw in.refuse(
          "holds %s, expected a list of (image name, embedding, caption)"
              .formatted(stack.isEmpty() ? "nothing" : functions.kind(stack.getFirst())));
    }
  }

  private void step(int opcode) throws IOException {
    switch (opcode) {
      case 0x95 -> in.skip(Long.BYTES); // how much to read at once
      case 'c' -> push(functions.name(in.line(), in.line()), 0);
      case 0x93 -> stackGlobal();
      case 0x94 -> remember(memo.size());
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
      case ']' -> push(new Listing(), 2 * OBJECT);
      case 'a' -> append(1);
      case 'e' -> append(stack.size() - popMark());
      case '}' -> push(Other.DICT, 0);
      case 'N' -> push(Other.NONE, 0);
      case 0x88 -> push(Other.TRUE, 0);
      case 0x89 -> push(Other.FALSE, 0);
      case 'J' -> push(new Whole(in.i32()), OBJECT);
      case 'K' -> push(new Whole(in.u8()), OBJECT);
      case 'M' -> push(new Whole(in.u16()), OBJECT);
      case 0x8a -> push(new Whole(in.integer(in.u8())), OBJECT);
      case 'G' -> {
        in.skip(Double.BYTES);
        push(Other.NUMBER, 0);
      }
      case 0x8c -> text(in.u8());
      case 'X' -> text(Integer.toUnsignedLong(in.i32()));
      case 'C' -> bytes(in.u8());
      case 'B' -> bytes(Integer.toUnsignedLong(in.i32()));
      case 0x8e, 0x96 -> bytes(in.integer(Long.BYTES));
      case 'R' -> reduce();
      case 'b' -> build();
      default ->
          throw in.refuse(
              "uses opcode 0x%02x, which is not allowed: this is not a list of embeddings"
                  .formatted(opcode));
    }
  }

  private void stackGlobal() {
    ArrayValue name = pop();
    ArrayValue module = pop();
    if (!(module instanceof Text(String of) && name instanceof Text(String what))) {
      throw in.refuse("names a global by something that is no text");
    }
    push(functions.name(of, what), 0);
  }

  private void reduce() {
    ArrayValue arguments = pop();
    ArrayValue function = pop();
    if (!(function instanceof ArrayValue.Name name && arguments instanceof Tuple(var items))) {
      throw in.refuse("calls " + functions.kind(function));
    }
    push(functions.call(name, items), 2 * OBJECT);
  }

  private void build() {
    ArrayValue state = pop();
    functions.fill(top(), state);
    spend(2 * OBJECT);
  }

  private void text(long length) {
    if (length > in.remaining()) {
      throw in.refuse("is truncated: a string of length " + length);
    }
    spend(3 * length); // the bytes, and the string of one or two bytes a character
    push(new Text(in.text((int) length)), 2 * OBJECT);
  }

  private void bytes(long length) {
    long offset = in.position();
    in.skip(length);
    push(new Bytes(offset, length), OBJECT);
  }

  /// Items of the list at the bottom are rows and leave; other lists keep theirs.
  private void append(int count) throws IOException {
    List<ArrayValue> items = top(count);
    int below = stack.size() - count - 1;
    if (below < floor() || !(stack.get(below) instanceof Listing list)) {
      throw in.refuse("appends to something that is not a list");
    }
    if (below == 0) {
      for (ArrayValue row : items) {
        rows.accept(row);
      }
    } else {
      list.items.addAll(items);
      spend((long) SLOT * count);
    }
    items.clear();
  }

  private void tuple(int count) {
    List<ArrayValue> items = top(count);
    Tuple tuple = new Tuple(items);
    items.clear();
    push(tuple, OBJECT + (long) SLOT * count);
  }

  private void remember(int index) {
    if (index == memo.size()) {
      memo.add(top());
    } else if (index >= 0 && index < memo.size()) {
      memo.set(index, top());
    } else {
      throw in.refuse("remembers value " + index + " after " + memo.size());
    }
    spend(SLOT);
  }

  private ArrayValue recall(int index) {
    ArrayValue value = index < 0 || index >= memo.size() ? null : memo.get(index);
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

  private void push(ArrayValue value, long cost) {
    stack.add(value);
    spend(cost + SLOT);
  }

  private ArrayValue top() {
    if (stack.size() <= floor()) {
      throw in.refuse("takes a value from an empty stack");
    }
    return stack.getLast();
  }

  private ArrayValue pop() {
    top();
    return stack.removeLast();
  }

  /// The uppermost `count` values, as a view of the stack.
  private List<ArrayValue> top(int count) {
    if (count > stack.size() - floor()) {
      throw in.refuse("takes " + count + " values from a stack that has fewer");
    }
    return stack.subList(stack.size() - count, stack.size());
  }

  private void spend(long bytes) {
    spent += bytes;
    if (spent > budget) {
      throw in.refuse("holds more objects than a list of embeddings has");
    }
  }
}
