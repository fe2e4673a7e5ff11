"""Runs the benchmarks several times and says what came out.

    python3 bench/report.py build/bench/bin/gigaspot_bench

Each round is a run of the whole program with its rows in another order, so that what else the
machine does at a time meets all rows alike. Shown are the medians over the rounds, of processor
time, with the spread: half of the distance of the quartiles, as a part of the median. A ratio is
the median of what the rounds say, each compared within itself.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # nothing is left among the sources

import growth  # noqa: E402
import tables  # noqa: E402
from questions import SNAPSHOT  # noqa: E402

TINY = ["--hosts=300", "--bids-per-host=20", "--events=5000"]
TINY_SIZES = [(100, 10), (300, 5)]
SECONDS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
# What the library says of each result, and not the benchmark.
OF_THE_LIBRARY = {"name", "family_index", "per_family_instance_index", "run_name", "run_type",
                  "repetitions", "repetition_index", "threads", "iterations", "real_time",
                  "cpu_time", "time_unit"}


def fail(message):
    sys.exit(f"report.py: {message}")


def round_of(document):
    """The results of one run by name. A wrong one ends the report: its figures mean nothing."""
    results = {}
    for row in document["benchmarks"]:
        name = re.sub(r"/iterations:\d+$", "", row["name"])
        if row.get("error_occurred"):
            fail(f"{name}: {row['error_message']}")
        results[name] = {"seconds": row["cpu_time"] * SECONDS[row["time_unit"]],
                         **{key: row[key] for key in row.keys() - OF_THE_LIBRARY}}
    return results


def run(program, options):
    command = [program, *options, "--benchmark_enable_random_interleaving=true",
               "--benchmark_format=json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        document = json.loads(done.stdout)
    except json.JSONDecodeError:
        fail(f"{' '.join(command)} gives {done.returncode} and no results\n{done.stderr}")
    results = round_of(document)
    if done.returncode != 0:
        fail(f"{' '.join(command)} gives {done.returncode}\n{done.stderr}")
    return results


def make_snapshot(tool, hosts, folder):
    path = pathlib.Path(folder) / "market.json"
    with open(path, "wb") as file:
        subprocess.run([tool, "generate", "--hosts", str(hosts)], stdout=file, check=True)
    return path


def seconds_to_rank(tool, snapshot):
    """Processor time of the whole process."""
    command = [tool, "rank", snapshot, "--usd-per-coin", "0.0071", "--rate", "bitcoin=60000"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        fail(f"{tool} rank gives {process.returncode}")
    return used.ru_utime + used.ru_stime


def measure(arguments, options, folder):
    snapshot = None
    if arguments.tool:
        snapshot = make_snapshot(arguments.tool, 300 if arguments.short else 13_600, folder)
    rounds = []
    for number in range(arguments.rounds):
        say(f"round {number + 1} of {arguments.rounds}")
        a_round = run(arguments.program, options)
        if snapshot:
            seconds_to_rank(arguments.tool, snapshot)  # the file and the program are in memory now
            a_round[SNAPSHOT] = {"seconds": seconds_to_rank(arguments.tool, snapshot)}
        rounds.append(a_round)
    return rounds


def say(message):
    print(f"report.py: {message}", file=sys.stderr, flush=True)


def parse():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="gigaspot_bench")
    parser.add_argument("--rounds", type=int, default=5, help="runs of the program; 0 for none")
    parser.add_argument("--filter", default=".", help="only benchmarks that this regex finds")
    parser.add_argument("--tool", help="the tool gigaspot, to measure it as a process too")
    parser.add_argument("--growth", metavar="SVG",
                        help="measure markets of several sizes too, and draw a chart")
    parser.add_argument("--growth-rounds", type=int, default=3)
    parser.add_argument("--json", metavar="FILE", help="write all values")
    parser.add_argument("--markdown", action="store_true", help="print tables for a page")
    parser.add_argument("--short", action="store_true",
                        help="tiny markets, to see that all works; the figures mean nothing")
    return parser.parse_args()


def main():
    arguments = parse()
    began = time.monotonic()
    timing = ["--benchmark_min_time=" + ("0.001" if arguments.short else "0.2")]
    options = [*timing, f"--benchmark_filter={arguments.filter}"]
    options += TINY if arguments.short else []
    parts, document = [], {"load": os.getloadavg(), "processors": os.cpu_count()}

    if arguments.rounds > 0:
        with tempfile.TemporaryDirectory() as folder:
            rounds = measure(arguments, options, folder)
        for rows in (tables.peer_table(rounds), tables.goal_table(rounds),
                     tables.other_table(rounds)):
            if len(rows) > 1:
                parts.append(tables.as_text(rows, arguments.markdown))
        parts.append("".join(f"{note}\n" for note in tables.notes(rounds)))
        document |= {"rounds": arguments.rounds, "rows": tables.summary(rounds)}
    if arguments.growth:
        sizes = TINY_SIZES if arguments.short else growth.sizes
        say("growth")
        of_size = growth.measure(lambda of_size: run(arguments.program, [*of_size, *timing]),
                                 arguments.growth_rounds, sizes,
                                 1_000 if arguments.short else growth.EVENTS)
        parts.append(tables.as_text(growth.table(sizes, of_size), arguments.markdown))
        pathlib.Path(arguments.growth).write_text(growth.chart(sizes, of_size))
        document["growth"] = [
            {"hosts": hosts, "bids_per_host": bids, "rows": tables.summary(its_rounds)}
            for (hosts, bids), its_rounds in zip(sizes, of_size)]
    print("\n".join(parts))
    say(f"{time.monotonic() - began:.0f} seconds")
    if arguments.json:
        document["seconds"] = round(time.monotonic() - began, 1)
        pathlib.Path(arguments.json).write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
