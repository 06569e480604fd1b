package org.clipscribe.report;

/// How pages look.
final class Style {
  /// Colours of lines: Okabe and Ito's, which colour-blind readers can tell apart, lighter in the
  /// dark.
  static final String CSS =
      """
      :root { color-scheme: light dark; --paper: #fcfcfa; --card: #fff; --ink: #1c1e21;
        --quiet: #62676f; --rule: #e3e4e6; --good: #0a7d55; --bad: #b3371f;
        --s1: #0072b2; --s2: #d55e00; --s3: #009e73; --s4: #a4508b; --s5: #b58900; --s6: #56606b; }
      @media (prefers-color-scheme: dark) {
        :root { --paper: #131518; --card: #1b1e22; --ink: #e7e9ec; --quiet: #9aa1ab;
          --rule: #31363d; --good: #4cc38a; --bad: #ff8a6b;
          --s1: #56b4e9; --s2: #f0883e; --s3: #2fc79a; --s4: #d68fc0; --s5: #e6c229; --s6: #a9b3bf; } }
      * { box-sizing: border-box; }
      body { margin: 0; background: var(--paper); color: var(--ink);
        font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
      main { max-width: 1120px; margin: 0 auto; padding: 32px 24px 64px; }
      h1 { font-size: 26px; line-height: 1.2; margin: 0 0 4px; letter-spacing: -.01em; }
      h2 { font-size: 17px; margin: 40px 0 12px; }
      p { margin: 0 0 12px; } .quiet { color: var(--quiet); }
      .tiles { display: flex; flex-wrap: wrap; gap: 12px; margin: 20px 0 0; }
      .tile { background: var(--card); border: 1px solid var(--rule); border-radius: 10px;
        padding: 10px 16px; min-width: 116px; flex: 1 0 auto; }
      .tile b { display: block; font-size: 21px; font-weight: 650; font-variant-numeric: tabular-nums; }
      .tile span { color: var(--quiet); font-size: 13px; }
      .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); gap: 16px; }
      .chart { margin: 0; background: var(--card); border: 1px solid var(--rule); border-radius: 10px;
        padding: 14px 16px 10px; position: relative; }
      .chart figcaption { font-weight: 600; }
      .chart input { position: absolute; opacity: 0; pointer-events: none; }
      .chart label { float: right; font-size: 12px; color: var(--quiet); padding: 2px 9px; cursor: pointer;
        border: 1px solid var(--rule); border-radius: 6px; margin-left: 4px; }
      .chart input:checked + label { color: var(--ink); border-color: var(--quiet); }
      .chart input:focus-visible + label { outline: 2px solid var(--s1); }
      .chart .plot.log, .chart .pick-log:checked ~ .plot.lin { display: none; }
      .chart .pick-log:checked ~ .plot.log { display: block; }
      .legend { list-style: none; padding: 0; margin: 2px 0 4px; display: flex; flex-wrap: wrap; gap: 0 18px;
        color: var(--quiet); font-size: 13px; }
      .legend li::before { content: ""; display: inline-block; width: 16px; height: 3px; border-radius: 2px;
        background: var(--c); margin-right: 7px; vertical-align: middle; }
      .legend b { color: var(--ink); font-variant-numeric: tabular-nums; }
      .s1 { --c: var(--s1); } .s2 { --c: var(--s2); } .s3 { --c: var(--s3); }
      .s4 { --c: var(--s4); } .s5 { --c: var(--s5); } .s6 { --c: var(--s6); }
      svg { display: block; width: 100%; height: auto; }
      svg text { fill: var(--quiet); font-size: 12.5px; font-variant-numeric: tabular-nums; }
      svg .grid { stroke: var(--rule); } svg .axis, svg .tick { stroke: var(--quiet); }
      svg polyline { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
      svg polyline.faint { opacity: .28; stroke-width: 1; }
      svg circle { fill: var(--c); stroke: var(--card); stroke-width: 1; }
      table { border-collapse: collapse; width: 100%; }
      th { text-align: left; font-weight: 500; color: var(--quiet); }
      th, td { padding: 5px 14px 5px 0; border-bottom: 1px solid var(--rule); vertical-align: top;
        overflow-wrap: anywhere; }
      td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
      .facts th { width: 30%; }
      .sheet { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 320px), 1fr)); gap: 16px; }
      .card { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; overflow: hidden;
        margin: 0; display: flex; flex-direction: column; }
      .card img { display: block; width: 100%; aspect-ratio: 4 / 3; object-fit: contain;
        background: color-mix(in srgb, var(--ink) 7%, var(--card)); }
      .quiet + .sheet { margin-top: 24px; }
      .frames .card img { aspect-ratio: auto; max-height: 480px; }
      .card .words { padding: 10px 14px 12px; overflow-wrap: anywhere; }
      .card .name { color: var(--quiet); font-size: 12.5px; }
      .card .now { font-size: 16px; font-weight: 600; line-height: 1.35; }
      .card ol, .card ul { margin: 8px 0 0; padding: 0; list-style: none; font-size: 13.5px; color: var(--quiet); }
      .card li { padding: 2px 0; } .card li i { font-style: normal; font-size: 12px; margin-right: 8px;
        font-variant-numeric: tabular-nums; }
      .card summary { cursor: pointer; font-size: 12.5px; color: var(--quiet); margin-top: 6px; }
      .scores { display: flex; flex-wrap: wrap; gap: 2px 12px; margin-top: 8px; font-size: 12.5px; color: var(--quiet);
        font-variant-numeric: tabular-nums; }
      .scores b { color: var(--ink); }
      .sorts { display: flex; flex-wrap: wrap; gap: 6px; margin: 0 0 14px; }
      .sorts label { font-size: 13px; padding: 3px 11px; border: 1px solid var(--rule); border-radius: 7px;
        color: var(--quiet); cursor: pointer; background: var(--card); }
      @media print { .chart, .card { break-inside: avoid; } }
      """;

  /// How a chart looks that is a file of its own; plain colours, since not every reader of SVG
  /// knows variables.
  static final String CHART_FILE =
      """
      text { font: 12.5px sans-serif; fill: #62676f; }
      .title { font-size: 15px; fill: #1c1e21; } .names { font-weight: 600; }
      .grid { stroke: #e3e4e6; } .axis, .tick { stroke: #62676f; }
      polyline { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
      polyline.faint { opacity: .28; stroke-width: 1; }
      polyline.s1 { stroke: #0072b2; } polyline.s2 { stroke: #d55e00; } polyline.s3 { stroke: #009e73; }
      polyline.s4 { stroke: #a4508b; } polyline.s5 { stroke: #b58900; } polyline.s6 { stroke: #56606b; }
      circle.s1, tspan.s1 { fill: #0072b2; } circle.s2, tspan.s2 { fill: #d55e00; }
      circle.s3, tspan.s3 { fill: #009e73; } circle.s4, tspan.s4 { fill: #a4508b; }
      circle.s5, tspan.s5 { fill: #b58900; } circle.s6, tspan.s6 { fill: #56606b; }
      """;

  private Style() {}
}
