"""Compares the figures of docs/findings.md with the scenarios that they come from.

A table of the page follows a mark such as

    <!-- figures h1_bots: welfare, switches; 3 seeds: 0123456789abcdef -->

The test runs the scenario with the first three seeds. Their results must have the hash of the mark, so
that a change of the simulator cannot leave old figures behind. The figures of the page come from all
seeds of the scenario. Each of them must lie within the intervals of both.

usage: test_findings.py [--write]     writes new tables and hashes, from all seeds
"""
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

source = pathlib.Path(__file__).resolve().parents[2]
page = source / "docs/findings.md"
scenarios = source / "examples/simulator/scenarios"
simulate = os.environ["GIGASPOT_SIMULATE"]
mark = re.compile(r"<!-- figures (\w+): ([\w, ]+); (\d+) seeds: ([0-9a-f]+) -->\n((?:\|.*\n)+)")
minus = "\N{MINUS SIGN}"


def run(scenario, *options):
    """Runs a scenario; returns its summary and a hash of all results."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "out"
        done = subprocess.run([simulate, "run", scenarios / f"{scenario}.toml", "--out", out, *options],
                              text=True, capture_output=True)
        if done.returncode != 0:
            sys.exit(f"{scenario}: {done.stderr}")
        digest = hashlib.sha256((out / "runs.csv").read_bytes()).hexdigest()[:16]
        return json.loads((out / "summary.json").read_text()), digest


def number(value):
    digits = 2 if abs(value) < 100 else 0
    return f"{value:.{digits}f}".replace("-", minus)


def table(summary, measures):
    labels = {measure["name"]: f"{measure['label']}, {measure['unit']}" for measure in summary["measures"]}
    axes = [axis["label"] for axis in summary["axes"]]
    rows = [[*axes, *(labels[name] for name in measures)]]
    for cell in summary["cells"]:
        options = [axis["options"][option] for axis, option in zip(summary["axes"], cell["options"])]
        figures = [cell["measures"][name] for name in measures]
        rows.append([*options, *(f"{number(figure['mean'])} ± {number(figure['half'])}" for figure in figures)])
    rows.insert(1, ["---"] * len(axes) + ["--:"] * len(measures))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def rows_of(text):
    return [[entry.strip() for entry in line.strip("|").split("|")] for line in text.splitlines()]


def compare(where, shown, summary, measures):
    """Returns what of a shown table lies outside both intervals."""
    failures = []
    expected = rows_of(table(summary, measures))
    given = rows_of(shown)
    if [row[:-len(measures)] for row in given] != [row[:-len(measures)] for row in expected]:
        return [f"{where}: the table's rows are not the cells of the scenario"]
    for row, cell in zip(given[2:], summary["cells"]):
        for entry, name in zip(row[-len(measures):], measures):
            mean, half = (float(part.replace(minus, "-")) for part in entry.split(" ± "))
            figure = cell["measures"][name]
            # Both are rounded to two digits.
            if abs(mean - figure["mean"]) > half + figure["half"] + 0.01:
                failures.append(f"{where}: {' '.join(row)}: {name} is {figure['mean']} ± {figure['half']}")
    return failures


def main():
    text = page.read_text()
    blocks = list(mark.finditer(text))
    write = "--write" in sys.argv
    results = {}
    failures = [] if blocks else ["docs/findings.md has no figures"]
    for block in reversed(blocks):
        scenario, names, seeds, digest, shown = block.groups()
        measures = names.split(", ")
        if scenario not in results:
            results[scenario] = (run(scenario, "--seeds", seeds), run(scenario) if write else None)
        (small, found), full = results[scenario]
        if write:
            new = f"<!-- figures {scenario}: {names}; {seeds} seeds: {found} -->\n{table(full[0], measures)}"
            text = text[:block.start()] + new + text[block.end():]
            continue
        if found != digest:
            failures.append(f"{scenario}: the results have changed ({found}, not {digest}): "
                            f"run `test_findings.py --write` and read the page again")
        failures += compare(scenario, shown, small, measures)
    if write:
        page.write_text(text)
    for failure in failures:
        print(failure)
    print(f"{len(blocks)} tables, {len(results)} scenarios")
    sys.exit(1 if failures else 0)


main()
