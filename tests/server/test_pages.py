"""Runs the pages about gigaspot-server, and compares their tables with the programs.

All `sh` and `console` blocks of a page run in one shell, in their order, as a reader would run them at
the top of a checkout. Each page has a folder of its own. Each command of a `console` block must print what
the page shows; "..." in it stands for any text within a line. A block after `<!-- not run: REASON -->` is
not run. Port 8080 of the page is replaced by a free one.

The tables must have exactly the options of the programs, with their defaults, and the requests, status
codes and messages of the sources.

GIGASPOT_SERVER and GIGASPOT_HOST name the programs.
"""
import contextlib
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import unittest

MARK = "<!-- needs gigaspot-server -->"
SOURCE = pathlib.Path(__file__).resolve().parents[2]
FOLDER = SOURCE / "docs/server"
PARTS = SOURCE / "examples/market_server"
PROGRAMS = {"gigaspot-server": os.environ["GIGASPOT_SERVER"], "gigaspot-host": os.environ["GIGASPOT_HOST"]}
END = "--- end of a command, status "
PATIENCE = 300  # seconds for a whole page


def commands_of(page):
    """Returns triples: the line in the page, the command, and what it must print (None: anything)."""
    commands = []
    for match in re.finditer(r"^```(sh|console)\n(.*?)^```$", page, re.M | re.S):
        line = page.count("\n", 0, match.start()) + 2
        if re.search(r"<!-- not run: [^>]+ -->\n\Z", page[:match.start()]):
            continue
        if match.group(1) == "sh":
            commands.append((line, match.group(2), None))
            continue
        for session in re.finditer(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", match.group(2), re.M):
            at = line + match.group(2).count("\n", 0, session.start())
            commands.append((at, session.group(1), session.group(2)))
    return commands


def rows_below(page, heading):
    """The rows of all tables below a heading, up to the next one of its level or above, without their heads."""
    level = heading.split(" ")[0]
    text = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{len(level)}}} |\Z)", page, re.M | re.S).group(1)
    tables = re.findall(r"^\|.*\n\|---.*\n((?:\|.*\n)+)", text, re.M)
    return [[entry.strip() for entry in line.strip("|").split("|")] for table in tables for line in table.splitlines()]


def code_in(text):
    return re.findall(r"`([^`]+)`", text)


def helped(program):
    """The options of a help, each with its default, or None if the help says none."""
    text = subprocess.run([PROGRAMS[program], "--help"], text=True, capture_output=True, check=True).stdout
    text = text[text.index("Options:"):].split("\n\n")[0]
    options = {}
    for entry in re.split(r"\n  (?=-)", text)[1:]:
        name = re.search(r"--[a-z-]+", entry).group(0)
        default = re.search(r"\[([^\]]+)\](?:; can be given again)?$", " ".join(entry.split()))
        options[name] = "required" if " REQUIRED" in entry else default and default.group(1)
    return options


def documented(rows):
    """The options of a table, each with its default as the help writes it."""
    return {name: row[1].replace("`", "").replace("the system's", "none")
            for row in rows for name in re.findall(r"--[a-z-]+", row[0])}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def matches(expected, printed):
    pattern = ".*".join(re.escape(part) for part in expected.split("..."))
    return re.fullmatch(pattern, printed)


class Pages(unittest.TestCase):
    def run_page(self, commands, folder):
        """Runs all commands in one shell. Returns the output and the status of each."""
        bin_folder = folder / "build/server/bin"
        bin_folder.mkdir(parents=True)
        for name, path in PROGRAMS.items():
            (bin_folder / name).symlink_to(path)
        (folder / "examples").symlink_to(SOURCE / "examples")
        script = "".join(f'{command.rstrip()}\necho "\n{END}$?"\n' for _, command, _ in commands)
        with open(folder / "output", "w+") as output:  # not a pipe, since what the page leaves running has it open
            shell = subprocess.Popen(["bash", "-c", script], cwd=folder, stdin=subprocess.DEVNULL, stdout=output,
                                     stderr=subprocess.STDOUT, start_new_session=True)
            try:
                shell.wait(timeout=PATIENCE)
            finally:
                with contextlib.suppress(ProcessLookupError):  # if the page has stopped everything
                    os.killpg(shell.pid, signal.SIGKILL)
                shell.wait()
            output.seek(0)
            text = output.read()
        return re.findall(rf"(.*?)\n{END}(\d+)\n", text, re.S)

    def test_each_page(self):
        pages = [path for path in sorted(SOURCE.glob("docs/**/*.md")) if MARK in path.read_text()]
        with_commands = {path for path in FOLDER.glob("*.md") if commands_of(path.read_text())}
        self.assertGreaterEqual(len(with_commands), 7)
        self.assertLessEqual(with_commands | {SOURCE / "docs/howto/run_a_market.md"}, set(pages))
        for path in pages:
            port = str(free_port())
            commands = commands_of(path.read_text().replace("8080", port))
            self.assertGreater(len(commands), 2, path)
            with tempfile.TemporaryDirectory(prefix="gigaspot-page-") as folder:
                results = self.run_page(commands, pathlib.Path(folder))
            self.assertEqual(len(commands), len(results), path)
            for (line, command, expected), (printed, status) in zip(commands, results):
                with self.subTest(f"{path.relative_to(SOURCE)}:{line}"):
                    if expected is None:
                        self.assertEqual("0", status, f"{command}\nended with {status} and printed\n{printed}")
                    else:
                        self.assertTrue(matches(expected.rstrip("\n"), printed.rstrip("\n")),
                                        f"$ {command}\nprints\n{printed}\ninstead of\n{expected}")


class Tables(unittest.TestCase):
    maxDiff = None

    def check_options(self, program, rows):
        shown, known = documented(rows), helped(program)
        self.assertEqual(set(known), set(shown))
        self.assertGreater(len(known), 12)
        for name, default in known.items():
            with self.subTest(f"{program} {name}"):
                if default:
                    self.assertEqual(default, shown[name])
                else:  # a flag, or an option whose help says in its text what happens without it
                    self.assertIn(shown[name], ("off", "none", "", "52 models", "this or --dry-run"))

    def test_the_options_are_those_of_the_help(self):
        rows = rows_below((FOLDER / "options.md").read_text(), "# Options of the server")
        self.check_options("gigaspot-server", rows)
        settings = (PARTS / "market/settings.cpp").read_text()
        models = re.search(r"default_gpu_models\(\).*?\{(\".*?)\};", settings, re.S).group(1)
        models = code_in(models.replace(chr(34), chr(96)))
        self.assertEqual(f"{len(models)} models", documented(rows)["--gpu-model"])
        page = (FOLDER / "options.md").read_text()
        shown = re.search(r"^### The GPU models\n.*?`:\n\n(.*?)\.\n\n", page, re.M | re.S).group(1)
        self.assertEqual(models, code_in(shown))
        self.assertIn(f"These {len(models)} models", page)
        self.check_options("gigaspot-host", rows_below((FOLDER / "hosts.md").read_text(), "## gigaspot-host"))

    def test_the_requests_are_those_of_the_sources(self):
        api = (PARTS / "api/api.cpp").read_text() + (PARTS / "api/operator.cpp").read_text()
        known = set(re.findall(r'"(/(?:v1|admin/v1)/[a-z_0-9/]+)"', api))
        known |= {f"/host/v1/machines/ID{action}" for action in
                  set(re.findall(r'"(?:PUT|DELETE|POST|GET)(/[a-z]+|)"', api)) if action or '"PUT"' in api}
        known |= {"/", "/page/market.json", "/page/hosts/ID.json", "/events", "/snapshots/NAME", "/healthz", "/metrics"}
        rows = rows_below((FOLDER / "requests.md").read_text(), "## All requests")
        requests = [code_in(row[0])[0] for row in rows]
        self.assertEqual(len(set(requests)), len(requests))
        self.assertEqual({request.split(" ")[1] for request in requests}, known)
        # Each one that is described on another page has a heading there.
        for row in rows:
            link = re.match(r"\[`(.*)`\]\((?:([a-z]+\.md))?#", row[0])
            if link and link.group(2) in ("renters.md", "hosts.md", "accounts.md"):
                self.assertIn(f"\n### {link.group(1)}\n", (FOLDER / link.group(2)).read_text())

    def test_the_codes_are_those_of_the_sources(self):
        sources = "".join(path.read_text() for path in sorted(PARTS.glob("*/*.cpp")))
        codes = {}
        for status, code in re.findall(r"\berror\((\d+), (\d)", sources):
            codes.setdefault(code, set()).add(status)
        rows = rows_below((FOLDER / "requests.md").read_text(), "## Status codes")
        shown = {row[0]: set(re.findall(r"\d+", row[1])) for row in rows}
        self.assertEqual(sorted(shown), [str(code) for code in range(7)])
        self.assertGreaterEqual(len(codes), 6)
        for code, statuses in codes.items():
            self.assertLessEqual(statuses, shown[code], f"code {code}")

    def test_the_messages_are_in_the_sources(self):
        sources = "".join(path.read_text() for path in sorted(PARTS.glob("**/*.cpp")))
        sources = re.sub(r'"\s*\n\s*"', "", sources)
        page = (FOLDER / "operations.md").read_text()
        rows = rows_below(page, "## If the server does not start")
        self.assertGreater(len(rows), 15)
        of_sqlite = {"file is not a database", "database disk image is malformed"}
        for row in rows:
            for message in set(code_in(row[0])) - of_sqlite:
                for part in re.split(r"\b[A-Z]{1,7}\b|[()/]|market\.db(?:-mark)?|save\.|admin\.token", message):
                    self.assertIn(part.strip(), sources, message)


if __name__ == "__main__":
    unittest.main()
