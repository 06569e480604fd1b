package org.clipscribe.captioner.training.log;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/// All the files a run writes about itself, in its folder.
public final class RunLogs {
  public static final String CSV = "log.csv";
  public static final String JSON_LINES = "log.jsonl";
  public static final String TENSORBOARD = "tensorboard";
  public static final String REPORT = "report.html";

  private RunLogs() {}

  /// @param folder is there
  /// @param lastStep the step of the checkpoint a run goes on from, -1 for a new run: what files
  ///     say of later steps is taken back
  /// @throws org.clipscribe.nn.BadInputException when one of the files is somebody else's
  public static TrainingLog open(Path folder, long lastStep, Clock clock) {
    Path lines = folder.resolve(JSON_LINES);
    return TrainingLog.all(
        List.of(
            CsvLog.open(folder.resolve(CSV), lastStep),
            JsonLinesLog.open(lines, lastStep), // before the report, which reads it
            TensorBoardLog.open(folder.resolve(TENSORBOARD), lastStep, clock),
            HtmlReport.open(folder.resolve(REPORT), lines, clock)));
  }
}
