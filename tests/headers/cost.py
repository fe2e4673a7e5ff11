"""Measures what each public header costs a program: lines after the preprocessor, and processor time.

usage: cost.py table [RUNS]   prints the table of docs/compile-time.md; times are the median of RUNS (9)
       cost.py limits         prints the text of lines.txt, with a reserve
       cost.py check          compares the lines with lines.txt; it checks no times

CXX sets the compiler; the default is g++.
"""
import os
import pathlib
import re
import resource
import statistics
import subprocess
import sys

folder = pathlib.Path(__file__).resolve().parent
include = folder.parent.parent / "include"
folder_of_headers = include / "gigaspot"
headers = sorted(str(path.relative_to(folder_of_headers)) for pattern in ("*.hpp", "*/*.hpp")
                 for path in folder_of_headers.glob(pattern))
compiler = [os.environ.get("CXX", "g++"), "-std=c++20", "-x", "c++", f"-I{include}"]
limits_file = folder / "lines.txt"
library = 12  # the release of libstdc++ that the limits are for


def run(arguments, text):
    done = subprocess.run([*compiler, *arguments, "-"], input=text, text=True, stdout=subprocess.PIPE)
    if done.returncode != 0:
        sys.exit(f"{' '.join(compiler)} does not compile:\n{text}")
    return done.stdout


def text_of(header):
    return f"#include <gigaspot/{header}>\n" if header else ""


def preprocessed(header):
    """Returns the lines that are not blank, without line markers."""
    lines = run(["-E", "-P"], text_of(header)).splitlines()
    return [line for line in lines if line.strip()]


def processor_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def seconds_to_compile(header):
    begin = processor_seconds()
    run(["-fsyntax-only"], text_of(header))
    return processor_seconds() - begin


def print_table(runs):
    names = ["", *headers]  # "": an empty file
    times = {name: [] for name in names}
    for _ in range(runs):  # in turns, so that other work on the machine affects all headers
        for name in names:
            times[name].append(seconds_to_compile(name))
    seconds = {name: statistics.median(times[name]) for name in names}
    print("| header | lines | bytes | seconds |\n|---|---|---|---|")
    for header in headers:
        lines = preprocessed(header)
        size = sum(len(line) + 1 for line in lines)
        print(f"| `{header}` | {len(lines):,} | {size:,} | {seconds[header] - seconds['']:.2f} |")
    print(f"\nAn empty file: {seconds['']:.3f} s.")


def limit_for(lines):
    return -(-lines * 11 // 1000) * 100  # a tenth more, rounded up to hundreds


def print_limits():
    print("# The maximum number of lines of each public header after the preprocessor: the count at the time plus a tenth.")
    for header in headers:
        print(header, limit_for(len(preprocessed(header))))


def check():
    release = re.sub(r"\s", "", run(["-E", "-P"], "#include <version>\n_GLIBCXX_RELEASE\n"))
    if not release.endswith(str(library)):
        print(f"the limits are for libstdc++ {library}; this is release {release[-40:]}")
        sys.exit(77)  # ctest counts this as skipped
    rows = [line.split() for line in limits_file.read_text().splitlines() if not line.startswith("#")]
    limits = {name: int(limit) for name, limit in rows}
    problems = [f"lines.txt names {name}, which does not exist" for name in limits if name not in headers]
    for header in headers:
        lines = len(preprocessed(header))
        if header not in limits:
            problems.append(f"{header} is not in lines.txt: add it with {limit_for(lines)}")
        elif lines > limits[header]:
            problems.append(f"{header} has {lines} lines after the preprocessor, at most {limits[header]} are allowed")
    if problems:
        print("\n".join(problems))
        print("This command shows which include brings the lines, for example:\n"
              f"  echo '#include <gigaspot/values/units.hpp>' | {' '.join(compiler)} -H -fsyntax-only -\n"
              "Omit it, or move it to a header that fewer programs include. If it is worth its cost, update the limits:\n"
              f"  {pathlib.Path(__file__).name} limits > {limits_file}")
        sys.exit(1)
    print(f"{len(headers)} headers within their limits")


if sys.argv[1:2] == ["table"]:
    print_table(int(sys.argv[2]) if len(sys.argv) > 2 else 9)
elif sys.argv[1:] == ["limits"]:
    print_limits()
elif sys.argv[1:] == ["check"]:
    check()
else:
    sys.exit(__doc__)
