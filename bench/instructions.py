"""Counts the instructions that each kind of command takes, with valgrind.

    python3 bench/instructions.py build/bench/bin/gigaspot_instructions [OTHER]

A count is the same in every run of one program, so a change of 0.1 % is visible. The table compares
with the expected counts, or with a second program, such as one built from an earlier version.

    --check   fails if a count differs from the expected one by more than 2 %
    --renew   makes the present counts the expected ones

The expected counts are those of one compiler with its options. For another one, --check only prints
the table.
"""
import argparse
import collections
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

EXPECTED = pathlib.Path(__file__).with_name("instructions") / "expected.json"
TOLERANCE = 0.02

# What the functions of bench/instructions/commands.cpp count, each with 40 hosts of 50 bids.
KINDS = {
    "place_by_handle": "new bid, by handle",
    "place_packed_by_handle": "new bid with packed profiles, by handle",
    "reprice_by_handle": "new price, by handle",
    "cancel_by_handle": "cancel, by handle",
    "choice_by_handle": "choice of a host, by handle",
    "place_by_id": "new bid, by id",
    "reprice_by_id": "new price, by id",
    "cancel_by_id": "cancel, by id",
    "choice_by_id": "choice of a host, by id",
    "choice_beside_run": "choice of a host with a run, after a new price",
    "close_with_nothing": "close, nothing to do",
    "close_with_charges": "close, 40 runs charged",
    "close_with_changes": "close after 100 new prices, 40 runs charged",
    "rate_move": "rate move of up to 1 %, with its close",
    "line": "command as a line of JSON",
}


def fail(message):
    sys.exit(f"instructions.py: {message}")


def answers(program):
    """Returns what the program prints: its compiler, and the checksum of all events and choices."""
    printed = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    return dict(line.split(": ", 1) for line in printed.splitlines())


def parse(profile):
    """Returns the instructions and the number of calls per function `count_*`, from the text that callgrind writes.

    Below the name of a called function is how often it was called from this place. The line below that has its
    instructions, with those of all that it calls.
    """
    found = collections.defaultdict(lambda: [0, 0])
    kind = None
    lines = iter(profile.splitlines())
    for line in lines:
        if line.startswith("cfn="):
            named = re.search(r"\bcount_(\w+)[(<]", line)
            kind = named and named[1]
        elif line.startswith("calls="):
            instructions = int(next(lines).split()[-1])
            if kind:
                found[kind][0] += instructions
                found[kind][1] += int(line[len("calls="):].split()[0])
    return {kind: tuple(count) for kind, count in found.items()}


def measure(program):
    """Runs the program in valgrind. Returns the instructions and the number of calls per kind."""
    if not shutil.which("valgrind"):
        fail("valgrind is missing: install the Debian package valgrind")
    with tempfile.TemporaryDirectory() as folder:
        profile = pathlib.Path(folder) / "profile"
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}", "--compress-strings=no",
                   "--compress-pos=no", program]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            fail(f"{' '.join(command)} returns {done.returncode}\n{done.stderr}")
        counts = parse(profile.read_text())
    if counts.keys() != KINDS.keys():
        fail(f"the program counts other kinds than this file: {sorted(counts.keys() ^ KINDS.keys())}")
    return counts


def per_call(counts):
    return {kind: counts[kind][0] / counts[kind][1] for kind in KINDS}


def rows_for_report(counts):
    """Returns the rows of the report's goals. An event is a new bid, a new price or a cancel, and a choice after it."""
    each = per_call(counts)
    rows = {"line": each["line"]}
    for by, place in (("by_handle", "place"), ("packed_by_handle", "place_packed"), ("by_id", "place")):
        by_what = by.removeprefix("packed_")
        parts = [counts[f"{kind}_{by_what}"] for kind in (place, "reprice", "cancel", "choice")]
        rows[f"event_{by}"] = sum(instructions for instructions, _ in parts) / parts[-1][1]
    rows["reprice_and_choice"] = each["reprice_by_handle"] + each["choice_by_handle"]
    return {f"instructions/{name}": {"instructions": count} for name, count in rows.items()}


def table(counts, others, title):
    """Returns lines that compare with `others`, which may lack kinds or be empty."""
    lines = [f"{'instructions per call':46}{'present':>10}" + (f"{title:>12}{'change':>10}" if others else "")]
    for kind, what in KINDS.items():
        line = f"{what:46}{counts[kind]:10,.0f}"
        if kind in others:
            change = round(100 * (counts[kind] / others[kind] - 1), 1) + 0.0  # 0.0 instead of -0.0
            line += f"{others[kind]:12,.0f}{change:+9.1f} %"
        lines.append(line)
    return lines


def differences(counts, expected):
    """Returns the kinds whose counts differ from the expected ones by more than the tolerance."""
    return [kind for kind in KINDS
            if kind not in expected or abs(counts[kind] / expected[kind] - 1) > TOLERANCE]


def has_usual_vectors():
    """The engine has a scan for AVX2, which the expected counts are for; valgrind does not support larger vectors."""
    return re.search(r"\bavx2\b", pathlib.Path("/proc/cpuinfo").read_text()) is not None


def check(compiler, counts, all_expected, is_usual_processor):
    """Returns what is wrong, and notes, as two lists of lines."""
    if compiler not in all_expected:
        return [], [f"There are no expected counts for this compiler ({compiler}), only for: {', '.join(all_expected)}"]
    if not is_usual_processor:
        return [], ["The expected counts are for a processor with AVX2; this one has none."]
    differing = differences(counts, all_expected[compiler])
    if not differing:
        return [], [f"All counts are within {100 * TOLERANCE:.0f} % of the expected ones."]
    return ["These counts differ from the expected ones by more than "
            f"{100 * TOLERANCE:.0f} %: {', '.join(KINDS[kind] for kind in differing)}",
            "If the change is wanted, renew the expected counts, and commit them with it:",
            "  python3 bench/instructions.py --renew build/bench/bin/gigaspot_instructions"], []


def renew(compiler, counts, all_expected):
    all_expected[compiler] = {kind: round(counts[kind], 1) for kind in KINDS}
    EXPECTED.write_text(json.dumps(all_expected, indent=2) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="gigaspot_instructions")
    parser.add_argument("other", nargs="?", help="the same from another version")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--renew", action="store_true")
    arguments = parser.parse_args()

    compiler = answers(arguments.program)["compiler"]
    counts = per_call(measure(arguments.program))
    all_expected = json.loads(EXPECTED.read_text())
    if arguments.other:
        others, title = per_call(measure(arguments.other)), "other"
    else:
        others, title = all_expected.get(compiler, {}), "expected"
    for program in filter(None, (arguments.program, arguments.other)):
        print(f"{program}: {', '.join(' '.join(answer) for answer in answers(program).items())}")
    print("\n".join(table(counts, others, title)))
    if arguments.renew:
        renew(compiler, counts, all_expected)
    if arguments.check:
        problems, notes = check(compiler, counts, all_expected, has_usual_vectors())
        print("\n" + "\n".join(problems or notes))
        if problems:
            sys.exit(1)


if __name__ == "__main__":
    main()
