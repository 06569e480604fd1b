package org.clipscribe.convert;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A table from the names of one family of checkpoints to ours: Hugging Face's names below `clip`
/// and `gpt2`, PyTorch's below `mapping`.
///
/// A row is `THEIRS OURS [PIECE]`. `{i}` stands for the number of a layer, a `*` at the end for the
/// rest of a name. One tensor of theirs can make several of ours; one that is `-` here is known and
/// of no use.
final class KeyMap {
  /// What one of their tensors makes.
  ///
  /// @param name ours
  record Target(String name, Piece piece) {}

  private record Row(Pattern theirs, String ours, Piece piece) {}

  private static final String LAYER = "{i}";
  private static final String NOTHING = "-";

  private final List<Row> rows;

  private KeyMap(List<Row> rows) {
    this.rows = rows;
  }

  /// @param table one row a line; lines without text are skipped
  static KeyMap of(String table) {
    return new KeyMap(table.lines().filter(line -> !line.isBlank()).map(KeyMap::row).toList());
  }

  private static Row row(String line) {
    String[] cells = line.strip().split("\\s+");
    if (cells.length < 2 || cells.length > 3) {
      throw new IllegalArgumentException("key map: " + line);
    }
    boolean open = cells[0].endsWith("*");
    String fixed = open ? cells[0].substring(0, cells[0].length() - 1) : cells[0];
    String regex =
        Pattern.quote(fixed).replace(LAYER, "\\E(?<layer>\\d{1,9})\\Q")
            + (open ? "(?<rest>.+)" : "");
    return new Row(
        Pattern.compile(regex), cells[1], cells.length == 3 ? Piece.of(cells[2]) : Piece.WHOLE);
  }

  /// Whether the table knows a tensor of theirs and has no use for it.
  boolean leavesOut(String theirs) {
    return rows.stream()
        .filter(row -> row.ours.equals(NOTHING))
        .anyMatch(row -> row.theirs.matcher(theirs).matches());
  }

  /// What a tensor of theirs makes; empty when the table does not know it or [#leavesOut] it.
  List<Target> targets(String theirs) {
    List<Target> targets = new ArrayList<>();
    for (Row row : rows) {
      Matcher match = row.theirs.matcher(theirs);
      if (match.matches() && !row.ours.equals(NOTHING)) {
        String ours = row.ours;
        if (ours.contains(LAYER)) {
          ours = ours.replace(LAYER, match.group("layer"));
        }
        if (ours.endsWith("*")) {
          ours = ours.substring(0, ours.length() - 1) + match.group("rest");
        }
        targets.add(new Target(ours, row.piece));
      }
    }
    return targets;
  }
}
