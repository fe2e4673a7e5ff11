"""Draws the bars of docs/performance.md from the tables of bench/NOTEBOOK.md.

    python3 bench/bars.py > docs/images/performance.svg

So nobody copies a figure into the picture by hand. All bars of a panel begin at 0.
"""
import pathlib
import re
import sys

from growth import line, text

NOTEBOOK = pathlib.Path(__file__).with_name("NOTEBOOK.md")

# The title, the unit, which bar is better, and pairs of a label and the question whose column "ours" it shows. The
# peers' bars are those of the first question.
PANELS = [
    ("New bids, edits and cancels", "million per second, longer is better",
     [("gigaspot, by id", "Events, by ids"), ("gigaspot, by handle", "Events, by handles"),
      ("gigaspot, id batches", "Events, by ids, in batches"),
      ("gigaspot, handle batches", "Events, by handles, in batches")]),
    ("All winners after a rate move of 1 %", "milliseconds, shorter is better",
     [("gigaspot", "Rate moves by 1%, all choices read")]),
    ("Memory with profiles and index", "bytes per bid, shorter is better",
     [("gigaspot", "Memory, with profiles and the index of ids")]),
]

WIDTH, LABELS, BARS = 390, 178, 158  # of the picture, of the labels, and of the longest bar
ROW, HEAD = 24, 52
STYLE = """
text { font: 13px sans-serif; fill: #1f2328 }
.title { font-weight: bold; font-size: 14px }
.small { fill: #59636e }
.ours { fill: #0969da } .peer { fill: #afb8c1 } .axis { stroke: #59636e }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc }
  .small { fill: #9198a1 }
  .ours { fill: #4493f8 } .peer { fill: #656c76 } .axis { stroke: #9198a1 }
}
"""


def tables_of(page):
    """Returns the tables of a Markdown page. Each is a list of rows, each of them a list of cells."""
    return [[[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines() if "|--" not in row]
            for table in re.findall(r"(?:^\|.*\n)+", page, re.M)]


def peer_table_of(page):
    """Returns the table of questions that peers answer too, as `tables.peer_table` returns it."""
    return next(table for table in tables_of(page) if table[0][-1] == "best peer")


def number_of(cell):
    """Returns the median of a cell such as "1.89 ± 1 %"."""
    return float(cell.split(" ")[0].replace(",", ""))


def bars_of(table, questions):
    """Returns the label, the median and the style of each bar of a panel, the best first."""
    titles, rows = table[0], {row[0]: row for row in table[1:]}
    bars = [(label, number_of(rows[question][titles.index("ours")]), "ours") for label, question in questions]
    bars += [(title, number_of(cell), "peer") for title, cell in zip(titles[3:-1], rows[questions[0][1]][3:-1]) if cell]
    return sorted(bars, key=lambda bar: bar[1])


def chart(table):
    """Returns an SVG without a background that follows the reader's colour scheme."""
    out, top, facts = [], 0, []
    for title, unit, questions in PANELS:
        bars = bars_of(table, questions)
        if "longer" in unit:
            bars.reverse()
        most = max(value for _, value, _ in bars)
        out += [text(0, top + 16, title, "title", "start"), text(0, top + 36, unit, "small", "start")]
        for number, (label, value, style) in enumerate(bars):
            y = top + HEAD + number * ROW
            length = max(BARS * value / most, 1)
            out += [text(LABELS - 8, y + 12, label, "", "end"),
                    f'<rect x="{LABELS}" y="{y - 1}" width="{length:.1f}" height="16" class="{style}"/>',
                    text(LABELS + length + 6, y + 12, f"{value:g}", "", "start")]
        bottom = top + HEAD + len(bars) * ROW
        out.append(line(LABELS, top + HEAD - 5, LABELS, bottom - 4, "axis"))
        facts.append(f"{title}, {unit}: " + ", ".join(f"{label} {value:g}" for label, value, _ in bars) + ".")
        top = bottom + 20
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top - 20}" '
                      f'width="{WIDTH}" height="{top - 20}" role="img">',
                      "<title>gigaspot beside four alternatives</title>", f"<desc>{' '.join(facts)}</desc>",
                      f"<style>{STYLE}</style>", *out, "</svg>"]) + "\n"


if __name__ == "__main__":
    sys.stdout.write(chart(peer_table_of(NOTEBOOK.read_text())))
