"""Compares the pages of docs/tool with the tool: options, defaults, ranges, keys of JSON, and the messages of common
mistakes. In docs/formats.md, each document must be the one that the next command reads. tests/docs/check.py runs the
console pieces."""
import json
import os
import pathlib
import re
import shlex
import subprocess
import unittest

TOOL = os.environ["GIGASPOT"]
TREE = pathlib.Path(__file__).parent.parent.parent
DATA = TREE / "examples" / "data"
INDEX = (TREE / "docs/tool/index.md").read_text()
COMMANDS = ("rank", "explain", "quote", "find", "check", "generate", "replay")
PAGES = {command: (TREE / f"docs/tool/{command}.md").read_text() for command in COMMANDS}

MARKET = ("market.json", "--usd-per-coin", "0.0071", "--rate", "bitcoin=60000")
# What a command needs to get as far as an option's value.
BASE = {"rank": {"SNAPSHOT": "market.json", "--usd-per-coin": "0.0071"},
        "generate": {},
        "replay": {"COMMANDS": "commands.jsonl"}}
BASE["explain"] = BASE["rank"]
BASE["quote"] = {**BASE["rank"], "--host": "1016", "--watts": "130"}
BASE["find"] = {**BASE["rank"], "--watts-per-gpu": "130"}
BASE["check"] = {**BASE["rank"], "ORDERS": "orders.json"}


def run(*words):
    done = subprocess.run([TOOL, *words], cwd=DATA, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env={**os.environ, "NO_COLOR": "1"})
    return done.returncode, done.stdout, done.stderr


def section(page, title):
    """The text below a heading, up to the next one."""
    return re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", page, re.M | re.S).group(1)


def rows(text):
    """The cells of each row of the tables in a text, without heads."""
    found = [re.split(r" \| ", line.strip("| ")) for line in text.splitlines() if line.startswith("|")]
    return [cells for cells in found if not re.fullmatch(r"\|?-+\|?.*", cells[0]) and "`" in cells[0]]


def options_in(text):
    """The rows of a table of options, by the name of the option."""
    return {re.match(r"`([\w-]+)", cells[0]).group(1): cells for cells in rows(text)}


COMMON = options_in(section(INDEX, "Common options"))


def common_options(page):
    """The options that a page takes from the common ones, as it lists them."""
    listed = re.search(r"^\[Common options\].*?\.(?=\s|$)", section(page, "Options"), re.M | re.S)
    return set(re.findall(r"`([\w-]+)`", listed.group(0))) if listed else set()


def help_of(command):
    """The default of each option, or None, as --help says it. A default in words is not compared."""
    lines = re.sub(r"\n {20,}", "  ", run(command, "--help")[1]).splitlines()
    options = {}
    for line in lines:
        match = re.match(r"  (--[\w-]+|[A-Z]+)(?: |$)(.*)", line)
        if not match:
            continue
        form, _, text = match.group(2).partition("  ")
        default = re.search(r"\w+=([\w-]+)", form) if "CURRENCY" not in form else None
        default = default or re.search(r"\[([\d.]\S*?)[;\]]", text)
        options[match.group(1)] = default and default.group(1)
    return options


def keys_in(value):
    """All keys of a JSON value, except those that are reasons."""
    if isinstance(value, list):
        return set().union(*map(keys_in, value))
    if not isinstance(value, dict):
        return set()
    return set(value).union(*(keys_in(item) for key, item in value.items() if key != "without_price"))


def each_number(command):
    """The options with a range of numbers: the name, the form of a value, and the numbers of the range."""
    own = options_in(section(PAGES[command], "Options"))
    for name, cells in {**own, **{name: COMMON[name] for name in common_options(PAGES[command])}}.items():
        form = re.search(r"`[\w-]+ ?(.*?)`", cells[0]).group(1)
        numbers = re.findall(r"-?\d[\d,]*(?:\^\d+)?(?![\d%])", cells[1].split(", or")[0])
        if name not in BASE[command] and len(numbers) > 1 or "above" in cells[1]:
            yield name, form, [number.replace(",", "") for number in numbers]


class Pages(unittest.TestCase):
    def test_each_option_and_no_other(self):
        for command, page in PAGES.items():
            with self.subTest(command):
                own = options_in(section(page, "Options"))
                common = common_options(page)
                self.assertEqual(common - COMMON.keys(), set())
                self.assertEqual(common & own.keys(), set())
                self.assertEqual(common | own.keys(), help_of(command).keys())

    def test_the_star_marks_the_common_options_of_check(self):
        starred = {name for name, cells in COMMON.items() if cells[0].endswith("*")}
        self.assertEqual(common_options(PAGES["check"]), starred)
        for command in ("rank", "explain", "quote", "find"):
            self.assertEqual(common_options(PAGES[command]), COMMON.keys())

    def test_defaults(self):
        compared = 0
        for command, page in PAGES.items():
            known = {**COMMON, **options_in(section(page, "Options"))}
            for name, default in help_of(command).items():
                if default is None:
                    continue
                with self.subTest(command=command, option=name):
                    self.assertIn(default, known[name][2])
                compared += 1
        self.assertGreater(compared, 50)

    def test_ranges(self):
        compared = 0
        for command in COMMANDS:
            for name, form, numbers in each_number(command):
                too_high = "1" + "0" * 17
                words = [command]
                for key, value in {**BASE[command], name: f"bitcoin={too_high}" if "=" in form else too_high}.items():
                    words += [key, value] if key.startswith("-") else [value]
                if name.startswith("--watts") and name != "--watts":
                    words = [word for i, word in enumerate(words) if "--watts" not in words[i - 1:i + 1]]
                with self.subTest(command=command, option=name):
                    code, _, message = run(*words)
                    self.assertEqual(code, 2)
                    for number in numbers:
                        self.assertRegex(message, rf"(?<![\d-]){re.escape(number)}(?!\d)")
                compared += 1
        self.assertGreater(compared, 50)

    def test_keys_of_json(self):
        own_bid = ("--owner", "262", "--watts-per-gpu", "130")
        for command, words in {"rank": (), "explain": own_bid, "quote": own_bid, "find": own_bid}.items():
            with self.subTest(command):
                answer = json.loads(run(command, *MARKET, *words, "--format", "json")[1])
                text = section(PAGES[command], "JSON and CSV")
                linked = re.findall(r"\((\w+)\.md", text)
                sections = [text, section(INDEX, "JSON")]
                sections += [section(PAGES[name], "JSON and CSV") for name in linked if name in PAGES]
                named = set(re.findall(r"`(\w+)`", "\n".join(sections)))
                self.assertEqual(keys_in(answer) - named, set())
                listed = {key for cells in rows(text) for key in re.findall(r"`(\w+)`", cells[0])}
                self.assertEqual(listed - keys_in(answer), set())

    def test_common_mistakes(self):
        compared = 0
        for name, page in {"index": INDEX, **PAGES}.items():
            for command, message, _ in rows(section(page, "Common mistakes")):
                words = shlex.split(command.strip("` "))
                message = re.fullmatch(r"(`+) ?(.*?) ?\1", message).group(2)
                with self.subTest(page=name, command=command):
                    self.assertEqual(words[0], "gigaspot")
                    code, out, err = run(*words[1:])
                    self.assertIn(message, (out + err).splitlines())
                    self.assertTrue(code != 0 or ": warning: " in message)
                compared += 1
        self.assertGreater(compared, 30)

    def test_formats_show_the_documents_that_are_read(self):
        page = (TREE / "docs/formats.md").read_text()
        pieces = re.findall(r"^```json\n(.*?)^```\n+^```console\n\$ echo '(.*?)' \| gigaspot ", page, re.M | re.S)
        self.assertEqual(len(pieces), page.count("```json"))
        for shown, read in pieces:
            self.assertEqual(json.loads(shown), json.loads(read))
        self.assertGreater(len(pieces), 5)


if __name__ == "__main__":
    unittest.main()
