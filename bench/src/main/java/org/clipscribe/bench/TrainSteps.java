package org.clipscribe.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.training.CaptionLoss;
import org.clipscribe.captioner.training.CaptionRule;
import org.clipscribe.captioner.training.CaptioningTask.Networks;
import org.clipscribe.captioner.training.TrainedParts;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.nn.training.AdamW;
import org.clipscribe.nn.training.GlobalNorm;
import org.clipscribe.nn.training.Trainables;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.autograd.Autograd;
import org.clipscribe.tensor.autograd.Leaves;
import org.clipscribe.tensor.autograd.ValueAndGradients;
import org.clipscribe.tensor.spi.Backend;
import org.jspecify.annotations.Nullable;

/// A process that takes a training step for each line of its input, as `torch_training.py` does:
/// `BUNDLE DEVICE THREADS BATCH TOKENS`.
final class TrainSteps {
  private static final int END = 50256;

  private TrainSteps() {}

  public static void main(String[] arguments) throws IOException {
    Locale.setDefault(Locale.ROOT);
    Bundle bundle = Bundle.open(Path.of(arguments[0]));
    int batch = Integer.parseInt(arguments[3]);
    int tokens = Integer.parseInt(arguments[4]);
    try (Backend backend = Backends.open(arguments[1], Integer.parseInt(arguments[2])).backend();
        BufferedReader questions =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      Checkpoint.Loaded<Networks> loaded = load(backend, bundle);
      Networks networks = loaded.model();
      Trainables trained =
          Trainables.of(
              backend,
              loaded.parameters(),
              TrainedParts.ofCaptioner(bundle.config().gpt2())::contains);
      AdamW optimiser = AdamW.of(trained, AdamW.Settings.DEFAULT);
      CaptionLoss loss =
          new CaptionLoss(networks.mapping(), networks.gpt2(), CaptionRule.SANE_B, END);
      int width = bundle.config().mapping().orElseThrow().width();
      Tensor embeddings = Tensor.of(backend, Shape.of(batch, width), embeddings(batch * width));
      int[][] captions = captions(batch, tokens);
      System.out.println(Json.write(Map.of("parameters", trained.elements())));
      int step = 0;
      while (questions.readLine() != null) {
        System.out.println(
            step(
                ++step,
                trained.leaves(),
                optimiser,
                () -> loss.of(embeddings, captions, Dropout.NONE)));
      }
    }
  }

  private static Checkpoint.Loaded<Networks> load(Backend backend, Bundle bundle) {
    Path weights = bundle.directory().resolve(Bundle.WEIGHTS);
    try (SafetensorsFile file = SafetensorsFile.open(weights)) {
      return Checkpoint.of(file, "captioner")
          .strictBelow("mapping", "gpt2")
          .loadNamed(backend, WeightFormat.F32, source -> Networks.of(source, bundle.config()));
    }
  }

  private static String step(int step, Leaves leaves, AdamW optimiser, Supplier<Tensor> loss) {
    long before = System.nanoTime();
    double value;
    long kept;
    try (ValueAndGradients found = Autograd.valueAndGradients(leaves, loss)) {
      value = found.loss();
      kept = found.keptElements();
      GlobalNorm.clip(found.gradients(), 1.3);
      optimiser.step(step, 1e-4, found.gradients());
    }
    Map<String, @Nullable Object> answer = new LinkedHashMap<>();
    answer.put("seconds", (System.nanoTime() - before) * 1e-9);
    answer.put("loss", value);
    answer.put("activationBytes", kept * Float.BYTES);
    answer.put("peakKilobytes", CaptionOnce.peakKilobytes());
    return Json.write(answer);
  }

  private static float[] embeddings(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) Math.sin(0.37 * i + 0.11);
    }
    return values;
  }

  private static int[][] captions(int batch, int tokens) {
    int[][] captions = new int[batch][tokens];
    for (int i = 0; i < batch * tokens; i++) {
      captions[i / tokens][i % tokens] = (int) ((i * 7919L + 13) % END);
    }
    return captions;
  }
}
