/// Pages of one file that need no network and no script: charts, tables, contact sheets.
@org.jspecify.annotations.NullMarked
module org.clipscribe.report {
  requires static transitive org.jspecify;

  exports org.clipscribe.report;
}
