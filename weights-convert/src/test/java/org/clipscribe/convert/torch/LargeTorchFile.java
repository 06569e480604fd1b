package org.clipscribe.convert.torch;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.clipscribe.nn.NamedTensors;

/// Writes a checkpoint as torch does, of any size, with random numbers that repeat.
public final class LargeTorchFile {
  private static final int BLOCK = 1 << 20;

  private LargeTorchFile() {}

  /// @param layout names and shapes; numbers are not asked for
  public static void write(Path file, NamedTensors layout) throws IOException {
    byte[] block = new byte[BLOCK];
    ByteBuffer floats = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
    Random random = new Random(7);
    while (floats.hasRemaining()) {
      floats.putFloat((float) (0.02 * random.nextGaussian()));
    }
    List<String> names = List.copyOf(layout.names());
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), BLOCK);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setMethod(ZipOutputStream.STORED);
      byte[] pickle = pickle(layout, names);
      entry(zip, "model/data.pkl", pickle, pickle.length);
      for (int i = 0; i < names.size(); i++) {
        entry(zip, "model/data/" + i, block, 4 * layout.info(names.get(i)).elements());
      }
      entry(zip, "model/version", new byte[] {'3', '\n'}, 2);
    }
  }

  private static byte[] pickle(NamedTensors layout, List<String> names) {
    PickleBytes pickle =
        PickleBytes.protocol2().global("collections", "OrderedDict").op(')').op('R');
    for (int i = 0; i < names.size(); i++) {
      List<Long> shape = layout.info(names.get(i)).shape();
      long[] sizes = shape.stream().mapToLong(extent -> extent).toArray();
      long[] strides = new long[sizes.length];
      long elements = 1;
      for (int axis = sizes.length - 1; axis >= 0; axis--) {
        strides[axis] = elements;
        elements *= sizes[axis];
      }
      pickle.text(names.get(i)).tensor(Integer.toString(i), elements, 0, sizes, strides).op('s');
    }
    return pickle.stop();
  }

  private static void entry(ZipOutputStream zip, String name, byte[] block, long size)
      throws IOException {
    CRC32 crc = new CRC32();
    for (long done = 0; done < size; done += block.length) {
      crc.update(block, 0, (int) Math.min(block.length, size - done));
    }
    ZipEntry entry = new ZipEntry(name);
    entry.setSize(size);
    entry.setCompressedSize(size);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    for (long done = 0; done < size; done += block.length) {
      zip.write(block, 0, (int) Math.min(block.length, size - done));
    }
    zip.closeEntry();
  }
}
