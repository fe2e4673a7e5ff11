"""Runs the benchmarks several times and prints tables of the results.

    python3 bench/report.py build/bench/bin/gigaspot_bench

Each round runs the whole program with its rows in a random order, so that other work on the machine
affects all rows equally. The tables show the median of the processor time over all rounds. The
spread is half the distance between the quartiles, relative to the median. A ratio is the median of
the ratios within each round.
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

sys.dont_write_bytecode = True  # leave no files among the sources

import growth  # noqa: E402
import instructions  # noqa: E402
import tables  # noqa: E402
from questions import COMPILER, SNAPSHOT  # noqa: E402

TINY = ["--hosts=300", "--bids-per-host=20", "--events=5000"]
TINY_SIZES = [(100, 10), (300, 5)]
SECONDS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
# Fields of a result that come from the library, not from the benchmark.
OF_THE_LIBRARY = {"name", "family_index", "per_family_instance_index", "run_name", "run_type",
                  "repetitions", "repetition_index", "threads", "iterations", "real_time",
                  "cpu_time", "time_unit"}


def fail(message):
    sys.exit(f"report.py: {message}")


def round_of(document):
    """Returns the results of one run by name. An error ends the report: its figures mean nothing."""
    results = {}
    for row in document["benchmarks"]:
        name = re.sub(r"/iterations:\d+(?=/|$)", "", row["name"])
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
        fail(f"{' '.join(command)} returns {done.returncode} and prints no results\n{done.stderr}")
    results = round_of(document)
    if done.returncode != 0:
        fail(f"{' '.join(command)} returns {done.returncode}\n{done.stderr}")
    return results


def make_snapshot(tool, hosts, folder):
    path = pathlib.Path(folder) / "market.json"
    with open(path, "wb") as file:
        subprocess.run([tool, "generate", "--hosts", str(hosts)], stdout=file, check=True)
    return path


def seconds_of(command):
    """Returns the processor time of a whole process, with those that it starts and waits for."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        fail(f"{' '.join(map(str, command))} returns {process.returncode}")
    return used.ru_utime + used.ru_stime


def seconds_to_rank(tool, snapshot):
    return seconds_of([tool, "rank", snapshot, "--usd-per-coin", "0.0071", "--rate", "bitcoin=60000"])


def seconds_to_compile(compiler):
    folder = pathlib.Path(__file__).resolve().parent
    return seconds_of([compiler, "-std=c++20", "-O2", f"-I{folder.parent / 'include'}", "-c", "-o", "/dev/null",
                       folder / "compile_time" / "four_commands.cpp"])


def measure(arguments, options, folder):
    snapshot = None
    if arguments.tool:
        snapshot = make_snapshot(arguments.tool, 300 if arguments.short else 13_600, folder)
    counts = {}
    if arguments.instructions:
        counts = instructions.rows_for_report(instructions.measure(arguments.instructions))
    rounds = []
    for number in range(arguments.rounds):
        say(f"round {number + 1} of {arguments.rounds}")
        a_round = run(arguments.program, options)
        if snapshot:
            seconds_to_rank(arguments.tool, snapshot)  # loads the file and the program into memory
            a_round[SNAPSHOT] = {"seconds": seconds_to_rank(arguments.tool, snapshot)}
        if arguments.compiler:
            a_round[COMPILER] = {"seconds": seconds_to_compile(arguments.compiler)}
        rounds.append(a_round | counts)
    return rounds


def say(message):
    print(f"report.py: {message}", file=sys.stderr, flush=True)


def parse():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="gigaspot_bench")
    parser.add_argument("--rounds", type=int, default=5, help="how often the program runs; 0: never")
    parser.add_argument("--filter", default=".", help="run only benchmarks that match this regex")
    parser.add_argument("--tool", help="the tool gigaspot: also measure it as a process")
    parser.add_argument("--instructions", metavar="PROGRAM",
                        help="gigaspot_instructions: also count the instructions of commands, with valgrind")
    parser.add_argument("--compiler", help="such as g++: also measure how long it takes for a file with four commands")
    parser.add_argument("--growth", metavar="SVG",
                        help="also measure markets of several sizes, and draw a chart")
    parser.add_argument("--growth-rounds", type=int, default=3)
    parser.add_argument("--json", metavar="FILE", help="write all values to this file")
    parser.add_argument("--markdown", action="store_true", help="print the tables as Markdown")
    parser.add_argument("--short", action="store_true",
                        help="use tiny markets to test the report; the figures mean nothing")
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
        for rows in (tables.short_table(rounds), tables.peer_table(rounds), tables.ceiling_table(rounds),
                     tables.goal_table(rounds), tables.other_table(rounds)):
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
