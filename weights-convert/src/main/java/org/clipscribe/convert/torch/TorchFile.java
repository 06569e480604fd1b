package org.clipscribe.convert.torch;

import static org.clipscribe.nn.BadInputException.quote;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.clipscribe.convert.torch.PickleValue.TensorRef;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.DType;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.TensorInfo;
import org.jspecify.annotations.Nullable;

/// The state dict in a file that `torch.save` wrote (`.pt`, `.pth`, `.bin`): tensors by name, read
/// from the file as they are asked for.
///
/// Opening reads and checks everything but the numbers. Nothing in the file is executed, imported
/// or looked up, see `PickleReader`. Tensors that torch stored as views (transposed, sliced,
/// expanded, sharing a storage) come out row-major, as `tensor.contiguous()` would give them.
public final class TorchFile implements NamedTensors, AutoCloseable {
  /// Elements converted at a time.
  private static final int BLOCK = 1 << 14;

  /// How torch arranged the file.
  public enum Container {
    /// Since torch 1.6.
    ZIP,
    /// Before torch 1.6: several pickles and the storages behind them.
    LEGACY
  }

  private final FileChannel channel;
  private final String origin;
  private final Container container;
  private final String path;
  private final Map<String, TorchTensor> tensors;

  private TorchFile(
      FileChannel channel,
      String origin,
      Container container,
      String path,
      Map<String, TorchTensor> tensors) {
    this.channel = channel;
    this.origin = origin;
    this.container = container;
    this.path = path;
    this.tensors = Collections.unmodifiableMap(tensors);
  }

  /// Opens a file. It must not change while it is open.
  ///
  /// @throws BadInputException when it cannot be read, is damaged, holds something else than a
  ///     state dict, or asks for anything that a state dict has no need of
  public static TorchFile open(Path file) {
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file);
      TorchFile opened = open(channel, file.toString());
      channel = null;
      return opened;
    } catch (IOException e) {
      throw BadInputException.unreadable(file, e);
    } finally {
      closeQuietly(channel);
    }
  }

  private static TorchFile open(FileChannel channel, String origin) throws IOException {
    FileSlice whole = new FileSlice(channel, origin, 0, channel.size());
    Container container = container(whole);
    TorchStorages storages =
        switch (container) {
          case ZIP -> ZipStorages.open(whole);
          case LEGACY -> LegacyStorages.open(whole);
        };
    StateDict found = StateDict.find(storages.top(), origin);
    Map<String, TorchTensor> tensors = new LinkedHashMap<>();
    found
        .tensors()
        .forEach(
            (name, reference) -> tensors.put(name, checked(origin, name, reference, storages)));
    return new TorchFile(channel, origin, container, found.path(), tensors);
  }

  private static Container container(FileSlice file) {
    if (file.length() == 0) {
      throw new BadInputException(file.file(), "is empty, not a checkpoint");
    }
    ByteBuffer start = file.read(0, (int) Math.min(64, file.length()));
    if (LegacyStorages.startsLikeOne(start)) {
      return Container.LEGACY;
    }
    String text = StandardCharsets.ISO_8859_1.decode(start.duplicate()).toString();
    if (text.startsWith("PK") || ZipArchive.endsLikeOne(file)) {
      return Container.ZIP;
    }
    String lower = text.stripLeading().toLowerCase(Locale.ROOT);
    String cause;
    if (lower.startsWith("version https://git-lfs")) {
      cause = "is a Git LFS pointer, not a checkpoint; run `git lfs pull` where it came from";
    } else if (lower.startsWith("<!doctype") || lower.startsWith("<html")) {
      cause = "is a web page, not a checkpoint; the download went wrong";
    } else if (start.get(0) == (byte) 0x80) {
      cause = "is a plain pickle, not a checkpoint that torch.save wrote";
    } else {
      cause = "is not a torch checkpoint: neither a zip archive nor the format before torch 1.6";
    }
    throw new BadInputException(file.file(), cause);
  }

  private static TorchTensor checked(
      String origin, String name, TensorRef reference, TorchStorages storages) {
    try {
      StorageData data = storages.data(reference.storage());
      StridedView view =
          StridedView.of(
              reference.offset(),
              reference.sizes(),
              reference.strides(),
              reference.storage().elements());
      TensorInfo info = new TensorInfo(reference.storage().dtype(), reference.sizes());
      return new TorchTensor(info, view, data);
    } catch (IllegalArgumentException e) {
      throw new BadInputException(origin, "tensor " + quote(name) + " " + e.getMessage(), e);
    }
  }

  @Override
  public String origin() {
    return origin;
  }

  public Container container() {
    return container;
  }

  /// The key under which a trainer's file holds the state dict, empty when it is the whole file.
  public String path() {
    return path;
  }

  @Override
  public Set<String> names() {
    return tensors.keySet();
  }

  @Override
  public TensorInfo info(String name) {
    return tensor(name).info();
  }

  @Override
  public void readFloats(String name, long first, int count, float[] into) {
    read(name, true, first, count, (dtype, block, at, n) -> dtype.decode(block, into, at, n));
  }

  @Override
  public void readLongs(String name, long first, int count, long[] into) {
    read(name, false, first, count, (dtype, block, at, n) -> dtype.decode(block, into, at, n));
  }

  private interface Decoder {
    void decode(DType dtype, ByteBuffer block, int at, int count);
  }

  private void read(String name, boolean floating, long first, int count, Decoder decoder) {
    TorchTensor tensor = tensor(name);
    DType dtype = tensor.info().dtype();
    if (dtype.isFloating() != floating) {
      throw new BadInputException(
          origin,
          "tensor %s is %s, expected %s"
              .formatted(quote(name), tensor.info(), floating ? "floating point" : "integers"));
    }
    ByteBuffer block = ByteBuffer.allocate(Math.min(BLOCK, count) * dtype.bytes());
    for (int done = 0; done < count; done += BLOCK) {
      int part = Math.min(BLOCK, count - done);
      tensor.read(first + done, block.clear().limit(part * dtype.bytes()));
      decoder.decode(dtype, block.flip(), done, part);
    }
  }

  private TorchTensor tensor(String name) {
    TorchTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(origin + " has no tensor " + name);
    }
    return tensor;
  }

  /// Closes the file; it cannot be read any more.
  @Override
  public void close() {
    closeQuietly(channel);
  }

  private static void closeQuietly(@Nullable FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // Nothing was written, so nothing can be lost.
    }
  }
}
