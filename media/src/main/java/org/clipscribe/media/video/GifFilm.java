package org.clipscribe.media.video;

import java.awt.AlphaComposite;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;
import org.clipscribe.captioner.video.VideoInfo;
import org.clipscribe.clip.Image;
import org.clipscribe.nn.BadInputException;
import org.w3c.dom.NodeList;

/// Animated GIFs, frame by frame on their canvas (the GIF89a specification).
final class GifFilm implements PictureFilm.Pictures {
  private static final long NANOS_PER_HUNDREDTH = 10_000_000;

  /// Browsers and ffmpeg show frames that ask for less than 20 ms for 100.
  private static final int LEAST_HUNDREDTHS = 2;

  private static final int USUAL_HUNDREDTHS = 10;
  private static final long MOST_PIXELS = 64_000_000;
  private static final int MOST_FRAMES = 100_000;

  private final Path path;
  private final ImageInputStream in;
  private final ImageReader reader;
  private final List<Frame> frames = new ArrayList<>();
  private final BufferedImage canvas;
  private BufferedImage before;
  private int drawn = -1;

  /// @param place on the canvas
  /// @param hundredths how long it is shown, in hundredths of a second
  /// @param disposal what becomes of it afterwards
  private record Frame(Rectangle place, int hundredths, String disposal) {}

  private GifFilm(Path path) throws IOException {
    this.path = path;
    in = ImageIO.createImageInputStream(path.toFile());
    reader = ImageIO.getImageReadersByFormatName("gif").next();
    reader.setInput(in);
    int width = 1;
    int height = 1;
    for (int i = 0; i < MOST_FRAMES && addFrame(i); i++) {
      Rectangle place = frames.getLast().place();
      width = Math.max(width, place.x + place.width);
      height = Math.max(height, place.y + place.height);
    }
    if (frames.isEmpty()) {
      throw new BadInputException(path, "is a damaged GIF: it has no frame");
    }
    if ((long) width * height > MOST_PIXELS) {
      throw new BadInputException(path, "is too large: %d x %d pixels".formatted(width, height));
    }
    canvas = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    before = canvas;
  }

  /// @throws BadInputException when it is damaged
  static PictureFilm open(Path path) {
    GifFilm gif;
    try {
      gif = new GifFilm(path);
    } catch (IOException e) {
      throw new BadInputException(path.toString(), "is a damaged GIF (" + e + ")", e);
    }
    long[] times = new long[gif.frames.size()];
    long time = 0;
    for (int i = 0; i < times.length; i++) {
      times[i] = time;
      time += gif.frames.get(i).hundredths() * NANOS_PER_HUNDREDTH;
    }
    VideoInfo info =
        new VideoInfo("gif", "gif", gif.canvas.getWidth(), gif.canvas.getHeight(), 0, time);
    return new PictureFilm(info, times, gif, List.of());
  }

  /// @return whether there was one more
  private boolean addFrame(int index) throws IOException {
    IIOMetadataNode root;
    try {
      root =
          (IIOMetadataNode) reader.getImageMetadata(index).getAsTree("javax_imageio_gif_image_1.0");
    } catch (IndexOutOfBoundsException e) {
      return false; // that was the last
    } catch (IOException | RuntimeException e) {
      if (index == 0) {
        throw new IOException(e.toString(), e);
      }
      return false; // it breaks off
    }
    IIOMetadataNode place = child(root, "ImageDescriptor");
    IIOMetadataNode control = child(root, "GraphicControlExtension");
    int hundredths = number(control, "delayTime");
    frames.add(
        new Frame(
            new Rectangle(
                number(place, "imageLeftPosition"),
                number(place, "imageTopPosition"),
                number(place, "imageWidth"),
                number(place, "imageHeight")),
            hundredths < LEAST_HUNDREDTHS ? USUAL_HUNDREDTHS : hundredths,
            control.getAttribute("disposalMethod")));
    return true;
  }

  private static IIOMetadataNode child(IIOMetadataNode root, String name) {
    NodeList nodes = root.getElementsByTagName(name);
    return nodes.getLength() > 0 ? (IIOMetadataNode) nodes.item(0) : new IIOMetadataNode(name);
  }

  private static int number(IIOMetadataNode node, String name) {
    String text = node.getAttribute(name);
    return text.isEmpty() ? 0 : Integer.parseInt(text);
  }

  /// Frames build on each other, so reading backwards starts again.
  @Override
  public Image read(int frame) {
    if (frame < drawn) {
      drawn = -1;
    }
    try {
      while (drawn < frame) {
        if (drawn < 0) {
          clear(new Rectangle(0, 0, canvas.getWidth(), canvas.getHeight()));
        } else {
          dispose(frames.get(drawn));
        }
        drawn++;
        draw(drawn);
      }
    } catch (IOException | RuntimeException e) {
      throw new BadInputException(path.toString(), "is a damaged GIF: frame " + drawn, e);
    }
    return image();
  }

  private void draw(int index) throws IOException {
    Frame frame = frames.get(index);
    if (frame.disposal().equals("restoreToPrevious")) {
      before = new BufferedImage(canvas.getWidth(), canvas.getHeight(), canvas.getType());
      canvas.copyData(before.getRaster());
    }
    Graphics2D graphics = canvas.createGraphics();
    graphics.drawImage(reader.read(index), frame.place().x, frame.place().y, null);
    graphics.dispose();
  }

  private void dispose(Frame frame) {
    switch (frame.disposal()) {
      case "restoreToBackgroundColor" -> clear(frame.place());
      case "restoreToPrevious" -> before.copyData(canvas.getRaster());
      default -> {}
    }
  }

  private void clear(Rectangle place) {
    Graphics2D graphics = canvas.createGraphics();
    graphics.setComposite(AlphaComposite.Clear);
    graphics.fill(place);
    graphics.dispose();
  }

  /// What is transparent is black, as when ffmpeg turns such a film into RGB.
  private Image image() {
    int width = canvas.getWidth();
    int height = canvas.getHeight();
    int[] argb = canvas.getRGB(0, 0, width, height, null, 0, width);
    byte[] rgb = new byte[3 * argb.length];
    for (int i = 0; i < argb.length; i++) {
      boolean opaque = argb[i] < 0;
      rgb[3 * i] = opaque ? (byte) (argb[i] >> 16) : 0;
      rgb[3 * i + 1] = opaque ? (byte) (argb[i] >> 8) : 0;
      rgb[3 * i + 2] = opaque ? (byte) argb[i] : 0;
    }
    return new Image(width, height, rgb);
  }

  @Override
  public void close() {
    reader.dispose();
    try {
      in.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
