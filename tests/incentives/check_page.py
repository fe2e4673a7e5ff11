"""Compares docs/incentives.md with the scenarios.

Each row in the tables under "What is open" has the name of a test, and each such test has a row. The
row is below the heading of the test's file.

usage: check_page.py PAGE SCENARIO...
"""
import pathlib
import re
import sys

page, *scenarios = map(pathlib.Path, sys.argv[1:])
failures = []
text = page.read_text().partition("## What is open")[2].partition("## What a marketplace must do")[0]
lines = [(part.partition("](../tests/incentives/")[2].partition(")")[0], line.split(" | ")[0][2:])
         for part in text.split("\n### ")[1:] for line in re.findall(r"^\| [A-Z].*$", part, re.M)]
tests = [(path.name, name[0].upper() + name[1:]) for path in scenarios
         for name in re.findall(r'TEST_CASE\(\s*"\w+: ([^"]+)"', path.read_text())]
failures += [f"{file} has no test of this name: {name}" for file, name in lines if (file, name) not in tests]
failures += [f"{page.name} has no row of this name: {name}" for file, name in tests if (file, name) not in lines]

print("\n".join(failures))
print(f"{len(lines)} rows, {len(tests)} tests, {len(failures)} failures")
sys.exit(1 if failures or not lines or not tests else 0)
