// The page's styles. The colours of series can be told apart by people who do not see all colours,
// and have a contrast of at least 4.5 to 1 with the cards of both schemes.
#include "report/sections.hpp"

namespace simulator::report {

const std::string_view styles = R"css(:root {
  color-scheme: light dark;
  --page: #f4f6f8; --card: #ffffff; --text: #14181d; --muted: #56616d; --line: #dde3e9;
  --axis: #8592a0; --accent: #1b5bb0; --good: #12703f; --bad: #b3261e; --warn: #8a5200;
  --warn-soft: #fcf1dc; --shade: #eef1f4;
  --s0: #1b5bb0; --s1: #b84300; --s2: #0b7a5c; --s3: #8a3a9c; --s4: #7d6000; --s5: #4d5966;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #0e1216; --card: #161b21; --text: #e8ecf0; --muted: #9ba7b4; --line: #2a323b;
    --axis: #66727f; --accent: #85b8ff; --good: #62d29a; --bad: #ff9a90; --warn: #efbd63;
    --warn-soft: #35280f; --shade: #1c232b;
    --s0: #85b8ff; --s1: #ff9e61; --s2: #4fd1a5; --s3: #d7a2ee; --s4: #e3c34f; --s5: #b4bec8;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--text); overflow-wrap: break-word;
  font: 0.9375rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans",
    sans-serif;
  font-variant-numeric: tabular-nums;
}
h1, h2, h3, p, dl, dd, figure, pre { margin: 0; padding: 0; }
h1 { font-size: 1.75rem; line-height: 1.2; letter-spacing: -0.015em; }
h2 { font-size: 1.1875rem; line-height: 1.35; margin: 2rem 0 0.7rem; letter-spacing: -0.01em; }
h3 { font-size: 1rem; line-height: 1.4; font-weight: 650; text-wrap: balance; }
code { font: 0.8125em ui-monospace, "DejaVu Sans Mono", monospace; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
.top {
  display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.1rem 1.2rem;
  padding: 0.6rem max(1rem, calc((100vw - 70rem) / 2 + 1rem));
  background: var(--card); border-bottom: 1px solid var(--line); font-size: 0.8125rem;
  color: var(--muted);
}
.brand { color: var(--text); font-weight: 650; font-size: 0.9375rem; }
main { max-width: 70rem; margin: 0 auto; padding: 1.25rem 1rem 2.5rem; }
.card {
  min-width: 0; padding: 1rem 1.1rem 1.1rem; background: var(--card);
  border: 1px solid var(--line); border-radius: 12px;
}
.intro { margin-bottom: 1rem; }
.intro h2 {
  margin: 0.9rem 0 0.1rem; font-size: 0.8125rem; text-transform: uppercase;
  letter-spacing: 0.06em; color: var(--muted); font-weight: 650;
}
.question { margin-top: 0.35rem; font-size: 1.0625rem; color: var(--muted); }
.answer { font-size: 1.125rem; line-height: 1.5; max-width: 62rem; }
.what { margin-top: 0.55rem; color: var(--muted); font-size: 0.875rem; max-width: 62rem; }
.what strong { font-weight: 600; }
.notice {
  margin-top: 0.9rem; padding: 0.6rem 0.9rem; border-radius: 8px; background: var(--warn-soft);
  color: var(--warn); border: 1px solid currentcolor;
}
.charts { display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr); }
@media (min-width: 62rem) {
  .charts { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
  .charts > .large { grid-column: 1 / -1; }
}
figcaption { margin-bottom: 0.8rem; }
figcaption p, .card > p { color: var(--muted); font-size: 0.875rem; max-width: 62rem; }
.card > p { margin-bottom: 0.6rem; }
.card > h3 { margin-top: 1rem; }

.chart { display: none; width: 100%; height: auto; overflow: visible; }
.charts .at-medium { max-width: 40rem; }
.at-narrow { max-width: 30rem; margin: 0 auto; }
@media screen and (min-width: 62rem) { .at-wide { display: block; } }
@media screen and (min-width: 42rem) and (max-width: 61.99rem) { .at-medium { display: block; } }
@media screen and (max-width: 41.99rem) { .at-narrow { display: block; } }
.chart text { font-size: 13px; fill: var(--muted); }
.chart .axis-title { fill: var(--text); }
.chart .row-label { fill: var(--text); }
.chart .row-value { fill: var(--text); }
.chart .heading, .chart .panel-title { fill: var(--text); font-weight: 600; }
.chart .label { font-weight: 600; fill: var(--c); }
.grid { stroke: var(--line); }
.axis { stroke: var(--axis); }
.zero { stroke: var(--axis); stroke-width: 1.5; }
.event { stroke: var(--text); stroke-dasharray: 4 3; }
.warm-up { fill: var(--shade); }
.s0 { --c: var(--s0); } .s1 { --c: var(--s1); } .s2 { --c: var(--s2); }
.s3 { --c: var(--s3); } .s4 { --c: var(--s4); } .s5 { --c: var(--s5); }
.line { fill: none; stroke: var(--c); stroke-width: 2.2; stroke-linejoin: round; }
.line.s1 { stroke-dasharray: 8 4; } .line.s2 { stroke-dasharray: 2 3.5; }
.line.s3 { stroke-dasharray: 10 3 2 3; } .line.s4 { stroke-dasharray: 5 3; }
.line.s5 { stroke-dasharray: 14 4; }
.line.thin { stroke-width: 1.5; }
.band { fill: var(--c); opacity: 0.13; }
.whisker { fill: none; stroke: var(--c); stroke-width: 1.5; }
.marker { fill: var(--c); stroke: var(--card); stroke-width: 1; }
.seed { stroke: var(--c); opacity: 0.45; }

details { margin-top: 0.7rem; font-size: 0.875rem; }
summary { cursor: pointer; color: var(--muted); width: fit-content; }
summary:hover { color: var(--text); }
.scroll { overflow: auto; margin-top: 0.4rem; }
details .scroll { max-height: 40rem; }
table { width: 100%; border-collapse: collapse; font-size: 0.875rem; }
caption { text-align: left; color: var(--muted); font-size: 0.8125rem; padding-bottom: 0.25rem; }
th { text-align: left; font-weight: 550; padding: 0.4rem 0.6rem; vertical-align: top; }
thead th {
  color: var(--muted); font-size: 0.8125rem; border-bottom: 1px solid var(--line);
  vertical-align: bottom; position: sticky; top: 0; background: var(--card);
}
td { padding: 0.4rem 0.6rem; vertical-align: top; }
tbody th, tbody td { border-bottom: 1px solid var(--line); }
tbody tr:last-child > * { border-bottom: 0; }
th:first-child { padding-left: 0.25rem; max-width: 16rem; min-width: 7rem; }
.number { text-align: right; white-space: nowrap; }
thead .number { white-space: normal; min-width: 5.5rem; }
.unit { display: block; color: var(--muted); font-weight: 400; font-size: 0.8125rem; }
dt .unit { display: inline; }
.change { display: block; font-size: 0.8125rem; color: var(--muted); }
.unclear { color: var(--muted); }
.good { color: var(--good); }
.bad { color: var(--bad); }
strong { font-weight: 600; }
.sign { font-weight: 400; font-size: 0.75rem; }
tr.baseline > * { background: var(--page); }
.words { display: grid; gap: 0.7rem 1.6rem; grid-template-columns: minmax(0, 1fr); }
@media (min-width: 48rem) { .words { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); } }
.words dt { font-weight: 600; }
.words dd { color: var(--muted); font-size: 0.875rem; }
.facts {
  display: grid; gap: 0.6rem 1rem; margin-top: 0.9rem;
  grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr));
}
.facts dt { color: var(--muted); font-size: 0.8125rem; }
.facts dd { font-weight: 550; }
pre {
  overflow: auto; max-height: 30rem; margin-top: 0.4rem; padding: 0.7rem 0.9rem;
  background: var(--page); border: 1px solid var(--line); border-radius: 8px;
  font-size: 0.875rem;
}
@media print {
  body { background: #ffffff; font-size: 10pt; }
  main { max-width: none; padding: 0; }
  .top { padding: 0.3rem 0; border: 0; }
  .at-medium { display: block; }
  .charts { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 0.6rem; }
  .charts > .large { grid-column: 1 / -1; }
  .card { border-color: #cccccc; border-radius: 0; padding: 0.6rem; }
  figure, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .scroll, details .scroll, pre { max-height: none; overflow: visible; }
  thead th { position: static; }
}
@media (forced-colors: active) {
  .line, .whisker { stroke: CanvasText; }
  .marker { fill: CanvasText; }
  .band { opacity: 0; }
  .chart text { fill: CanvasText; }
}
)css";

}  // namespace simulator::report
