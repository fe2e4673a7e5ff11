"""Compares the pages of docs/simulator with the program.

The `sh` and `console` blocks of a page run in one shell, in their order, and each page has a folder of its
own. Each command of a `console` block must print what the page shows. A block that needs the tool runs if
GIGASPOT names it; one after `<!-- not run: REASON -->` does not run. The tables must have exactly the keys,
options, mechanisms, strategies, cards, workloads, measures and files of the program, with their defaults
and ranges.

GIGASPOT_SIMULATE names the program.
"""
import csv
import io
import os
import pathlib
import re
import subprocess
import tempfile
import tomllib
import unittest

PROGRAM = os.environ["GIGASPOT_SIMULATE"]
TOOL = os.environ.get("GIGASPOT")
SOURCE = pathlib.Path(__file__).resolve().parents[2]
PARTS = SOURCE / "examples/simulator"
PAGES = {path.name: path.read_text() for path in sorted((SOURCE / "docs/simulator").glob("*.md"))}
MARK = "<!-- needs gigaspot-simulate -->"
OTHER_PAGES = {path.name: page for path in sorted((SOURCE / "docs").glob("**/*.md"))
               if MARK in (page := path.read_text()) and path.name not in PAGES}
END = "--- end of a command, status "
PATIENCE = 120  # seconds for a whole page

# Which keys of the readers belong to which part of a scenario. All others are found in the sources.
SECTIONS = {"scenario": "", "market": "market.", "rate": "rate.", "tariff": "tariffs.KIND.",
            "host_kind": "hosts.kinds.KIND.", "jobs": "jobs.", "renter_kind": "renters.KIND."}
KINDS = """
[tariffs.KIND]
low = 0
[hosts.kinds.KIND]
card = "rtx3090"
[renters.KIND]
"""
NO_DEFAULT = {"none", "required", "the file's name", "the key", "the only tariff", "the first axis",
              "with a jump, `true`"}


def code_in(text):
    return re.findall(r"`([^`]+)`", text)


def section(heading):
    """The text below a heading, which one page has, up to the next one of the same level or above."""
    level = heading.split(" ")[0]
    found = [match.group(1) for page in PAGES.values() for match in
             re.finditer(rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{len(level)}}} |\Z)", page, re.M | re.S)]
    assert len(found) == 1, f"{len(found)} pages have the heading {heading}"
    return found[0]


def rows_below(heading):
    """The rows of all tables below a heading, without their heads."""
    rows = []
    lines = section(heading).splitlines()
    for number, line in enumerate(lines):
        is_head = number + 1 < len(lines) and lines[number + 1].startswith("|---")
        if line.startswith("|") and not line.startswith("|---") and not is_head:
            rows.append([entry.strip() for entry in line.strip("|").split("|")])
    return rows


def source(name):
    return (PARTS / name).read_text()


def names_of(list_name):
    """The names of a list of choices in fields.hpp."""
    text = re.search(rf"std::array {list_name}\{{(.*?)\}};", source("scenario/fields.hpp"), re.S).group(1)
    return re.findall(r'\{"(\w+)"', text)


def run(*words, cwd=None):
    done = subprocess.run([PROGRAM, *words], cwd=cwd, text=True, capture_output=True, timeout=PATIENCE)
    return done.stdout, done.stderr


def keys_of_scenarios():
    """Each key, and the form that reads it."""
    keys = {"hosts.count": "number"}
    for name, body in re.findall(r"^void describe_(\w+)\(.*?\{\n(.*?)^\}", source("scenario/fields.hpp"), re.M | re.S):
        for form, key in re.findall(r'form\.(\w+)\("(\w+)"', body):
            keys[SECTIONS[name] + key] = form
        if "form.tariff_hours(" in body:
            hours = re.search(r"ReadForm::tariff_hours(.*?)^\}", source("scenario/read_form.cpp"), re.M | re.S).group(1)
            keys |= {SECTIONS[name] + key: "hours" for key in re.findall(r'= take\("(\w+)"\)', hours)}
    return keys


def keys_of_studies():
    keys = {key for key in re.search(r"keys\{(.*?)\};", source("scenario/read.cpp")).group(1).replace('"', "").split(", ")}
    found = set()
    for text in (source("study/axes.cpp"), source("study/plan.cpp")):
        for path, known in re.findall(r'check_keys\(\*?\w+, "([\w.]+)",\s*\{(.*?)\}\)', text, re.S):
            found |= {f"{path}.{key}" for key in re.findall(r'"(\w+)"', known)}
    tables = {key.split(".")[0] for key in found}
    return (found | keys) - tables - {"axis.option"}


def keys_of_the_page():
    """Each key, with its default and what is allowed."""
    keys = {}
    for row in rows_below("## Keys"):
        names = code_in(row[0])
        defaults = row[1].split(", ") if len(names) > 1 and row[1].count(", ") == len(names) - 1 else [row[1]] * len(names)
        keys |= {name: (default, row[2]) for name, default in zip(names, defaults)}
    return keys


class Commands(unittest.TestCase):
    maxDiff = None

    def commands_of(self, page):
        """Returns triples: the line in the page, the command, and what it must print (None: anything)."""
        commands = []
        for match in re.finditer(r"^```(sh|console)\n(.*?)^```$", page, re.M | re.S):
            mark = re.search(r"<!-- (.*) -->\n\Z", page[:match.start()])
            if mark and (mark.group(1).startswith("not run: ") or mark.group(1) == "needs gigaspot" and not TOOL):
                continue
            kind, block = match.groups()
            first = page.count("\n", 0, match.start(2)) + 1
            if kind == "sh":
                commands.append((first, block, None))
                continue
            for session in re.finditer(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", block, re.M):
                line = first + block.count("\n", 0, session.start())
                commands.append((line, session.group(1), session.group(2)))
        return commands

    def run_commands(self, commands):
        """Runs all commands in one shell. Returns the output and the status of each."""
        script = "".join(f'{command}\necho "\n{END}$?"\n' for _, command, _ in commands)
        with tempfile.TemporaryDirectory(prefix="gigaspot-page-") as name:
            folder = pathlib.Path(name)
            programs = folder / "build/simulator/bin"
            programs.mkdir(parents=True)
            (programs / "gigaspot-simulate").symlink_to(PROGRAM)
            if TOOL:
                (programs / "gigaspot").symlink_to(TOOL)
                (folder / "build/tool").symlink_to(folder / "build/simulator")
            (folder / "examples").symlink_to(SOURCE / "examples")
            output = subprocess.run(["bash", "-c", script], cwd=folder, stdin=subprocess.DEVNULL, text=True,
                                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE).stdout
        results = re.findall(rf"(.*?)\n{END}(\d+)\n", output, re.S)
        self.assertEqual(len(results), len(commands), output)
        return results

    def test_each_command_prints_what_the_page_shows(self):
        for name, page in {**PAGES, **OTHER_PAGES}.items():
            commands = self.commands_of(page)
            self.assertGreater(len(commands), 2 if TOOL else -1, name)
            self.assertIn(MARK, page, name)  # which tells tests/docs/check.py that this test runs the page
            for (line, command, expected), (printed, status) in zip(commands, self.run_commands(commands)):
                with self.subTest(f"{name}:{line}: {command}"):
                    if expected is None:
                        self.assertEqual("0", status, printed)
                    else:
                        self.assertEqual(printed.rstrip("\n"), expected.rstrip("\n"))

    def test_the_options_are_those_of_the_help(self):
        documented = {name for row in rows_below("## Commands and options") for name in re.findall(r"--[a-z]+", row[0])}
        helped = {name for words in (["--help"], ["run", "--help"], ["merge", "--help"])
                  for name in re.findall(r"--[a-z]+", "\n".join(
                      line.split("   ")[0] for line in run(*words)[0].splitlines() if line.startswith("  -")))}
        helped |= set(re.findall(r"(?<=-h,)--help", run("--help")[0]))
        self.assertEqual(documented, helped)
        commands = re.search(r"Subcommands:\n(.*?)\n\n", run("--help")[0], re.S).group(1)
        for command in re.findall(r"^  (\w+)", commands, re.M):
            self.assertIn(f"`gigaspot-simulate {command} ", section("## Commands and options"))


class Keys(unittest.TestCase):
    maxDiff = None

    def test_the_keys_are_those_of_the_reader(self):
        self.assertEqual(set(keys_of_the_page()), set(keys_of_scenarios()) | keys_of_studies())

    def test_the_defaults_are_those_of_an_empty_scenario(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "kinds.toml").write_text(KINDS)
            _, err = run("run", "kinds.toml", "--set", "days=1", "--set", "hosts.count=1", "--seeds", "1", cwd=folder)
            self.assertEqual(err, "")
            resolved = tomllib.loads((folder / "kinds.results/scenario.toml").read_text())
        resolved |= {"days": 14}
        resolved["hosts"]["count"] = 40
        resolved["study"]["seeds"] = int(re.search(r"std::int64_t seeds = (\d+);", source("study/plan.cpp")).group(1))
        for key, (default, _) in keys_of_the_page().items():
            with self.subTest(key):
                if default in NO_DEFAULT:
                    continue
                found = resolved
                for part in key.split("."):
                    found = found[part]
                self.assertEqual(found, tomllib.loads(f"value = {default.strip('`')}")["value"])
        for key in keys_of_scenarios():  # and nothing that has a default is said to have none
            found = resolved
            for part in key.split("."):
                found = found.get(part, {}) if isinstance(found, dict) else {}
            if found != {} and not key.endswith((".card", ".tariff")):
                self.assertNotIn(keys_of_the_page()[key][0], NO_DEFAULT, key)

    def test_the_ranges_are_those_of_the_error_messages(self):
        numbers = {key for key, form in keys_of_scenarios().items() if "number" in form or "duration" in form
                   or form == "share_of_all"} | {"study.seeds", "study.first_seed"}
        self.assertGreater(len(numbers), 35)
        with tempfile.TemporaryDirectory() as name:
            (pathlib.Path(name) / "kinds.toml").write_text(KINDS)
            for key in sorted(numbers):
                with self.subTest(key):
                    _, err = run("run", "kinds.toml", "--check", "--set", f"{key}=none", cwd=name)
                    match = re.search(r"allowed: a (whole number|number|share|duration) from (.*?)(?:, such as.*| with at "
                                      r"most.*|)$", err.rstrip("\n"))
                    self.assertTrue(match, err)
                    kind, ends = match.groups()
                    shown = re.sub(r"(?<=\d),(?=\d{3})", "", keys_of_the_page()[key][1])
                    self.assertEqual(shown, f"{kind}, {ends}")

    def test_the_decimals_are_those_of_the_error_messages(self):
        decimals = {"market.reserve": 9, "tariffs.KIND.low": 9, "jobs.value_median": 9, "rate.start": 12,
                    "rate.jump_factor": 6, "jobs.hours": 6, "hosts.kinds.KIND.outages": 6}
        self.assertIn("USD have at most 9 decimals, coin rates 12, others 6.", PAGES["scenarios.md"])
        with tempfile.TemporaryDirectory() as name:
            (pathlib.Path(name) / "kinds.toml").write_text(KINDS)
            for key, count in decimals.items():
                _, err = run("run", "kinds.toml", "--check", "--set", f"{key}=none", cwd=name)
                self.assertTrue(err.endswith(f"with at most {count} decimals\n"), err)

    def test_the_choices_are_those_of_the_reader(self):
        allowed = {key: code_in(entry[1]) for key, entry in keys_of_the_page().items()}
        self.assertEqual(allowed["market.refill"], names_of("refills"))
        self.assertEqual(allowed["renters.KIND.power"], names_of("power_choices"))
        profiles = re.search(r"all_profiles\[\] = \{(.*?)\};", source("scenario/facts.cpp"), re.S).group(1)
        self.assertEqual(allowed["tariffs.KIND.profile"], re.findall(r'\{"(\w+)"', profiles))

    def test_the_limits_of_a_study_are_those_of_the_sources(self):
        limits = dict(re.findall(r"constexpr std::size_t (\w+)_max = ([\d']+);",
                                 source("study/axes.cpp") + source("study/plan.hpp") + source("options.cpp")))
        limit = {name: f"{int(number.replace(chr(39), '')):,}" for name, number in limits.items()}
        text = re.sub(r"\s+", " ", "".join(PAGES.values()))
        self.assertIn(f"There can be {limit['axes']} axes, {limit['options']} options per axis, {limit['cells']} cells and "
                      f"{limit['runs']} runs.", text)
        self.assertIn(f"runs per cell, 1 to {limit['seeds']} |", text)
        self.assertIn(f"threads, 1 to {limit['jobs']} |", text)


class Names(unittest.TestCase):
    maxDiff = None

    def first_column(self, heading):
        return [name for row in rows_below(heading) for name in code_in(row[0])]

    def test_mechanisms_and_strategies(self):
        self.assertEqual(self.first_column("## Mechanisms"), names_of("mechanisms"))
        self.assertEqual(self.first_column("## Strategies"), names_of("strategies"))

    def test_cards_and_workloads(self):
        facts = source("scenario/facts.cpp")
        cards = re.findall(r'\{"(\w+)", "[^"]+", (\d+), (\d+), (\d+)\}', facts)
        self.assertEqual(len(cards), 4)
        runs = {card: [] for card, *_ in cards}
        for card, workload in re.findall(r'\{"(\w+)", "(\w+)", \w+\}', facts):
            runs[card].append(workload)
        documented = {}
        for names, limits, workloads in rows_below("## Cards and workloads"):
            lowest, *highest = re.findall(r"\d+", limits)
            for name, limit in zip(code_in(names), highest, strict=True):
                documented[name] = (lowest, limit, limit, code_in(workloads))
        self.assertEqual(documented, {card: (low, default, high, runs[card]) for card, low, default, high in cards})

    def test_measures(self):
        better = {"1": "more", "-1": "less", "0": ""}
        text = re.sub(r'"\s+"', "", source("run/measures.hpp"))  # a long text is split into several strings
        wanted = [[f"`{name}`", unit, better[sign], meaning] for name, unit, sign, meaning in
                  re.findall(r'\{Measure::\w+, "(\w+)", "[^"]*", "([^"]*)", \d+,\s*Party::\w+,\s*(-?\d),\s*"([^"]*)"\}', text)]
        self.assertEqual(len(wanted), int(re.search(r"measure_count = (\d+);", text).group(1)))
        self.assertEqual(rows_below("## Measures"), wanted)

    def test_files_and_columns(self):
        results = section("## Results")
        names = re.search(r"names_of_results\[\] = \{(.*?)\};", source("study/plan.cpp"), re.S).group(1)
        for name in re.findall(r'"([\w.]+)"', names):
            self.assertRegex(results, rf"`{re.escape(name)}[`/]")
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "all.toml").write_text(KINDS + """
[report]
hours = true
[[axis]]
label = "an axis"
[[axis.option]]
label = "searched"
solve = { key = "market.fee", values = [0, 0.1], maximise = "host_profit" }
""")
            _, err = run("run", "all.toml", "--set", "days=1", "--set", "hosts.count=2", "--seeds", "1", "--out", "r",
                         cwd=folder)
            self.assertEqual(err, "")
            for path in sorted(pathlib.Path(folder, "r").glob("*.csv")):
                head = next(csv.reader(io.StringIO(path.read_text())))
                row = next(row for row in rows_below("## Results") if row[0] == f"`{path.name}`")
                measures = self.first_column("## Measures")
                columns = [name for name in head if name not in ("cell", "an axis", "seed", *measures)]
                wanted = [name for name in code_in(row[1]) if name not in ("cell", "seed")]
                self.assertEqual(columns, wanted, path.name)


if __name__ == "__main__":
    unittest.main()
