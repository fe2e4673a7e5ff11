"""Compares docs/errors.md with values/error.hpp, in both directions, and runs its examples.

The page begins with a table of all codes, with links. Each code has a heading, its number and its exact sentence, in
the order of the enum. Each code except `none` says how to fix its cause, and has a piece that fails and a fixed piece. A
piece can be commands as text with all events of the last one.
This script replays them after the market in the first piece of the page. Console sessions and C++ pieces are checked by
check.py. The piece that fails must show its code; the fixed piece must not.

usage: errors.py SOURCE_FOLDER TOOL
"""
import json
import pathlib
import re
import subprocess
import sys

source, tool = pathlib.Path(sys.argv[1]), sys.argv[2]
header = (source / "include/gigaspot/values/error.hpp").read_text()
page = (source / "docs/errors.md").read_text()
failures = []

enum = re.search(r"^enum class Code .*?^};", header, re.M | re.S).group(0)
numbers = dict(re.findall(r"^    (\w+) = (\d+),(?: *///<.*)?$", enum, re.M))
texts = {}
for code, name, sentence in re.findall(r'case Code::(\w+):\s*return \{"(\w+)",\s*"([^"]*)"\};', header):
    texts[code] = sentence
    if code != name:
        failures.append(f"values/error.hpp: {code} has the name {name}")
if not numbers or numbers.keys() != texts.keys():
    sys.exit(f"errors.py cannot read values/error.hpp: {numbers.keys() ^ texts.keys()}")

FENCE = r"^```(\w+)\n(.*?)^```$"
market = re.search(FENCE.replace(r"(\w+)", "(json)"), page, re.M | re.S).group(2).splitlines()
if market != (source / "examples/data/errors.jsonl").read_text().splitlines():
    failures.append("the market of the page is not that of examples/data/errors.jsonl")


def check_replay(where, lines, options):
    """Replays commands and compares the events of the last one."""
    commands = [line for line in lines if not line.startswith('{"event":')]
    expected = lines[len(commands):]
    if lines[:len(commands)] != commands or not expected:
        failures.append(f"{where}: the piece must have commands and then events")
        return
    run = subprocess.run([tool, "replay", *options, "-"], input="\n".join(market + commands) + "\n", text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    number = len(market) + len(commands)
    events = [line for line in run.stdout.splitlines() if json.loads(line)["command"] == number]
    if events != expected:
        failures.append(f"{where}: the last command gives\n" + "\n".join(events) + "\ninstead of\n" + "\n".join(expected))


def answer(kind, piece):
    """Returns the part of a piece that the program prints."""
    if kind == "json":
        return "\n".join(line for line in piece.splitlines() if line.startswith('{"event":'))
    return piece if kind == "cpp" else piece.partition("\n")[2]


def check_code(name, text):
    heading = re.match(r"\n\n\*\*(\d+)\*\*: (.*?)\.\n\n", text)
    if not heading or heading.groups() != (numbers[name], texts[name]):
        failures.append(f"{name}: must begin with **{numbers[name]}**: {texts[name]}.")
    if name != "none" and "\n\nFix: " not in text:
        failures.append(f"{name}: must say how to fix the cause, in a paragraph that begins with Fix:")
    pieces = re.findall(r"^(Fails|Fixed)([^\n]*):\n\n" + FENCE, text, re.M | re.S)
    if [piece[0] for piece in pieces] != ([] if name == "none" else ["Fails", "Fixed"]):
        failures.append(f"{name}: must have a piece that fails and one that is fixed")
    for which, options, kind, piece in pieces:
        if kind == "json":
            check_replay(f"{name}, {which}", piece.splitlines(), " ".join(re.findall("`(.*?)`", options)).split())
        if (re.search(rf"\b{name}\b|{re.escape(texts[name])}", answer(kind, piece)) is not None) != (which == "Fails"):
            failures.append(f"{name}: what fails must show this code, what is fixed must not")


index = re.findall(r"^\| (\d+) \| (.*?) \| (.*?) \|$", page, re.M)
if index != [(numbers[name], f"[{name}](#{name})", texts[name]) for name in numbers]:
    failures.append("the table must have all codes in their order, each with its number, its link and its sentence")
sections = re.split(r"^### (\w+)$", page, flags=re.M)[1:]
listed = sections[::2]
if listed != list(numbers):
    failures.append(f"the headings must be all codes in their order: {sorted(set(listed) ^ numbers.keys())}")
for name, text in zip(listed, sections[1::2]):
    if name in numbers:
        check_code(name, text)

print("\n\n".join(failures))
print(f"{len(numbers)} codes, {len(failures)} failures")
sys.exit(1 if failures else 0)
