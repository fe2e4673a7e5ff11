"""Runs the pages about gigaspot-server: each page that has the mark below, in a folder of its own.

All `sh` and `console` blocks of a page run in one shell, in their order, as a reader would run them at
the top of a checkout. Each command of a `console` block must print what the page shows; "..." in it
stands for any text within a line. A block after an HTML comment is not run. Port 8080 of the page is
replaced by a free one.
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
PROGRAMS = {"gigaspot-server": os.environ["GIGASPOT_SERVER"], "gigaspot-host": os.environ["GIGASPOT_HOST"]}
END = "--- end of a command, status "
PATIENCE = 300  # seconds for a whole page


def commands_of(page):
    """Returns triples: the line in the page, the command, and what it must print (None: anything)."""
    commands = []
    for match in re.finditer(r"^```(sh|console)\n(.*?)^```$", page, re.M | re.S):
        line = page.count("\n", 0, match.start()) + 2
        if re.search(r"<!-- [^>]* -->\n\Z", page[:match.start()]):
            continue
        if match.group(1) == "sh":
            commands.append((line, match.group(2), None))
            continue
        for session in re.finditer(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", match.group(2), re.M):
            at = line + match.group(2).count("\n", 0, session.start())
            commands.append((at, session.group(1), session.group(2)))
    return commands


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
        self.assertGreaterEqual(len(pages), 2)
        for path in pages:
            port = str(free_port())
            commands = commands_of(path.read_text().replace("8080", port))
            self.assertGreater(len(commands), 5, path)
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


if __name__ == "__main__":
    unittest.main()
