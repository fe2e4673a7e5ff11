"""Tests the report on tiny markets, and its arithmetic with figures worked out by hand.

No test checks a time.

usage: test_report.py GIGASPOT_BENCH
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

sys.dont_write_bytecode = True

import bars  # noqa: E402
import growth  # noqa: E402
import instructions  # noqa: E402
import questions  # noqa: E402
import tables  # noqa: E402

REPORT = pathlib.Path(__file__).with_name("report.py")
DOCS = REPORT.parent.parent / "docs"
program = sys.argv.pop() if len(sys.argv) > 1 else "gigaspot_bench"

# Rows that only the report measures, not the program.
NOT_MEASURED = {questions.SNAPSHOT, questions.COMPILER,
                *(questions.INSTRUCTIONS.format(name) for name in ("event_by_handle", "event_packed_by_handle",
                                                                   "event_by_id", "reprice_and_choice", "line"))}


def report(*arguments):
    return subprocess.run([sys.executable, REPORT, *arguments], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)


def rates(**by_name):
    """Returns rounds with the given items per second per benchmark; `_` means a slash."""
    return [{name.replace("_", "/"): {"items_per_second": 1e6 * value}
             for name, value in zip(by_name, values)} for values in zip(*by_name.values())]


class Arithmetic(unittest.TestCase):
    def test_the_spread_is_half_of_the_distance_of_the_quartiles(self):
        median, spread = tables.median_and_spread([5, 1, 4, 2, 3])
        self.assertEqual((median, spread), (3, 1 / 3))  # quartiles 2 and 4
        self.assertEqual(tables.median_and_spread([7]), (7, 0))

    def test_a_ratio_is_taken_within_each_round(self):
        rounds = rates(a=[10, 20, 30], b=[5, 20, 10])  # 2, 1 and 3 times; the medians say 20 / 10
        self.assertEqual(tables.ratio(rounds, "M/s", "a", "b"), 2)
        rounds = rates(a=[10, 40, 30], b=[5, 10, 30])  # 2, 4 and 1 times; the medians say 30 / 10
        self.assertEqual(tables.ratio(rounds, "M/s", "a", "b"), 2)

    def test_less_time_is_better(self):
        rounds = [{"a": {"seconds": 2.0}, "b": {"seconds": 6.0}}]
        self.assertEqual(tables.ratio(rounds, "ms", "a", "b"), 3)
        self.assertIsNone(tables.ratio(rounds, "ms", "a", "c"))

    def row_of(self, table, **by_name):
        """Returns the row of the small market by handles, as a dictionary."""
        names = {f"events/small/{name}": {"items_per_second": 1e6 * value}
                 for name, value in by_name.items()}
        titles, *rows = table([names])
        self.assertEqual(len(rows), 1, "what was not measured has no row")
        return dict(zip(titles, rows[0]))

    def test_we_are_compared_with_the_best_peer(self):
        row = self.row_of(tables.peer_table, handles=12, multimap=2, vector=3, sqlite=0.5)
        self.assertEqual(row["ours"], "12 ± 0 %")
        self.assertEqual(row["best peer"], "4 x vector")
        self.assertEqual((row["SQLite"], row["multi_index"]), ("0.5 ± 0 %", ""))

    def test_the_short_table_has_only_the_best_peer(self):
        row = self.row_of(tables.short_table, handles=12, multimap=2, vector=3, sqlite=0.5)
        self.assertEqual([row["gigaspot"], row["best alternative"], row["ratio"]],
                         ["12 ± 0 %", "3 ± 0 %, vector", "4"])

    def goal_of(self, question, a_round):
        found = [one for one in questions.questions if one.text == question]
        return tables.goal_cells([a_round], found[0])

    def test_a_figure_is_below_its_floor_above_it_or_in_reach(self):
        for rate, state in ((9.9, "below"), (10, "floor"), (29, "floor"), (30, "reach")):
            a_round = {"validate/structs": {"items_per_second": rate * 1e6}}
            self.assertEqual(self.goal_of("Bids validated, public values", a_round), ["10 M/s", "30 M/s", state])

    def test_a_time_is_to_be_short(self):
        for microseconds, state in ((101, "below"), (100, "floor"), (60, "reach")):
            a_round = {"rate_move/large/1%": {"seconds": microseconds * 1e-6}}
            self.assertEqual(self.goal_of("Rate moves by 1%, close", a_round),
                             ["100 us", "60 us", state])

    def test_a_goal_can_be_a_time_relative_to_the_ceiling(self):
        for ceiling, state in ((2.1, "below (2.1 x)"), (2, "floor (2 x)"), (1.6, "reach (1.6 x)")):
            a_round = {"events/small/handles": {"items_per_second": 1.0},
                       "events/small/ceiling_handles": {"items_per_second": ceiling}}
            self.assertEqual(self.goal_of("Events, small market, by handles", a_round),
                             ["2 x the ceiling", "1.6 x the ceiling", state])

    def test_a_goal_can_be_a_time_relative_to_a_market_in_one_currency(self):
        for bitcoin, state in ((11, "below (11 x)"), (10, "floor (10 x)"), (3, "reach (3 x)")):
            a_round = {"rate_move/bitcoin/1%": {"seconds": bitcoin}, "rate_move/large/1%": {"seconds": 1.0}}
            self.assertEqual(self.goal_of("Rate moves by 1%, 3 % bitcoin, close", a_round),
                             ["10 x one currency", "3 x one currency", state])

    def test_a_goal_relative_to_what_was_not_measured_is_open(self):
        a_round = {"events/small/handles": {"items_per_second": 1.0}}
        self.assertEqual(self.goal_of("Events, small market, by handles", a_round),
                         ["2 x the ceiling", "1.6 x the ceiling", ""])

    def test_the_table_of_the_ceiling_shows_how_many_times_as_long_we_take(self):
        row = self.row_of(tables.ceiling_table, handles=5, ceiling_handles=12, multimap=2)
        self.assertEqual([row["ours"], row["ceiling"], row["time relative to it"]],
                         ["5 ± 0 %", "12 ± 0 %", "2.4 x the ceiling"])
        self.assertNotIn("ceiling", self.row_of(tables.peer_table, handles=5, ceiling_handles=12, multimap=2))
        names = {"events/small/handles", "events/small/ceiling_handles"}
        self.assertEqual(tables.other_table([{name: {"seconds": 1.0} for name in names}])[1:], [])

    def test_two_threads_are_compared_with_one(self):
        name = "shards/large/events/{}/real_time"
        for two, state in ((2.2, "below (0.909 x)"), (3, "floor (0.667 x)"), (4, "reach (0.5 x)")):
            a_round = {name.format("two_threads"): {"items_per_second": two}, name.format("one_thread"): {"items_per_second": 2.0}}
            self.assertEqual(self.goal_of("Events, two engines on two threads", a_round),
                             ["0.87 x one thread", "0.53 x one thread", state])

    def test_what_has_no_question_is_shown_all_the_same(self):
        rows = tables.other_table([{"new/row": {"seconds": 0.002, "items_per_second": 5e6}}])
        self.assertEqual(rows[1:], [["new/row", "2 ± 0 %", "5 M ± 0 %"]])

    def test_a_table_for_a_page(self):
        text = tables.as_text([["a", "b", "c"], ["1|2", "", "33"]], True)
        self.assertEqual(text, "| a    | c  |\n|------|----|\n| 1\\|2 | 33 |\n")

    def test_steps_of_an_axis(self):
        self.assertEqual([growth.step_of(top) for top in (3, 6, 15, 29, 30)], [1, 2, 5, 5, 10])


class Instructions(unittest.TestCase):
    """The counts of instructions.py. `bench.instructions` among the tests counts them."""

    def test_all_calls_of_a_counted_function_are_found(self):
        profile = """fn=main
3 1
cfn=(anonymous namespace)::count_line(int)
calls=2 10
4 100
cfn=other(count_of)
calls=9 10
4 900
fn=f
cfn=bench::count_line(int) [clone .isra.0]
calls=1 10
5 20
"""
        self.assertEqual(instructions.parse(profile), {"line": (120, 3)})

    def test_an_event_is_a_change_and_the_choice_after_it(self):
        counts = {kind: (100, 10) for kind in instructions.KINDS}
        counts |= {"place_by_handle": (300, 1), "reprice_by_handle": (80, 2), "cancel_by_handle": (20, 1),
                   "choice_by_handle": (40, 4)}
        rows = {name: row["instructions"] for name, row in instructions.rows_for_report(counts).items()}
        self.assertEqual(rows["instructions/event_by_handle"], 110)
        self.assertEqual(rows["instructions/reprice_and_choice"], 50)
        self.assertLessEqual(set(rows), NOT_MEASURED)

    def check(self, change, compiler="g++ 12", is_usual=True):
        expected = {kind: 100.0 for kind in instructions.KINDS}
        return instructions.check(compiler, expected | {"line": 100.0 + change}, {"g++ 12": expected}, is_usual)

    def test_a_change_of_more_than_two_percent_fails_in_both_directions(self):
        for change in (0, 1.9, -1.9):
            self.assertEqual(self.check(change)[0], [])
        for change in (2.1, -2.1):
            problems, _ = self.check(change)
            self.assertIn("command as a line of JSON", problems[0])
            self.assertIn("--renew", problems[-1])

    def test_another_compiler_or_processor_passes_with_a_note(self):
        for problems, notes in (self.check(50, compiler="g++ 13"), self.check(50, is_usual=False)):
            self.assertEqual((problems, len(notes)), ([], 1))

    def test_a_kind_without_an_expected_count_fails(self):
        counts = {kind: 100.0 for kind in instructions.KINDS}
        self.assertEqual(instructions.differences(counts, {"line": 100.0}), list(instructions.KINDS)[:-1])

    def test_the_expected_counts_are_of_all_kinds(self):
        for counts in json.loads(instructions.EXPECTED.read_text()).values():
            self.assertEqual(list(counts), list(instructions.KINDS))


class Pages(unittest.TestCase):
    """The page for users, its picture and the notebook have the same figures."""

    def setUp(self):
        self.measured = bars.peer_table_of(bars.NOTEBOOK.read_text())

    def test_the_page_for_users_has_the_figures_of_the_notebook(self):
        titles, *rows = self.measured
        expected = []
        for row in rows:
            ratio, _, peer = row[-1].partition(" x ")
            expected.append([row[0], row[1], row[2], f"{row[titles.index(peer)]}, {peer}", ratio])
        self.assertIn(expected, [table[1:] for table in bars.tables_of((DOCS / "performance.md").read_text())])

    def test_the_picture_is_drawn_from_the_notebook(self):
        self.assertEqual((DOCS / "images/performance.svg").read_text(), bars.chart(self.measured))

    def test_bars_are_as_long_as_their_values(self):
        questions = [question for _, _, pairs in bars.PANELS for _, question in pairs]
        table = [["question", "unit", "ours", "multimap", "vector", "best peer"],
                 *([question, "ms", "1,000 ± 1 %", "", "250 ± 2 %", "4 x vector"] for question in questions)]
        self.assertEqual(bars.bars_of(table, [("a", questions[0])]), [("vector", 250, "peer"), ("a", 1000, "ours")])
        self.assertIn(f'width="{bars.BARS / 4:.1f}" height="16" class="peer"', bars.chart(table))
        xml.etree.ElementTree.fromstring(bars.chart(table))


class Programs(unittest.TestCase):
    """A program that fails makes the report fail."""

    def report_on(self, code, output):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "bench"
            path.write_text(f"#!{sys.executable}\nprint({output!r})\nraise SystemExit({code})\n")
            path.chmod(0o755)
            return report(str(path), "--rounds=1")

    def results(self, **more):
        return json.dumps({"benchmarks": [{"name": "events/small/ids/iterations:1",
                                           "cpu_time": 2.0, "time_unit": "ms",
                                           "items_per_second": 3e6, **more}]})

    def test_one_that_is_right(self):
        done = self.report_on(0, self.results(label="the first 10 events"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"Events, small market, by ids +M/s +3 ± 0 %")
        self.assertIn("events/small/ids: the first 10 events", done.stdout)

    def test_other_winners(self):
        done = self.report_on(1, self.results(error_occurred=True, error_message="other winners"))
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("events/small/ids: other winners", done.stderr)

    def test_a_failure(self):
        self.assertEqual(self.report_on(1, self.results()).returncode, 1)

    def test_no_results(self):
        self.assertEqual(self.report_on(0, "Segmentation fault").returncode, 1)


class Tiny(unittest.TestCase):
    """Runs the program. It fails if a market has other winners or profits than the vectors."""

    def test_all(self):
        with tempfile.TemporaryDirectory() as folder:
            chart, values = os.path.join(folder, "growth.svg"), os.path.join(folder, "values.json")
            done = report(program, "--short", "--rounds=2", "--growth-rounds=1", "--growth", chart,
                          "--json", values, "--markdown")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.check_values(json.loads(pathlib.Path(values).read_text()))
            self.check_chart(pathlib.Path(chart).read_text())
        self.assertRegex(done.stdout, r"\| Events, by ids +\| M/s ")
        self.assertRegex(done.stdout, r"\| Events, by handles, in batches +\| M/s .* x the ceiling \|")
        self.assertRegex(done.stdout, r"\| 300 +\| 1,500 ")
        self.assertRegex(done.stdout, r"events/large/sqlite: the first \d+ events")

    def check_values(self, document):
        listed = subprocess.run([program, "--benchmark_list_tests=true"], text=True, check=True,
                                stdout=subprocess.PIPE).stdout.split()
        names = {re.sub("/iterations:1(?=/|$)", "", name) for name in listed}
        self.assertEqual(set(document["rows"]), names)
        for name, row in document["rows"].items():
            self.assertEqual(len(row["seconds"]["values"]), 2, name)
        asked = {question.ours for question in questions.questions}
        self.assertLessEqual(asked - names, NOT_MEASURED)
        self.assertEqual([part["hosts"] for part in document["growth"]], [100, 300])
        for part in document["growth"]:
            self.assertEqual(set(part["rows"]), {growth.IDS, growth.HANDLES, growth.MOVE,
                                                 growth.CLOSE, growth.BUILD})

    def check_chart(self, text):
        root = xml.etree.ElementTree.fromstring(text)
        lines = root.findall("{http://www.w3.org/2000/svg}polyline")
        self.assertEqual([len(line.get("points").split()) for line in lines], [2] * 5)
        self.assertIn("prefers-color-scheme: dark", text)
        self.assertNotIn("nan", text)
        for x, y in (point.split(",") for line in lines for point in line.get("points").split()):
            self.assertTrue(0 < float(x) < growth.WIDTH and 0 < float(y) < growth.HEIGHT)


if __name__ == "__main__":
    unittest.main()
