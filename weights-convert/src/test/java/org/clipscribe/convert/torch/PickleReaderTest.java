package org.clipscribe.convert.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PickleReaderTest {
  private static final long[] TWO_BY_THREE = {2, 3};
  private static final long[] ROWS = {3, 1};

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "os, system",
    "posix, system",
    "builtins, eval",
    "__builtin__, set",
    "torch, load",
    "torch, Tensor",
    "torch._utils, _rebuild_tensor",
    "torch._utils, _rebuild_sparse_tensor",
    "torch._utils, _rebuild_tensor_v2.__class__",
    "torch.storage, _load_from_bytes",
    "collections, Counter",
    "collections.abc, OrderedDict",
    "collections, orderedDict",
    "'', ''"
  })
  void refusesEveryOtherGlobalByName(String module, String name) throws IOException {
    byte[] pickle = PickleBytes.protocol2().op('}').text("w").global(module, name).op('s').stop();
    assertThat(refusal(pickle)).contains("global " + module + "." + name, "not allowed");
  }

  @Test
  void tellsThatAModelObjectIsNoStateDict() throws IOException {
    assertThat(refusal(PickleBytes.protocol2().global("torch.nn.modules.linear", "Linear").stop()))
        .contains("pickled model object, not a state_dict", "model.state_dict()");
    assertThat(refusal(PickleBytes.protocol2().global("torch", "ComplexFloatStorage").stop()))
        .contains("torch.ComplexFloatStorage", "no storage type");
  }

  @Test
  void refusesEveryOpcodeOutsideTheList() throws IOException {
    String allowed = "cqrhj(t]ae}suNJKMGXQRb)." + "\u0080\u0085\u0086\u0087\u0088\u0089\u008a";
    int refused = 0;
    for (int opcode = 0; opcode < 256; opcode++) {
      if (allowed.indexOf(opcode) < 0) {
        assertThat(refusal(PickleBytes.protocol2().op('}').op(opcode).stop()))
            .as("0x%02x", opcode)
            .contains("opcode", "not allowed");
        refused++;
      }
    }
    assertThat(refused).isEqualTo(256 - 31);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 4, 5, 255})
  void refusesOtherProtocols(int protocol) throws IOException {
    assertThat(refusal(new PickleBytes().op(0x80, protocol).op('}').stop()))
        .contains("protocol " + protocol);
  }

  @Test
  void refusesPicklesThatEndEarly() throws IOException {
    byte[] whole = PickleBytes.small();
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThat(refusal(cut)).containsAnyOf("truncated", "protocol 2");
    }
  }

  @Test
  void refusesAStackThatDoesNotHoldWhatIsTaken() throws IOException {
    for (String body :
        new String[] {
          "R", "t", "s", "u", "e", "a", "b", "Q", "}s", "(R", "}(s", "}(NNs", "N(u", "](NNa", "N(e",
          "(}(Nu", "q", "}}", "}("
        }) {
      PickleBytes pickle = PickleBytes.protocol2();
      body.chars().forEach(c -> pickle.op(c));
      if (body.equals("q")) {
        pickle.op(0);
      }
      assertThat(refusal(pickle.stop())).as(body).containsAnyOf("stack", "puts", "appends");
    }
    for (int opcode = 0x85; opcode <= 0x87; opcode++) {
      assertThat(refusal(PickleBytes.protocol2().op('(').op(opcode).stop())).contains("stack");
    }
  }

  @Test
  void refusesMemosThatWereNeverFilled() throws IOException {
    assertThat(refusal(PickleBytes.protocol2().op('h', 7).stop())).contains("memo 7");
    assertThat(refusal(PickleBytes.protocol2().op('j').int32(-1).stop())).contains("memo -1");
  }

  @Test
  void refusesCallsAndStatesOfTheWrongThings() throws IOException {
    assertThat(refusal(PickleBytes.protocol2().text("x").op(')').op('R').stop()))
        .contains("calls a string");
    assertThat(refusal(PickleBytes.protocol2().op('}').op(')').op('R').stop()))
        .contains("calls a dict");
    assertThat(
            refusal(PickleBytes.protocol2().global("torch", "IntStorage").op(')').op('R').stop()))
        .contains("calls a name of Python");
    assertThat(
            refusal(
                PickleBytes.protocol2()
                    .global("collections", "OrderedDict")
                    .tuple(1)
                    .op('R')
                    .stop()))
        .contains("OrderedDict of 1 arguments");
    assertThat(refusal(PickleBytes.protocol2().op(']').op('}').op('b').stop()))
        .contains("BUILD to set a state on a list");
    assertThat(refusal(PickleBytes.protocol2().text("x").op('Q').stop()))
        .contains("persistent id that is not a storage");
  }

  @Test
  void refusesKeysThatAreContainersAndKeysThatComeTwice() throws IOException {
    assertThat(refusal(PickleBytes.protocol2().op('}').op('}').op('N').op('s').stop()))
        .contains("a dict as a key");
    assertThat(
            refusal(
                PickleBytes.protocol2()
                    .op('}')
                    .op('(')
                    .text("w")
                    .op('N')
                    .text("w")
                    .op('N')
                    .op('u')
                    .stop()))
        .contains("key w twice");
  }

  @Test
  void refusesStringsLongerThanTheFileAndIntegersLongerThanALong() throws IOException {
    assertThat(refusal(PickleBytes.protocol2().op('X').int32(-1).stop()))
        .contains("length 4294967295");
    assertThat(refusal(PickleBytes.protocol2().op(0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1).stop()))
        .contains("more than 64 bits");
  }

  @Test
  void readsIntegersOfEveryLength() throws IOException {
    PickleBytes pickle = PickleBytes.protocol2().op('}').text("w");
    pickle.global("torch._utils", "_rebuild_tensor_v2").op('(');
    pickle.op('(').text("storage").global("torch", "FloatStorage").text("0").text("cpu");
    pickle.op(0x8a, 1, 6).op('t').op('Q'); // elements, in one byte
    pickle.op(0x8a, 0); // offset: LONG1 of no bytes is zero
    pickle.op('(').op('K', 2).op(0x8a, 10, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0).op('t');
    pickle.op('(').op('M', 3, 0).op('J').int32(1).op('t');
    pickle.op(0x89).op('}').op('t').op('R').op('s');
    try (TorchFile torch = TorchFile.open(file(pickle.stop()))) {
      assertThat(torch.floats("w")).containsExactly(0, 1, 2, 3, 4, 5);
    }
    assertThat(refusal(tensor(-1, new long[] {1}, new long[] {1}))).contains("negative");
  }

  @Test
  @Timeout(20)
  void boundsWhatAHostileFileBuilds() throws IOException {
    int many = 4 << 20;
    assertThat(refusal(PickleBytes.protocol2().times(many, '}').stop())).contains("objects");
    assertThat(refusal(PickleBytes.protocol2().times(4 * many, '(').stop())).contains("objects");
    assertThat(refusal(PickleBytes.protocol2().times(4 * many, 'N').stop())).contains("objects");
    PickleBytes memos = PickleBytes.protocol2().op('N');
    for (int i = 0; i < many; i++) {
      memos.op('r').int32(i);
    }
    assertThat(refusal(memos.stop())).contains("objects");
    PickleBytes dict = PickleBytes.protocol2().op('}').op('(');
    for (int i = 0; i < many; i++) {
      dict.op('J').int32(i).op('N');
    }
    assertThat(refusal(dict.op('u').stop())).contains("objects");
    assertThat(refusal(PickleBytes.protocol2().op(']').times(many, ']', 'a').stop()))
        .contains("objects");
    assertThat(refusal(PickleBytes.protocol2().times(many, 'X', 0, 0, 0, 0).stop()))
        .contains("objects");
    // Strings that double: a memo is a reference, so a tuple of tuples stays small on the heap.
    PickleBytes laughs = PickleBytes.protocol2().text("ha").op('q', 0);
    laughs.times(200, 'h', 0, 'h', 0, 0x86, 'q', 0);
    assertThat(refusal(laughs.stop())).contains("stack of 201");
  }

  @Test
  @Timeout(20)
  void survivesDepthAndCircles() throws IOException {
    PickleBytes deep = PickleBytes.protocol2().times(200_000, ']').times(199_999, 'a');
    assertThat(refusal(deep.stop())).contains("holds a list");
    byte[] circle =
        PickleBytes.protocol2().op('}').op('q', 0).text("self").op('h', 0).op('s').stop();
    assertThat(refusal(circle)).contains("no tensor by name");
  }

  @Test
  @Timeout(20)
  void isNotSlowedDownByKeysOfOneHashCode() throws IOException {
    PickleBytes pickle = PickleBytes.protocol2().op('}').op('(');
    int keys = 1 << 15;
    for (int i = 0; i < keys; i++) {
      StringBuilder key = new StringBuilder();
      for (int bit = 0; bit < 15; bit++) {
        key.append((i >> bit & 1) == 0 ? "Aa" : "BB"); // both have the hash code 2112
      }
      pickle.text(key.toString()).op('N');
    }
    assertThat(refusal(pickle.op('u').stop())).contains("no tensor by name");
  }

  @Test
  void dropsTheStateOfAnOrderedDict() throws IOException {
    PickleBytes pickle = PickleBytes.protocol2().global("collections", "OrderedDict");
    pickle.op(')').op('R').text("w").tensor("0", 6, 0, TWO_BY_THREE, ROWS).op('s');
    pickle.op('}').text("_metadata").op('}').op('s').op('b');
    try (TorchFile torch = TorchFile.open(file(pickle.stop()))) {
      assertThat(torch.names()).containsExactly("w");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 2:3, 3:2", // ends behind the storage
    "1, 2:3, 3:1",
    "0, 2:3, 3", // other count of strides
    "0, -2:3, 3:1",
    "0, 2:3, -3:1",
    "7, 0, 1", // empty, but begins outside
    "0, 4294967296:4294967296:0, 1:1:1", // overflows before the zero
    "0, 2:2, 9223372036854775807:9223372036854775807",
    "9223372036854775807, 2, 9223372036854775807",
    "0, 4294967296, 0", // expanded beyond all reason
  })
  void refusesViewsThatDoNotFitAndNamesTheTensor(String offset, String sizes, String strides)
      throws IOException {
    byte[] pickle = tensor(Long.parseLong(offset), longs(sizes), longs(strides));
    assertThat(refusal(pickle)).contains("tensor \"w\"").containsAnyOf("view", "sizes");
  }

  @Test
  void readsViewsOfEveryKind() throws IOException {
    assertThat(values(5, new long[] {}, new long[] {})).containsExactly(5);
    assertThat(values(6, new long[] {0}, new long[] {1})).isEmpty();
    assertThat(values(0, new long[] {3, 2}, new long[] {1, 3})).containsExactly(0, 3, 1, 4, 2, 5);
    assertThat(values(1, new long[] {3}, new long[] {2})).containsExactly(1, 3, 5);
    assertThat(values(4, new long[] {2, 2}, new long[] {0, 1})).containsExactly(4, 5, 4, 5);
    assertThat(values(0, new long[] {1, 6, 1}, new long[] {99, 1, 7}))
        .containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(values(0, new long[] {3, 1, 2}, new long[] {2, 0, 1}))
        .containsExactly(0, 1, 2, 3, 4, 5);
  }

  private float[] values(long offset, long[] sizes, long[] strides) throws IOException {
    try (TorchFile torch = TorchFile.open(file(tensor(offset, sizes, strides)))) {
      return torch.floats("w");
    }
  }

  private static long[] longs(String list) {
    return Arrays.stream(list.split(":")).mapToLong(Long::parseLong).toArray();
  }

  private static byte[] tensor(long offset, long[] sizes, long[] strides) {
    return PickleBytes.protocol2()
        .op('}')
        .text("w")
        .tensor("0", 6, offset, sizes, strides)
        .op('s')
        .stop();
  }

  private Path file(byte[] pickle) throws IOException {
    return Files.write(directory.resolve("model.pt"), ZipBytes.checkpoint(pickle).toBytes());
  }

  private String refusal(byte[] pickle) throws IOException {
    return TorchFiles.refusal(file(pickle));
  }
}
