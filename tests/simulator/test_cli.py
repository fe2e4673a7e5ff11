"""Runs gigaspot-simulate as a process: messages, exit codes, files, interruptions.

GIGASPOT_SIMULATE names the program.
"""
import csv
import filecmp
import json
import os
import pathlib
import pty
import resource
import signal
import subprocess
import tempfile
import time
import unittest

PROGRAM = os.environ["GIGASPOT_SIMULATE"]

SMALL = """
title = "A small market"
days = 1
warm_up = "1h"
[study]
seeds = 3
[hosts]
count = 4
[[axis]]
label = "fee"
key = "market.fee"
values = ["0%", "5%"]
"""


def start(*words, **how):
    return subprocess.Popen([PROGRAM, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            **how)


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.small = self.write("small.toml", SMALL)

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def run_program(self, *words, code=0, **how):
        process = start(*words, cwd=self.folder, **how)
        out, err = process.communicate(timeout=300)
        self.assertEqual(process.returncode, code, f"{words}\n{out}\n{err}")
        return out, err

    def fails(self, *words, code=1):
        out, err = self.run_program(*words, code=code)
        self.assertEqual(out, "")
        self.assertTrue(err.startswith("gigaspot-simulate: "), err)
        self.assertEqual(err.count("\n"), 1, err)
        return err.removeprefix("gigaspot-simulate: ").rstrip("\n")

    def check_same(self, left, right):
        """Both folders have the same files with the same bytes."""
        names = sorted(p.relative_to(left) for p in left.rglob("*") if p.is_file())
        self.assertEqual(names, sorted(p.relative_to(right) for p in right.rglob("*") if p.is_file()))
        for name in names:
            self.assertTrue(filecmp.cmp(left / name, right / name, shallow=False), name)


class Usage(Case):
    def test_no_argument_prints_the_help(self):
        out, err = self.run_program()
        self.assertEqual(err, "")
        self.assertIn("merge", out)
        self.assertEqual(out, self.run_program("--help")[0])

    def test_version(self):
        self.assertRegex(self.run_program("--version")[0], r"^gigaspot-simulate \d+\.\d+\.\d+\n$")

    def test_wrong_use_says_what_is_allowed(self):
        for words, message in [
            (["rnu"], "unknown command 'rnu'; did you mean 'run'?"),
            (["simulate"], "unknown command 'simulate'; allowed: run, merge"),
            (["a.toml"], "unknown command 'a.toml'; did you mean 'run a.toml'?"),
            (["run"], "SCENARIO is required"),
            (["run", "a.toml", "--sedes", "3"], "--sedes: unknown option; did you mean '--seeds'?"),
            (["run", "a.toml", "--seeds"], "--seeds: a value is missing; `gigaspot-simulate run --help` says which"),
            (["run", "a.toml", "--seeds", "0"], "--seeds: got '0'; allowed: a whole number from 1 to 100000"),
            (["run", "a.toml", "--seeds", "1e3"], "--seeds: got '1e3'; allowed: a whole number from 1 to 100000"),
            (["run", "a.toml", "--seeds", "1", "--seeds", "2"], "--seeds is given twice; give it once"),
            (["run", "a.toml", "--jobs", "-1"], "--jobs: got '-1'; allowed: a whole number from 1 to 1024"),
            (["run", "a.toml", "--check=1"], "--check takes no value"),
            (["run", "a.toml", "--shard", "0/2"],
             "--shard: got '0/2'; allowed: i/n with i from 1 to n, such as 1/4, and n up to 1000000"),
            (["run", "a.toml", "--shard", "3/2"],
             "--shard: got '3/2'; allowed: i/n with i from 1 to n, such as 1/4, and n up to 1000000"),
            (["run", "a.toml", "--shard", "2"],
             "--shard: got '2'; allowed: i/n with i from 1 to n, such as 1/4, and n up to 1000000"),
            (["run", "a.toml", "--host", "2"], "--host needs --explain SEED"),
            (["run", "a.toml", "--check", "--out", "x"], "--out has no effect with --check, which writes nothing"),
            (["run", "a.toml", "--explain", "1", "--check"],
             "--check and --explain do different things; give one of them"),
            (["merge", "a"], "--out is required"),
        ]:
            with self.subTest(words):
                self.assertEqual(self.fails(*words, code=2), message)


class Input(Case):
    def test_faults_have_file_line_and_column(self):
        for text, message in [
            ("days = 3\n[market]\nfeee = 1\n", "bad.toml:3:8: market.feee: unknown key; did you mean 'fee'?"),
            ("days = 0\n", "bad.toml:1:8: days: got 0; allowed: a whole number from 1 to 3650 days"),
            ("days = \n", "bad.toml:1:"),
            ("[rate]\nfile = \"x.csv\"\n", "bad.toml:2:8: rate.file: cannot read the file 'x.csv'"),
        ]:
            with self.subTest(text):
                self.write("bad.toml", text)
                self.assertTrue(self.fails("run", "bad.toml").startswith(message))
        self.assertEqual(self.fails("run", "none.toml"), "none.toml: cannot read this file")
        self.assertEqual(self.fails("run", "small.toml", "--set", "days=x"),
                         "--set days=x: days: got \"x\"; allowed: a whole number from 1 to 3650 days")
        self.assertFalse(list(self.folder.glob("*.results")))

    def test_check_counts_and_writes_nothing(self):
        before = sorted(self.folder.rglob("*"))
        out, err = self.run_program("run", "small.toml", "--check", "--seeds", "10", "--jobs", "2")
        self.assertEqual(err, "")
        self.assertTrue(out.startswith("small.toml: 2 cells x 10 seeds = 20 runs\n  cell 1: 0%\n  cell 2: 5%\n"
                                       "80 host-days: "), out)
        self.assertEqual(before, sorted(self.folder.rglob("*")))

    def test_explain_tells_a_story_and_writes_nothing(self):
        before = sorted(self.folder.rglob("*"))
        out, _ = self.run_program("run", "small.toml", "--explain", "7", "--cell", "2", "--host", "3")
        self.assertNotEqual(out, "")
        self.assertEqual(before, sorted(self.folder.rglob("*")))
        self.assertEqual(self.fails("run", "small.toml", "--explain", "7", "--cell", "3"),
                         "--cell: got 3; allowed: 1 to 2")
        self.assertEqual(self.fails("run", "small.toml", "--explain", "7", "--host", "5"),
                         "--host: got 5; allowed: 1 to 4")


class Results(Case):
    def test_a_run_writes_its_folder_quietly(self):
        out, err = self.run_program("run", self.small, "--set", "days=2")
        self.assertEqual(err, "")
        self.assertTrue(out.endswith("report: small.results/report.html\n"), out)
        results = self.folder / "small.results"
        self.assertEqual(sorted(p.name for p in results.iterdir()),
                         ["kinds.csv", "meta.json", "report.html", "runs.csv", "runs.store", "scenario.toml",
                          "summary.json", "table.csv"])
        rows = list(csv.DictReader((results / "runs.csv").read_text().splitlines()))
        self.assertEqual([(row["cell"], row["fee"], row["seed"]) for row in rows],
                         [(cell, fee, seed) for cell, fee in [("1", "0%"), ("2", "5%")] for seed in "123"])
        meta = json.loads((results / "meta.json").read_text())
        self.assertEqual((meta["partial"], meta["runs"], meta["seeds"], meta["file"]), (False, 6, 3, "small.toml"))
        json.loads((results / "summary.json").read_text())
        for path in results.iterdir():
            for word in [str(self.folder), os.uname().nodename]:
                self.assertNotIn(word, path.read_text(), path)

    def test_the_bytes_do_not_depend_on_threads_shards_or_the_resolved_file(self):
        self.run_program("run", "small.toml", "--out", "one", "--jobs", "1")
        self.run_program("run", "small.toml", "--out", "four", "--jobs", "4")
        self.check_same(self.folder / "one", self.folder / "four")
        self.run_program("run", "one/scenario.toml", "--out", "again")
        self.check_same(self.folder / "one", self.folder / "again")
        for shard in [3, 1, 2]:
            _, err = self.run_program("run", "small.toml", "--out", f"part{shard}", "--shard", f"{shard}/3")
            self.assertIn("2 of 6 runs are done, so the report is partial\n", err)
        self.run_program("merge", "part1", "part2", "part3", "--out", "merged")
        self.check_same(self.folder / "one", self.folder / "merged")

    def test_merge_says_what_does_not_fit(self):
        self.run_program("run", "small.toml", "--out", "a", "--shard", "1/2")
        self.run_program("run", "small.toml", "--out", "b", "--shard", "2/2", "--set", "days=2")
        self.run_program("run", "small.toml", "--out", "c", "--shard", "2/2", "--seeds", "4")
        self.assertEqual(self.fails("merge", "a", "b", "--out", "x1"),
                         "b: is of another study than the first folder: it has 'days = 2', not 'days = 1'")
        self.assertEqual(self.fails("merge", "a", "c", "--out", "x2"), "c: has 4 seeds; the first folder has 3")
        self.assertTrue(self.fails("merge", "a", "none", "--out", "x3").startswith("none/scenario.toml: cannot read"))
        _, err = self.run_program("merge", "a", "--out", "x4", code=1)
        self.assertEqual(err, "only 3 of 6 runs are in these folders, so the report is partial; merge the other "
                              "shards too\n")
        self.assertTrue(json.loads((self.folder / "x4/meta.json").read_text())["partial"])

    def test_results_of_another_study_stay(self):
        self.run_program("run", "small.toml", "--out", "r")
        before = (self.folder / "r/runs.csv").read_bytes()
        self.assertEqual(self.fails("run", "small.toml", "--out", "r", "--set", "days=2"),
                         "r/scenario.toml is of another study: it has 'days = 1', not 'days = 2'; choose another --out")
        self.assertEqual(self.fails("run", "small.toml", "--out", "r", "--seeds", "2"),
                         "r has results of 3 seeds and this study has 2; add --seeds 3, or choose another --out")
        self.assertEqual((self.folder / "r/runs.csv").read_bytes(), before)
        self.assertTrue(self.fails("run", "small.toml", "--out", ".").startswith(". is not empty"))

    def test_more_seeds_continue(self):
        self.run_program("run", "small.toml", "--out", "all", "--seeds", "5")
        self.run_program("run", "small.toml", "--out", "r")
        _, err = self.run_program("run", "small.toml", "--out", "r", "--seeds", "5")
        self.assertEqual(err, "r has 6 results; continuing\n")
        self.check_same(self.folder / "all", self.folder / "r")

    def test_journals(self):
        self.run_program("run", "small.toml", "--out", "r", "--journal", "--seeds", "2")
        self.assertEqual(sorted(p.name for p in (self.folder / "r/journal").iterdir()),
                         ["cell_001_seed_000001.jsonl", "cell_001_seed_000002.jsonl", "cell_002_seed_000001.jsonl",
                          "cell_002_seed_000002.jsonl"])

    def test_data_files_travel_with_the_results(self):
        (self.folder / "data").mkdir()
        self.write("data/rates.csv", "time,rate\n1,0.01\n2,0.02\n")
        self.write("rates.toml", SMALL + "[rate]\nfile = \"data/rates.csv\"\n")
        self.run_program("run", "rates.toml", "--out", "r")
        self.write("data/rates.csv", "0.5\n")
        self.assertEqual(self.fails("run", "rates.toml", "--out", "r"),
                         "r/data/rates.csv has other data than this study; choose another --out")
        self.run_program("run", "r/scenario.toml", "--out", "again")
        self.check_same(self.folder / "r", self.folder / "again")

    def test_a_search_has_its_table(self):
        self.write("search.toml", SMALL.split("[[axis]]")[0] + """
[[axis]]
label = "offer"
[[axis.option]]
label = "solved"
solve = { key = "renters.people.offer", values = ["20%", "40%"], maximise = "best_reply" }
[[axis.option]]
label = "best fee"
solve = { key = "market.fee", values = [0, 0.1], maximise = "host_profit" }
""")
        self.run_program("run", "search.toml", "--out", "one", "--jobs", "1")
        self.run_program("run", "search.toml", "--out", "two", "--jobs", "2")
        self.check_same(self.folder / "one", self.folder / "two")
        rows = list(csv.DictReader((self.folder / "one/solutions.csv").read_text().splitlines()))
        self.assertEqual({row["key"] for row in rows}, {"renters.people.offer", "market.fee"})
        for shard in [1, 2]:
            self.run_program("run", "search.toml", "--out", f"part{shard}", "--shard", f"{shard}/2")
        self.run_program("merge", "part1", "part2", "--out", "merged")
        self.check_same(self.folder / "one", self.folder / "merged")


class Interrupted(Case):
    WORDS = ["run", "small.toml", "--seeds", "60", "--set", "days=3", "--set", "hosts.count=20", "--jobs", "2"]

    def start_and_wait(self, out, lines):
        """Starts a run and waits until its store has a number of results."""
        process = start(*self.WORDS, "--out", out, cwd=self.folder)
        store = self.folder / out / "runs.store"
        end = time.monotonic() + 120
        while not store.exists() or store.read_bytes().count(b"\n") <= lines:
            self.assertIsNone(process.poll(), "it ended before it could be interrupted")
            self.assertLess(time.monotonic(), end)
            time.sleep(0.002)
        return process

    def test_a_signal_leaves_a_partial_result_that_continues(self):
        self.run_program(*self.WORDS, "--out", "whole")
        for number in [signal.SIGINT, signal.SIGTERM]:
            out = f"r{number}"
            process = self.start_and_wait(out, 3)
            process.send_signal(number)
            _, err = process.communicate(timeout=120)
            self.assertEqual(process.returncode, 130, err)
            self.assertIn("of 120 runs are done, so the report is partial\n", err)
            self.assertIn("interrupted; run the same command again to go on\n", err)
            meta = json.loads((self.folder / out / "meta.json").read_text())
            self.assertTrue(meta["partial"])
            self.assertTrue(3 <= meta["runs"] < 120)
            self.assertTrue("partial" in (self.folder / out / "report.html").read_text().lower())
            self.run_program(*self.WORDS, "--out", out)
            self.check_same(self.folder / "whole", self.folder / out)

    def test_a_killed_run_continues(self):
        self.run_program(*self.WORDS, "--out", "whole")
        for lines in [0, 5]:
            process = self.start_and_wait("r", lines)
            process.kill()
            process.communicate(timeout=120)
            with (self.folder / "r/runs.store").open("ab") as store:
                store.write(b"0123456789abcdef 1 cut")
        self.run_program(*self.WORDS, "--out", "r")
        self.check_same(self.folder / "whole", self.folder / "r")

    def test_a_best_reply_needs_two_seeds(self):
        reply = self.write("reply.toml", SMALL.split("[[axis]]")[0] + """
[[axis]]
label = "offer"
[[axis.option]]
label = "solved"
solve = { key = "renters.people.offer", values = ["10%", "90%"], maximise = "best_reply" }
""")
        self.assertIn("a best reply needs 2 seeds or more", self.fails("run", reply, "--seeds", 1, "--out", "r"))
        self.run_program("run", reply, "--seeds", 2, "--out", "r2")

    def test_a_full_standard_output_is_an_error(self):
        with open("/dev/full", "w", encoding="ascii") as full:
            done = subprocess.run([PROGRAM, "run", "--check", self.small], stdout=full, stderr=subprocess.PIPE, text=True,
                                  check=False)
        self.assertEqual((done.returncode, done.stderr),
                         (1, "gigaspot-simulate: standard output: No space left on device\n"))

    def test_a_key_with_thousands_of_parts_has_its_place(self):
        deep = self.write("deep.toml", "x = 1\n[a" + ".a" * 20_000 + "]\n")
        self.assertIn("deep.toml:2:203: a key has more than 100 parts", self.fails("run", deep))

    def test_two_processes_do_not_share_a_folder(self):
        process = self.start_and_wait("r", 1)
        message = self.fails(*self.WORDS, "--out", "r")
        self.assertIn("r/runs.store: another process is writing to it", message)
        process.kill()
        process.communicate(timeout=120)

    def test_a_full_disk_is_an_error_that_names_the_file(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (4_000, 4_000))
        _, err = self.run_program(*self.WORDS, "--out", "r", code=1, preexec_fn=limit, restore_signals=False)
        self.assertEqual(err, "gigaspot-simulate: cannot write r/runs.store: File too large\n")
        self.run_program(*self.WORDS, "--out", "r")
        self.write("file", "")
        self.assertTrue(self.fails("run", "small.toml", "--out", "file/r").startswith("cannot create the folder"))


class Terminal(Case):
    def test_a_terminal_shows_progress(self):
        ours, theirs = pty.openpty()
        process = subprocess.Popen([PROGRAM, "run", "small.toml"], cwd=self.folder, stdout=subprocess.DEVNULL,
                                   stderr=theirs)
        os.close(theirs)
        shown = b""
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            shown += part
        os.close(ours)
        self.assertEqual(process.wait(timeout=120), 0)
        self.assertIn(b"simulate [", shown)
        self.assertIn(b"6 of 6 runs", shown)
        self.assertTrue(shown.endswith(b"\r\x1b[K"), shown[-40:])


if __name__ == "__main__":
    unittest.main()
