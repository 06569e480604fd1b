package org.clipscribe.convert.torch;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.clipscribe.convert.torch.PickleValue.Storage;
import org.clipscribe.nn.BadInputException;

/// The container since torch 1.6: a zip archive of `STEM/data.pkl`, `STEM/data/KEY` for each
/// storage and a few small entries.
final class ZipStorages implements TorchStorages {
  private final ZipArchive archive;
  private final String stem;
  private final PickleValue top;
  private final Map<String, StorageData> opened = new HashMap<>();

  private ZipStorages(ZipArchive archive, String stem, PickleValue top) {
    this.archive = archive;
    this.stem = stem;
    this.top = top;
  }

  static ZipStorages open(FileSlice file) {
    ZipArchive archive = ZipArchive.open(file);
    List<String> pickles =
        archive.names().stream().filter(name -> name.matches("[^/]+/data\\.pkl")).toList();
    if (pickles.size() != 1) {
      throw new BadInputException(
          file.file(), "zip has " + pickles.size() + " entries STEM/data.pkl; torch writes one");
    }
    String pickle = pickles.getFirst();
    String stem = pickle.substring(0, pickle.indexOf('/') + 1);
    if (archive.entry(stem + "constants.pkl") != null) {
      throw new BadInputException(file.file(), ZipArchive.TORCH_SCRIPT);
    }
    ZipArchive.Entry order = archive.entry(stem + "byteorder");
    if (order != null && !text(order).equals("little")) {
      throw new BadInputException(
          file.file(),
          "byte order is " + text(order) + "; only little-endian checkpoints can be read");
    }
    ZipArchive.Entry entry = archive.entry(pickle);
    if (entry == null) {
      throw new IllegalStateException(pickle);
    }
    entry.check();
    PickleInput in = new PickleInput(entry.data(), "data.pkl");
    PickleValue top = PickleReader.read(in).top();
    if (in.remaining() != 0) {
      throw in.refuse("goes on behind STOP, its length is wrong: " + in.remaining() + " bytes");
    }
    return new ZipStorages(archive, stem, top);
  }

  private static String text(ZipArchive.Entry entry) {
    int length = (int) Math.min(20, entry.data().length());
    return StandardCharsets.ISO_8859_1.decode(entry.data().read(0, length)).toString().strip();
  }

  @Override
  public PickleValue top() {
    return top;
  }

  @Override
  public StorageData data(Storage storage) {
    ZipArchive.Entry entry = archive.entry(stem + "data/" + storage.key());
    if (entry == null) {
      throw new IllegalArgumentException(
          "needs storage " + storage.key() + ", for which there is no entry");
    }
    return opened.computeIfAbsent(storage.key(), _ -> StorageData.of(entry)).holding(storage);
  }
}
