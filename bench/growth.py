"""Measures how costs grow with the market: runs several sizes, and makes a table and a chart."""
import math
import xml.sax.saxutils

from questions import units
from tables import cell, digits, median_and_spread, values_of

# Number of hosts, and bids per host.
sizes = [(1_000, 50), (20_000, 50), (200_000, 20), (1_000_000, 8)]
EVENTS = 1_000_000

IDS, HANDLES = "events/large/ids", "events/large/handles"
MOVE, CLOSE, BUILD = "rate_move/large/1%", "close/large/charges", "build/engine"
# Benchmarks that run in one process. In separate processes they need 7 GB at once instead of 12.
GROUPS = [(IDS, HANDLES), (MOVE, CLOSE), (BUILD,)]


def measure(run, rounds, sizes, events):
    """Runs all sizes once per round. `run(options)` returns the results of one size."""
    of_size = [[] for _ in sizes]
    for _ in range(rounds):
        for (hosts, bids), its_rounds in zip(sizes, of_size):
            a_round = {}
            for names in GROUPS:
                names = "|".join(names)
                a_round |= run([f"--hosts={hosts}", f"--bids-per-host={bids}", f"--events={events}",
                                f"--benchmark_filter=^({names})(/iterations:1)?$"])
            its_rounds.append(a_round)
    return of_size


def table(sizes, of_size):
    rows = [["hosts", "bids", "events by ids, M/s", "events by handles, M/s",
             "rate moves by 1%, us", "close, all charged, us", "bytes per bid"]]
    for (hosts, bids), rounds in zip(sizes, of_size):
        rows.append([f"{hosts:,}", f"{hosts * bids:,}", cell(rounds, IDS, "M/s"),
                     cell(rounds, HANDLES, "M/s"), cell(rounds, MOVE, "us"),
                     cell(rounds, CLOSE, "us"), cell(rounds, BUILD, "bytes")])
    return rows


def series(sizes, of_size, name, unit, is_per_host=False):
    """Returns one point per size: the median, and the spread as its bar."""
    points = []
    for (hosts, _), rounds in zip(sizes, of_size):
        values = values_of(rounds, name, unit)
        if values:
            share = hosts if is_per_host else 1
            median, spread = median_and_spread([value / share for value in values])
            points.append((hosts, median, spread * median))
    return points


# --- The chart: four panels, one below the other, each from zero, with the number of hosts on the x axis ---

WIDTH, HEIGHT = 390, 1150
PANEL_WIDTH, PANEL_HEIGHT = 330, 190
STYLE = """
text { font: 13px sans-serif; fill: #1f2328 }
.title { font-weight: bold }
.small { font-size: 12px; fill: #59636e }
.grid { stroke: #d1d9e0; stroke-width: 1 }
.axis { stroke: #59636e; stroke-width: 1 }
.line { fill: none; stroke-width: 2 }
.first { stroke: #0969da } .first.dot, .first.name { fill: #0969da; stroke: none }
.second { stroke: #bc4c00 } .second.dot, .second.name { fill: #bc4c00; stroke: none }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc }
  .small { fill: #9198a1 }
  .grid { stroke: #3d444d }
  .axis { stroke: #9198a1 }
  .first { stroke: #4493f8 } .first.dot, .first.name { fill: #4493f8 }
  .second { stroke: #f0883e } .second.dot, .second.name { fill: #f0883e }
}
"""


def short(number):
    for limit, letter in ((1_000_000, "M"), (1_000, "k")):
        if number >= limit:
            return f"{number / limit:g}{letter}"
    return f"{number:g}"


def step_of(top):
    """Returns 1, 2 or 5 times a power of ten that gives three to seven steps up to `top`."""
    power = 10 ** math.floor(math.log10(top / 3))
    return max(power * factor for factor in (1, 2, 5) if power * factor <= top / 3)


def text(x, y, words, style="", anchor="middle"):
    words = xml.sax.saxutils.escape(words)
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{style}" text-anchor="{anchor}">{words}</text>'


def line(x1, y1, x2, y2, style):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{style}"/>'


def panel(left, top, title, all_series):
    """Draws one panel. `all_series` are pairs of a name and points."""
    points = [point for _, its_points in all_series for point in its_points]
    if not points:
        return []
    hosts = sorted({point[0] for point in points})
    first, last = math.log10(hosts[0] / 1.5), math.log10(hosts[-1] * 1.5)
    most = max(value + half for _, value, half in points) * 1.08 or 1

    def place(number, value):
        right = (math.log10(number) - first) / (last - first)
        return left + right * PANEL_WIDTH, top + PANEL_HEIGHT * (1 - value / most)

    out = [text(left, top - 14, title, "title", "start")]
    step = step_of(most)
    for i in range(int(most / step) + 1):
        y = place(hosts[0], i * step)[1]
        out.append(line(left, y, left + PANEL_WIDTH, y, "axis" if i == 0 else "grid"))
        out.append(text(left - 8, y + 4, digits(i * step), "small", "end"))
    for number in hosts:
        x, y = place(number, 0)
        out.append(line(x, y, x, y + 5, "axis"))
        out.append(text(x, y + 19, short(number), "small"))
    out.append(text(left + PANEL_WIDTH / 2, top + PANEL_HEIGHT + 37, "hosts", "small"))
    for (name, its_points), style in zip(all_series, ("first", "second")):
        places = [place(number, value) for number, value, _ in its_points]
        if name:  # above the end of the first line, and below that of the second
            x, y = places[-1]
            out.append(text(x, y + (-16 if style == "first" else 18), name, f"{style} name", "end"))
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        out.append(f'<polyline points="{path}" class="line {style}"/>')
        for (number, value, half), (x, y) in zip(its_points, places):
            out.append(line(x, place(number, value - half)[1], x, place(number, value + half)[1],
                            f"line {style}"))
            out.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" class="{style} dot"/>')
    return out


def chart(sizes, of_size):
    """Returns an SVG without a background that follows the reader's colour scheme."""
    panels = [
        ("Events, million per second", [("by handles", series(sizes, of_size, HANDLES, "M/s")),
                                      ("by ids", series(sizes, of_size, IDS, "M/s"))]),
        ("Memory, bytes per bid", [("", series(sizes, of_size, BUILD, "bytes"))]),
        ("Rate moves by 1 %: ns per host", [("", series(sizes, of_size, MOVE, "ns", True))]),
        ("Close, all charged: ns per host", [("", series(sizes, of_size, CLOSE, "ns", True))]),
    ]
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
           f'width="{WIDTH}" height="{HEIGHT}" role="img">',
           "<title>What the size of the market costs</title>", f"<style>{STYLE}</style>"]
    for number, (title, all_series) in enumerate(panels):
        out += panel(50, 40 + number * 275, title, all_series)
    bids = ", ".join(str(bids) for _, bids in sizes)
    out.append(text(50, HEIGHT - 24, f"From left to right: {bids} bids per host.", "small", "start"))
    if any(half > 0 for _, all_series in panels for _, its_points in all_series for _, _, half in its_points):
        out.append(text(50, HEIGHT - 6, "Vertical marks: half the distance between the quartiles.", "small", "start"))
    return "\n".join([*out, "</svg>"]) + "\n"
