"""Makes a tracefile for gcovr of what the tests of the preset `coverage` have run.

    python3 tests/coverage/tracefile.py build/coverage

writes build/coverage/coverage.json. `gcovr -a` reports from it; docs/testing.md has the commands.

gcovr 5.2 reads gcov's text by itself, but for headers of templates it then counts wrongly. gcov names
the branches of each instance of a template one after the other, so that each instance would have to
take each branch by itself; and in a unit whose copy of an inline function the linker threw away, gcov
does not say which branches are exceptions, so that gcovr cannot leave them out. Here a branch is one of
the source: it is taken if any instance in any unit takes it. What the compiler adds is left out:

- the branches of a call that may throw, and of what is cleaned up then,
- comparisons that it writes (`= default`), of which it takes members for the place.
"""
import collections
import json
import pathlib
import re
import subprocess
import sys

source = pathlib.Path(__file__).resolve().parents[2]
headers = source / "include" / "gigaspot"
defaulted = re.compile(r"operator(?:==|<=>)\([^;{]*= default;|^ +[\w:<>]+ \w+_(?: = .*)?;$", re.M)


def lines_of_compiler(text):
    """The numbers of the lines of comparisons that the compiler writes."""
    return {number for match in defaulted.finditer(text)
            for number in range(text.count("\n", 0, match.start()) + 1,
                                text.count("\n", 0, match.end()) + 2)}


def conditions(branches):
    """The counts of all branches but those of calls: such a call has two, one of which throws."""
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
    """How often each line ran, and for each line of gcov's the function and counts of branches."""
    executed = collections.Counter()
    found = collections.defaultdict(list)
    for data in sorted(build.rglob("*.gcda")):
        reply = subprocess.run(["gcov", "--json-format", "--stdout", "--branch-probabilities", data],
                               cwd=build, capture_output=True, check=True).stdout
        for file in json.loads(reply)["files"]:
            header = (build / file["file"]).resolve()
            if not header.is_relative_to(headers):
                continue
            # All instances of a template begin at one place.
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
    """Of one line: the counts of its branches in the source, of all instances together."""
    taken = {}
    fewest = min(len(counts) for _, counts in found)
    # Named ones first: what has no name goes to the named one that has as many branches.
    for function, counts in sorted(found, key=lambda entry: entry[0] is None):
        if function is None:
            # Instances of a lambda, one after the other.
            if len(counts) % fewest == 0:
                counts = [sum(counts[i::fewest]) for i in range(fewest)]
            function = next((name for name, branches in taken if branches == len(counts)), None)
        before = taken.get((function, len(counts)), [0] * len(counts))
        taken[function, len(counts)] = list(map(sum, zip(before, counts)))
    counts = [count for counts in taken.values() for count in counts]
    # A line that ran has come to its first branch, unless this is a clean-up after what was thrown.
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
