package org.clipscribe.captioner;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.clipscribe.clip.EncoderConfig;
import org.clipscribe.clip.Image;
import org.clipscribe.clip.VisionConfig;
import org.clipscribe.gpt2.decoding.Decoder;
import org.clipscribe.gpt2.decoding.Decoding;
import org.clipscribe.gpt2.decoding.Ending;
import org.clipscribe.gpt2.decoding.Generated;
import org.clipscribe.gpt2.decoding.TokenListener;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.Initialisation;
import org.clipscribe.nn.Probe;
import org.clipscribe.nn.SeededTensors;
import org.clipscribe.nn.json.Json;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Many pictures together, against each of them alone.
class BatchTest {
  /// Awkward on purpose: head widths that are no vector, layers whose inputs take two blocks of the
  /// kernels, and a vocabulary that ends within a panel.
  private static final BundleConfig CONFIG =
      BundleConfig.of(
          Json.parseObject(
              """
              {
                "clip": {"hidden_size": 36, "intermediate_size": 1100, "num_hidden_layers": 2,
                  "num_attention_heads": 3, "image_size": 48, "patch_size": 16},
                "mapping": {"ep_len": 4, "num_layers": 1, "n_heads": 3, "forward_expansion": 4,
                  "embed_size": 36},
                "gpt2": {"n_embd": 36, "n_layer": 2, "n_head": 3, "n_inner": 1100,
                  "n_positions": 24, "vocab_size": 97},
                "max_len": 12
              }
              """
                  .getBytes(StandardCharsets.UTF_8),
              "test"));

  private static final int MOST = 17;
  private static final int END = 73;

  @TempDir static Path temp;
  private static TinyBundle tiny;

  @BeforeAll
  static void convertTheGoldenModel() {
    tiny = TinyBundle.write(temp);
  }

  @ParameterizedTest
  @CsvSource({"reference, ORIGINAL", "reference, CLEAN", "cpu, ORIGINAL", "cpu, CLEAN"})
  void captionsTheGoldenPhotosTogether(String device, PositionRule rule) {
    List<Image> photos = IntStream.range(0, 3).mapToObj(TinyBundle::photo).toList();
    try (Captioner captioner = tiny.open(device, rule)) {
      List<Caption> captions = captioner.captions(photos);
      // One of them ends after 5 tokens, the others at the limit.
      assertThat(captions.stream().map(caption -> caption.tokens().size()))
          .containsExactlyInAnyOrder(5, 20, 20);
      for (int photo = 0; photo < 3; photo++) {
        List<Integer> golden = TinyBundle.tokens(TinyBundle.expected(photo, rule));
        assertThat(captions.get(photo).tokens()).isEqualTo(golden);
        assertThat(captions.get(photo)).isEqualTo(captioner.caption(photos.get(photo)));
      }
    }
  }

  @Test
  void captionsAnyNumberOfPictures() {
    try (Captioner captioner = tiny.open("cpu", PositionRule.ORIGINAL)) {
      assertThat(captioner.captions(List.of())).isEmpty();
      List<Image> images = new ArrayList<>();
      for (int i = 0; i < 2 * Captioner.BATCH + 1; i++) {
        images.add(i % 4 == 3 ? TinyBundle.photo(1) : noise(i));
      }
      List<Caption> alone = images.stream().map(captioner::caption).toList();
      assertThat(alone.stream().distinct().count()).as("different captions").isGreaterThan(3);
      assertThat(captioner.captions(images)).isEqualTo(alone);
      assertThat(captioner.captionPrepared(images.stream().map(captioner::prepare).toList()))
          .isEqualTo(alone);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void readsPicturesInPartsAsAllAtOnce(boolean states) {
    try (Backend backend = Backends.open("cpu", 2).backend()) {
      CaptionModel model = model(backend, WeightFormat.F32);
      ImageReader reader =
          states ? new ImageReader.StateReader(model.reader().vision(), null) : model.reader();
      int each = 3 * 48 * 48;
      Random random = new Random(1);
      float[] all = new float[120 * each];
      for (int i = 0; i < all.length; i++) {
        all[i] = (float) random.nextGaussian();
      }
      List<float[]> pictures =
          IntStream.range(0, 120)
              .mapToObj(i -> Arrays.copyOfRange(all, i * each, (i + 1) * each))
              .toList();
      List<Tensor> parts = PixelBatches.of(backend, CONFIG.vision(), pictures).toList();
      // Of ten rows each.
      assertThat(parts.stream().map(part -> part.shape().extent(0))).containsExactly(52, 52, 16);
      ImageContext joined =
          parts.stream()
              .map(part -> reader.read(part, Probe.NONE))
              .reduce(ImageContext::and)
              .orElseThrow();
      Tensor once = Tensor.of(backend, Shape.of(120, 3, 48, 48), all);
      assertThat(elements(joined)).isEqualTo(elements(reader.read(once, Probe.NONE)));
    }
  }

  private static float[] elements(ImageContext context) {
    return switch (context) {
      case ImageContext.Prefix prefix -> prefix.rows().toArray();
      case ImageContext.States states -> states.states().toArray();
    };
  }

  @Test
  void takesTwoPicturesOfManyPatchesAtATimeAndOneOfMore() {
    EncoderConfig encoder = CONFIG.vision().encoder();
    VisionConfig.Kind kind = VisionConfig.Kind.CLIP;
    try (Backend backend = Backends.open("cpu", 1).backend()) {
      assertThat(sizes(backend, new VisionConfig(kind, encoder, 16, 1))).containsExactly(2, 2, 1);
      assertThat(sizes(backend, new VisionConfig(kind, encoder, 24, 1)))
          .containsExactly(1, 1, 1, 1, 1);
    }
  }

  private static List<Integer> sizes(Backend backend, VisionConfig config) {
    float[] picture = new float[3 * config.imageSize() * config.imageSize()];
    return PixelBatches.of(backend, config, Collections.nCopies(5, picture))
        .map(part -> part.shape().extent(0))
        .toList();
  }

  private static Image noise(int seed) {
    byte[] rgb = new byte[3 * 30 * 20];
    new Random(seed).nextBytes(rgb);
    return new Image(30, 20, rgb);
  }

  /// What was decoded, and every logit behind it.
  private record Run(List<Generated> decoded, List<List<float[]>> logits) {}

  private static Run run(Backend backend, CaptionModel model, PositionRule rule, int... pictures) {
    int side = CONFIG.vision().imageSize();
    int each = 3 * side * side;
    float[] pixels = new float[pictures.length * each];
    for (int i = 0; i < pixels.length; i += each) {
      Random random = new Random(pictures[i / each]);
      // Pictures differ in colour and contrast, or a random model says the same about all of them.
      double mean = random.nextGaussian();
      for (int j = 0; j < each; j++) {
        pixels[i + j] = (float) (mean + random.nextGaussian() * 2);
      }
    }
    Tensor batch = Tensor.of(backend, Shape.of(pictures.length, 3, side, side), pixels);
    Map<String, Tensor> steps = new HashMap<>();
    ImageContext context = model.reader().read(batch, Probe.NONE);
    CaptionForm form = CaptionForm.of(CONFIG.maxLength(), rule);
    CaptionLanes lanes =
        new CaptionLanes(
            backend,
            model.gpt2(),
            rule,
            Beginning.of(backend, model.gpt2(), context, form, END),
            new int[0],
            CONFIG.maxLength(),
            Probe.into(steps::put));
    List<Generated> decoded =
        new Decoder(Decoding.greedy(CONFIG.maxLength()), Ending.at(END), TokenListener.NONE)
            .decode(Arrays.stream(pictures).mapToObj(_ -> new int[0]).toList(), lanes).stream()
                .map(List::getFirst)
                .toList();
    List<List<float[]>> logits = new ArrayList<>();
    for (int i = 0; i < pictures.length; i++) {
      logits.add(new ArrayList<>());
    }
    for (int step = 0; step < steps.size(); step++) {
      Tensor rows = Objects.requireNonNull(steps.get(step + ".logits"));
      int row = 0;
      for (int i = 0; i < pictures.length; i++) {
        if (step < decoded.get(i).tokens().size()) {
          logits.get(i).add(rows.leading(row, ++row).toArray());
        }
      }
      assertThat(row).as("captions that have not ended").isEqualTo(rows.shape().extent(0));
    }
    return new Run(decoded, logits);
  }

  private static CaptionModel model(Backend backend, WeightFormat format) {
    // Large enough that the pictures make a difference.
    Initialisation wide = Initialisation.normal(0.3f);
    SeededTensors seeded =
        SeededTensors.of(backend, 7, wide, _ -> true, source -> CaptionModel.of(source, CONFIG));
    return Checkpoint.of(seeded, "test")
        .load(backend, format, source -> CaptionModel.of(source, CONFIG));
  }

  /// On our own back-ends a row is computed the same way whatever is beside it and whoever computes
  /// it, so this compares bits.
  private static void assertSame(Run actual, int at, Run alone) {
    assertThat(actual.decoded().get(at)).isEqualTo(alone.decoded().getFirst());
    List<float[]> expected = alone.logits().getFirst();
    for (int step = 0; step < expected.size(); step++) {
      assertThat(actual.logits().get(at).get(step)).isEqualTo(expected.get(step));
    }
  }

  @ParameterizedTest
  @EnumSource
  void givesTheSameLogitsInAnyCompany(PositionRule rule) {
    int[] counts = IntStream.rangeClosed(1, MOST).toArray();
    for (String device : new String[] {"reference", "cpu"}) {
      assertSameInBatches(
          alone(device, WeightFormat.F32, rule), device, 2, WeightFormat.F32, rule, counts);
    }
  }

  /// On one side and the other of what the kernels take at a time, which is 5 rows.
  @ParameterizedTest
  @EnumSource
  void givesTheSameLogitsInEveryFormatOnAnyNumberOfThreads(WeightFormat format) {
    PositionRule rule = PositionRule.ORIGINAL;
    List<Run> alone = alone("cpu", format, rule);
    assertSameInBatches(alone, "cpu", 1, format, rule, 5, 16);
    assertSameInBatches(alone, "cpu", 3, format, rule, 4, 6);
  }

  /// Each picture by itself, on one thread.
  private static List<Run> alone(String device, WeightFormat format, PositionRule rule) {
    try (Backend backend = Backends.open(device, 1).backend()) {
      CaptionModel model = model(backend, format);
      List<Run> alone =
          IntStream.range(0, MOST).mapToObj(i -> run(backend, model, rule, i)).toList();
      Set<Integer> lengths = new LinkedHashSet<>();
      alone.forEach(run -> lengths.add(run.decoded().getFirst().tokens().size()));
      assertThat(lengths).as("steps at which captions end").contains(1, 12).hasSizeGreaterThan(4);
      return alone;
    }
  }

  private static void assertSameInBatches(
      List<Run> alone,
      String device,
      int threads,
      WeightFormat format,
      PositionRule rule,
      int... counts) {
    try (Backend backend = Backends.open(device, threads).backend()) {
      CaptionModel model = model(backend, format);
      for (int count : counts) {
        int[] pictures =
            IntStream.iterate(count % MOST, i -> (i + 5) % MOST).limit(count).toArray();
        Run together = run(backend, model, rule, pictures);
        for (int i = 0; i < count; i++) {
          assertSame(together, i, alone.get(pictures[i]));
        }
      }
    }
  }
}
