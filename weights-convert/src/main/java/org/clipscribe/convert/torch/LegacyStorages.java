package org.clipscribe.convert.torch;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.clipscribe.convert.torch.PickleValue.Constant;
import org.clipscribe.convert.torch.PickleValue.Dict;
import org.clipscribe.convert.torch.PickleValue.Sequence;
import org.clipscribe.convert.torch.PickleValue.Storage;
import org.clipscribe.convert.torch.PickleValue.Text;
import org.clipscribe.convert.torch.PickleValue.Whole;
import org.clipscribe.nn.BadInputException;

/// The container before torch 1.6: five pickles (magic number, protocol version, facts about the
/// machine, the value, the keys of the storages) and behind them, for each key, a count of elements
/// and the elements.
final class LegacyStorages implements TorchStorages {
  /// The first pickle, byte for byte: PROTO 2, LONG1 of 10 bytes 0x1950a86a20f9469cfc6c, STOP.
  private static final byte[] MAGIC = {
    (byte) 0x80,
    2,
    (byte) 0x8a,
    10,
    0x6c,
    (byte) 0xfc,
    (byte) 0x9c,
    0x46,
    (byte) 0xf9,
    0x20,
    0x6a,
    (byte) 0xa8,
    0x50,
    0x19,
    '.'
  };

  private static final long VERSION = 1001;

  private final PickleValue top;
  private final Map<String, StorageData> data;

  private LegacyStorages(PickleValue top, Map<String, StorageData> data) {
    this.top = top;
    this.data = data;
  }

  /// @param start the first bytes of a file
  static boolean startsLikeOne(ByteBuffer start) {
    return start.remaining() >= MAGIC.length
        && start.slice(start.position(), MAGIC.length).equals(ByteBuffer.wrap(MAGIC));
  }

  static LegacyStorages open(FileSlice file) {
    long at = MAGIC.length;
    PickleInput in = part(file, at, "protocol version");
    if (!(PickleReader.read(in).top() instanceof Whole(long version)) || version != VERSION) {
      throw in.refuse("is not " + VERSION + ": a format of torch that is not known");
    }
    at += in.position();
    in = part(file, at, "system information");
    if (!(PickleReader.read(in).top() instanceof Dict system
        && system.entries.get(new Text("little_endian")) == Constant.TRUE)) {
      throw in.refuse("does not say little-endian; big-endian checkpoints cannot be read");
    }
    at += in.position();
    in = part(file, at, "state dict");
    PickleReader.Result saved = PickleReader.read(in);
    at += in.position();
    in = part(file, at, "list of storages");
    PickleValue keys = PickleReader.read(in).top();
    at += in.position();
    if (!(keys instanceof Sequence list)) {
      throw in.refuse("is " + keys.kind() + ", not a list");
    }
    return new LegacyStorages(saved.top(), data(file, at, list, saved.storages()));
  }

  private static PickleInput part(FileSlice file, long at, String what) {
    return new PickleInput(file.slice(at, file.length() - at), what);
  }

  private static Map<String, StorageData> data(
      FileSlice file, long start, Sequence keys, Map<String, Storage> known) {
    Map<String, StorageData> data = new HashMap<>();
    long at = start;
    for (PickleValue item : keys.items) {
      Storage storage = item instanceof Text(String key) ? known.get(key) : null;
      if (storage == null) {
        throw new BadInputException(
            file.file(), "lists a storage at byte " + at + " that no tensor is made of");
      }
      long left = file.length() - at - Long.BYTES;
      long elements = left < 0 ? -1 : file.read(at, Long.BYTES).getLong();
      int width = storage.dtype().bytes();
      if (elements < 0 || elements > left / width) {
        throw new BadInputException(
            file.file(),
            "storage %s at byte %d is truncated: its size is %d x %s, %d bytes are left"
                .formatted(storage.key(), at, elements, storage.dtype(), Math.max(left, 0)));
      }
      at += Long.BYTES;
      if (data.put(storage.key(), StorageData.of(file.slice(at, elements * width))) != null) {
        throw new BadInputException(file.file(), "lists storage " + storage.key() + " twice");
      }
      at += elements * width;
    }
    if (at != file.length()) {
      throw new BadInputException(
          file.file(), (file.length() - at) + " bytes follow the last storage");
    }
    return data;
  }

  @Override
  public PickleValue top() {
    return top;
  }

  @Override
  public StorageData data(Storage storage) {
    StorageData bytes = data.get(storage.key());
    if (bytes == null) {
      throw new IllegalArgumentException(
          "needs storage " + storage.key() + ", which the file does not list");
    }
    return bytes.holding(storage);
  }
}
