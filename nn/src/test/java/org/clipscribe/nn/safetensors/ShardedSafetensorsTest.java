package org.clipscribe.nn.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.clipscribe.nn.BadInputException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardedSafetensorsTest {
  @TempDir private Path folder;

  @BeforeEach
  void writeTwoShards() {
    RawFile.write(
        folder.resolve("m-1-of-2.safetensors"),
        "{" + RawFile.bytes("a", 0, 2) + "," + RawFile.bytes("b", 2, 3) + "}",
        (byte) 1,
        (byte) 2,
        (byte) 3);
    RawFile.write(
        folder.resolve("m-2-of-2.safetensors"), "{" + RawFile.bytes("c", 0, 1) + "}", (byte) 4);
  }

  private Path index(String weightMap) throws IOException {
    return Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{\"metadata\":{\"total_size\":4},\"weight_map\":" + weightMap.replace('\'', '"') + "}");
  }

  private void refuses(String weightMap, String... words) throws IOException {
    Path index = index(weightMap);
    assertThatThrownBy(() -> ShardedSafetensors.open(index))
        .isInstanceOf(BadInputException.class)
        .hasMessageContainingAll(words);
  }

  @Test
  void readsEveryTensorFromItsFile() throws IOException {
    Path index =
        index("{'c':'m-2-of-2.safetensors','a':'m-1-of-2.safetensors','b':'m-1-of-2.safetensors'}");
    try (ShardedSafetensors tensors = ShardedSafetensors.open(index)) {
      assertThat(tensors.names()).containsExactly("c", "a", "b");
      assertThat(tensors.longs("a")).containsExactly(1, 2);
      assertThat(tensors.longs("b")).containsExactly(3);
      assertThat(tensors.longs("c")).containsExactly(4);
      assertThat(tensors.info("a")).hasToString("U8 [2]");
      assertThat(tensors.origin()).isEqualTo(index.toString());
      assertThatThrownBy(() -> tensors.info("d")).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'../m-1-of-2.safetensors'",
        "'/etc/m.safetensors'",
        "'x/m-1-of-2.safetensors'",
        "'x\\\\m-1-of-2.safetensors'",
        "'C:m.safetensors'",
        "'..'",
        "'.'",
        "''",
        "'m\\u0000.safetensors'",
        "'m\\u00e4.safetensors'",
        "'model.bin'",
        "1",
        "null",
        "['m-1-of-2.safetensors']",
      })
  void refusesFileNamesThatAreNotPlain(String name) throws IOException {
    refuses("{'a':" + name + "}", "weight_map says tensor \"a\" is in ", "expected the plain name");
  }

  @Test
  void refusesAnIndexThatDisagreesWithTheFiles() throws IOException {
    refuses("{'c':'m-3-of-2.safetensors'}", "m-3-of-2.safetensors: there is no such file");
    refuses("{'z':'m-2-of-2.safetensors'}", "m-2-of-2.safetensors: lacks tensor \"z\"");
    refuses("{'a':'m-1-of-2.safetensors'}", "m-1-of-2.safetensors: holds tensor \"b\"");
    refuses("{'a':'m-1-of-2.safetensors','a':'m-2-of-2.safetensors'}", "Duplicate");
    refuses("[]", "weight_map is an array, expected an object");
  }
}
