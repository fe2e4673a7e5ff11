"""Converts the branch counts of the preset `coverage` to a tracefile for gcovr.

    python3 tests/coverage/tracefile.py build/coverage

writes build/coverage/coverage.json. `gcovr -a` reports from it; docs/testing.md has the commands.

gcovr 5.2 can read gcov's text itself, but it counts headers of templates wrongly, for two reasons.
gcov lists the branches of each instance of a template separately, so each instance would have to take
each branch. And if the linker drops a unit's copy of an inline function, gcov does not say which of its
branches are exceptions, so gcovr cannot omit them. This script counts the branches of the source: a
branch is taken if any instance in any unit takes it. It omits what the compiler adds:

- the branches of a call that may throw, and of the clean-up after it,
- comparisons that the compiler writes (`= default`), which gcov reports at the lines of members.
"""
import collections
import json
import math
import pathlib
import re
import subprocess
import sys

source = pathlib.Path(__file__).resolve().parents[2]
headers = source / "include" / "gigaspot"
defaulted = re.compile(r"operator(?:==|<=>)\([^;{]*= default;|^ +[\w:<>]+ \w+_(?: = .*)?;$", re.M)


def lines_of_compiler(text):
    """Returns the numbers of lines with comparisons that the compiler writes."""
    return {number for match in defaulted.finditer(text)
            for number in range(text.count("\n", 0, match.start()) + 1,
                                text.count("\n", 0, match.end()) + 2)}


def conditions(branches):
    """Returns the counts of all branches except those of calls. A call has two, one of which throws."""
    counts = []
    is_partner = False
    for branch in branches:
        if branch["throw"]:
            if counts and counts[-1][1]:
                counts.pop()
            else:
                is_partner = True
        elif is_partner:
            is_partner = False
        else:
            counts.append((branch["count"], branch["fallthrough"]))
    return tuple(count for count, _ in counts)


def read(build):
    """Returns how often each line ran, and the function and branch counts of each line."""
    executed = collections.Counter()
    found = collections.defaultdict(list)
    for data in sorted(build.rglob("*.gcda")):
        reply = subprocess.run(["gcov", "--json-format", "--stdout", "--branch-probabilities", data],
                               cwd=build, capture_output=True, check=True).stdout
        for file in json.loads(reply)["files"]:
            header = (build / file["file"]).resolve()
            if not header.is_relative_to(headers):
                continue
            # All instances of a template begin at the same line and column.
            begins = {function["name"]: (function["start_line"], function["start_column"])
                      for function in file["functions"]}
            passed_over = lines_of_compiler(header.read_text())
            for line in file["lines"]:
                place = header, line["line_number"]
                executed[place] += line["count"]
                counts = conditions(line["branches"])
                if counts and place[1] not in passed_over:
                    found[place].append((begins.get(line.get("function_name")), counts))
    return executed, found


def united(found, has_run):
    """Returns the counts of a line's branches in the source, summed over all instances."""
    taken = {}
    # An entry without a name has all instances of a lambda in a unit, one after the other. The number of
    # branches of one instance divides the lengths of all such entries. It is the shortest length, or else
    # the highest number that divides all of them. A multiple finds too few branches, never too many.
    # Only a line with two different lambdas that have conditions could show too many.
    lengths = [len(counts) for function, counts in found if function is None]
    each = min(len(counts) for _, counts in found)
    if any(length % each != 0 for length in lengths):
        each = math.gcd(*lengths)
    # Named functions come first. An entry without a name belongs to one with as many branches.
    for function, counts in sorted(found, key=lambda entry: entry[0] is None):
        if function is None:
            counts = [sum(counts[i::each]) for i in range(each)]
            function = next((name for name, branches in taken if branches == len(counts)), None)
        before = taken.get((function, len(counts)), [0] * len(counts))
        taken[function, len(counts)] = list(map(sum, zip(before, counts)))
    counts = [count for counts in taken.values() for count in counts]
    # A line that ran has reached its first branch, unless it only cleans up after an exception.
    return counts if any(counts) or not has_run else []


def main(build):
    executed, found = read(build)
    files = collections.defaultdict(list)
    for place in sorted(executed):
        header, number = place
        branches = [{"count": count, "fallthrough": False, "throw": False}
                    for count in (united(found[place], executed[place] > 0) if place in found else ())]
        files[header].append({"line_number": number, "count": executed[place], "branches": branches,
                              "gcovr/excluded": False, "gcovr/noncode": False})
    report = {"gcovr/format_version": "0.3",
              "files": [{"file": str(header.relative_to(source)), "lines": lines, "functions": []}
                        for header, lines in files.items()]}
    (build / "coverage.json").write_text(json.dumps(report))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]).resolve())
