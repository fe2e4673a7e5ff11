"""Tests how the tool behaves: what it writes to which stream, and its exit code."""
import csv
import io
import json
import os
import pathlib
import pty
import re
import resource
import shlex
import subprocess
import tempfile
import unicodedata
import unittest

from oracle import Market

TOOL = os.environ["GIGASPOT"]
TREE = pathlib.Path(__file__).parent.parent.parent
GOLDEN = str(TREE / "tests" / "golden" / "market.snapshot.json")
COMMANDS = str(TREE / "examples" / "data" / "commands.jsonl")
ORDERS = str(TREE / "examples" / "data" / "orders.json")
IS_SANITIZED = re.search(rb"__[at]san_init", pathlib.Path(TOOL).read_bytes()) is not None
RATE = ("--usd-per-coin", "0.01")
RANK = ("rank", GOLDEN, *RATE)
# What an answer about all of GOLDEN passes over.
PASSED_OVER = """gigaspot: skipped 13: gpus: not given; required: bids, on_demand_rented, online, gpus, energy_price
gigaspot: skipped 14: gpus[1].pl: minimum 100 is above maximum 90
gigaspot: skipped bid 80 of host 15: bids[1].id: duplicate id 80; each bid has its own
gigaspot: warning: 3 bids were not compared, for lack of a rate: bitcoin (2), usd-coin
"""
QUOTE = ("quote", GOLDEN, *RATE, "--host", "7")


def run(*words, text="", env=None, stdout=subprocess.PIPE):
    done = subprocess.run([TOOL, *words], input=text.encode(), stdout=stdout, stderr=subprocess.PIPE,
                          env=dict(os.environ, **(env or {})))
    return done.returncode, (done.stdout or b"").decode(), done.stderr.decode()


def machine(currency="bitcoin", **fields):
    bids = [{"owner": 1, "id": 1, "price": 20, "currency": currency, "pl": 100}]
    return dict({"bids": bids, "on_demand_rented": False, "online": True, "gpus": [{"pl": [70, 100], "model": "GTX"}],
                 "energy_price": 0.05}, **fields)


class Ends(unittest.TestCase):
    """Every failure has an exit code, prints one line that says what is wrong, and writes nothing to standard output."""

    def check(self, exit_code, says, *words, text="", **options):
        code, out, err = run(*words, text=text, **options)
        self.assertEqual((code, out), (exit_code, ""), (words, err))
        self.assertRegex(err, r"\Agigaspot: [^\n]+\n\Z", words)
        self.assertIn(says, err, words)

    def test_wrong_use(self):
        for says, *words in (
            ("unknown command 'frobnicate'", "frobnicate"),
            ("a command is missing before --frobnicate; expected rank, explain", "--frobnicate"),
            ("a command is missing before -V;", "-V"),
            ("a command is missing before --host;", "--host", "7", *RANK),
            ("a command is missing before --;", "--", *RANK),
            ("unknown command 'help'; did you mean '--help'?", "help"),
            ("unknown command 'version'; did you mean '--version'?", "version"),
            ("--usd-per-coin: a value is missing; `gigaspot rank --help` says which", "rank", GOLDEN, "--usd-per-coin"),
            ("--by: a value is missing; `gigaspot find --help` says which", "find", GOLDEN, *RATE, "--by"),
            ("--strict takes no value; got 'true'", *RANK, "--strict=true"),
            ("--require-cached takes no value; got ''", *RANK, "--require-cached="),
            ("--frobnicate", *RANK, "--frobnicate"),
            ("extra", *RANK, "extra"),
            ("SNAPSHOT is required", "rank", *RATE),
            ("either --usd-per-coin or --wrapper", "rank", GOLDEN),
            ("either --usd-per-coin or --wrapper", *RANK, "--wrapper", "-"),
            ("--usd-per-coin", *RANK, "--usd-per-coin", "0.02"),
            ("--usd-per-coin: '0.01x' is not a decimal number", "rank", GOLDEN, "--usd-per-coin", "0.01x"),
            ("--usd-per-coin: '.5' is not a decimal number", "rank", GOLDEN, "--usd-per-coin", ".5"),
            ("--usd-per-coin: 'NaN' is not a decimal number", "rank", GOLDEN, "--usd-per-coin", "NaN"),
            ("--usd-per-coin: ''", "rank", GOLDEN, "--usd-per-coin", ""),
            ("--usd-per-coin: '0' is out of range", "rank", GOLDEN, "--usd-per-coin", "0"),
            ("--usd-per-coin: '-1' is out of range", "rank", GOLDEN, "--usd-per-coin", "-1"),
            ("--usd-per-coin: '1000000.1' is out of range", "rank", GOLDEN, "--usd-per-coin", "1000000.1"),
            ("--usd-per-coin: '1e-13' is out of range", "rank", GOLDEN, "--usd-per-coin", "1e-13"),
            ("only one", "rank", "-", "--wrapper", "-"),
            ("only one", "replay", "-", "--restore", "-"),
            ("--save takes a file", "replay", "--save", "-", "-"),
            ("--wrapper gives the price of CLORE", "rank", GOLDEN, "--wrapper", "-", "--main-currency", "bitcoin"),
            ("--main-currency: not UTF-8", *RANK, "--main-currency", "\udcff"),  # the byte 0xff
            ("--reserve: ''", *RANK, "--reserve", ""),
            ("--reserve: '1e-21' has more than 20 digits", *RANK, "--reserve", "1e-21"),
            ("--reserve: '1000000001' is out of range", *RANK, "--reserve", "1000000001"),
            ("--switch-margin: '-0.1' is out of range", *RANK, "--switch-margin", "-0.1"),
            ("--switch-margin-ppm: '1000001' is out of range", *RANK, "--switch-margin-ppm", "1000001"),
            ("--switch-margin-ppm: '2e0%' is not a number", *RANK, "--switch-margin-ppm", "2e0%"),
            ("--rate: 'bitcoin': expected CURRENCY=USD", *RANK, "--rate", "bitcoin"),
            ("--rate: '=1': expected CURRENCY=USD", *RANK, "--rate", "=1"),
            ("--rate bitcoin: '0' is out of range", *RANK, "--rate", "bitcoin=0"),
            ("--rate: bitcoin=: missing the USD value", *RANK, "--rate", "bitcoin="),
            ("has a rate already", *RANK, "--rate", "bitcoin=1", "--rate", "bitcoin=1"),
            ("has a rate already, from --usd-per-coin", *RANK, "--rate", "CLORE-Blockchain=1"),
            ("--rate: not UTF-8", *RANK, "--rate", "\udcff=1"),
            ("--fee: not UTF-8", *RANK, "--fee", "\udcff=1"),
            ("--currency: not UTF-8", *QUOTE, "--watts", "100", "--currency", "\udcff"),
            ("--model: not UTF-8", "find", GOLDEN, *RATE, "--watts-per-gpu", "100", "--model", "\udcff"),
            ("at most 16", *RANK, *(word for i in range(16) for word in ("--rate", "c%d=1" % i))),
            ("129 bytes; at most 128", *RANK, "--rate", "x" * 129 + "=1"),
            ("--fee: 'bitcoin': expected CURRENCY=PPM", *RANK, "--fee", "bitcoin"),
            ("--fee: '=1': expected CURRENCY=PPM", *RANK, "--fee", "=1"),
            ("--fee: bitcoin=: missing the fee, e.g. bitcoin=25000 or bitcoin=2.5%", *RANK, "--fee", "bitcoin="),
            ("--fee bitcoin takes whole parts per million; got 0.5", *RANK, "--fee", "bitcoin=0.5"),
            ("--fee bitcoin: '101%' is out of range: 0 to 1000000 parts per million", *RANK, "--fee", "bitcoin=101%"),
            ("--fee: 'bitcoin=1': this currency has a fee already", *RANK, "--fee", "bitcoin=0", "--fee", "bitcoin=1"),
            ("--fee: 'c15' is one currency too many; at most 16", *RANK, *(word for i in range(16) for word in ("--fee", "c%d=1" % i))),
            ("--base-power: '-1' is out of range: 0 to 1000000 watts", *RANK, "--base-power", "-1"),
            ("--base-power takes whole watts; got 1.5", *RANK, "--base-power", "1.5"),
            ("--price-min: ''", *RANK, "--price-min", ""),
            ("--price-min: '1e-9' has more than 8 digits", *RANK, "--price-min", "1e-9"),
            ("--price-min 5000.1 is above --price-max 5000", *RANK, "--price-min", "5000.1"),
            ("--price-min 0.0001 is above --price-max 0", "check", GOLDEN, "-", "--price-max", "0"),
            ("--price-min 2 is above --price-max 1", "replay", "-", "--price-max", "1", "--price-min", "2"),
            ("--fee", "check", GOLDEN, "-", "--fee", "bitcoin=1"),
            ("--host: 'x'", *RANK, "--host", "x"),
            ("--host: ''", *RANK, "--host", ""),
            ("--host: '-1'", *RANK, "--host", "-1"),
            ("--host: '1.5'", *RANK, "--host", "1.5"),
            ("--host: '007'", *RANK, "--host", "007"),
            ("--host: '0x7'", *RANK, "--host", "0x7"),
            ("--host: '9007199254740993'", *RANK, "--host", "9007199254740993"),
            ("--host: '99999999999999999999'", *RANK, "--host", "99999999999999999999"),
            ("--format: 'xml': expected table, json or csv", *RANK, "--format", "xml"),
            ("--format: '1': expected table, json or csv", *RANK, "--format", "1"),
            ("--tick: '0' is out of range", "explain", GOLDEN, *RATE, "--host", "7", "--tick", "0"),
            ("--tick: '1e7' is out of range: above 0, up to 1000000 coins per day", "explain", GOLDEN, *RATE, "--tick", "1e7"),
            ("--tick: ''", "explain", GOLDEN, *RATE, "--host", "7", "--tick", ""),
            ("--hosts: '-1'", "generate", "--hosts", "-1"),
            ("--hosts: '010'", "generate", "--hosts", "010"),
            ("--hosts: '10000001': expected a whole number, 0 .. 10000000", "generate", "--hosts", "10000001"),
            ("--bids-per-host: '1e7': expected a whole number, 0 .. 1000000", "generate", "--bids-per-host", "1e7"),
            ("--bids-per-host: 'many'", "generate", "--bids-per-host", "many"),
            ("--seed: '-1'", "generate", "--seed", "-1"),
            ("--seed: '18446744073709551616'", "generate", "--seed", "18446744073709551616"),
            ("extra", "generate", "extra"),
            ("--commands: 'many'", "generate", "--commands", "many"),
            ("--commands: '-1'", "generate", "--commands", "-1"),
            ("--commands: '1.5'", "generate", "--commands", "1.5"),
            ("--commands: ''", "generate", "--commands", ""),
            ("--commands: '100000000001': expected a whole number, 0 .. 100000000000", "generate", "--commands", "100000000001"),
            ("--bids-per-host excludes --commands", "generate", "--commands", "5", "--bids-per-host", "8"),
            ("--hosts: '10000001': expected a whole number, 0 .. 10000000", "generate", "--commands", "5", "--hosts", "10000001"),
            ("--owner: 'x'", *QUOTE, "--watts", "100", "--owner", "x"),
            ("--owner: '-1'", "explain", GOLDEN, *RATE, "--owner", "-1"),
            ("--without: '1.5'", "explain", GOLDEN, *RATE, "--without", "1.5"),
            ("--format: 'xml': expected table, json or csv", *QUOTE, "--watts", "100", "--format", "xml"),
            ("--format: 'xml': expected table, json or csv", "explain", GOLDEN, *RATE, "--format", "xml"),
            ("--watts-per-gpu: '-1' is out of range: 0 to 1000000 watts", *QUOTE, "--watts-per-gpu", "-1"),
            ("--watts-per-gpu takes whole watts; got 1.5", "explain", GOLDEN, *RATE, "--watts-per-gpu", "1.5"),
            ("either --watts, --watts-per-gpu or --oc", *QUOTE, "--watts", "100", "--watts-per-gpu", "100"),
            ("--host: ''", "quote", GOLDEN, *RATE, "--watts", "100", "--host", ""),
            ("SNAPSHOT is required", "quote", *RATE, "--host", "7", "--watts", "100"),
            ("either --usd-per-coin or --wrapper", "quote", GOLDEN, "--host", "7", "--watts", "100"),
            ("either --watts, --watts-per-gpu or --oc", *QUOTE),
            ("either --watts, --watts-per-gpu or --oc", *QUOTE, "--watts", "100", "--oc", "-"),
            ("either --watts, --watts-per-gpu or --oc", *QUOTE, "--watts", "100", "--oc", "no-such-file"),
            ("--watts: ''", *QUOTE, "--watts", ""),
            ("--oc: ''", *QUOTE, "--oc", ""),
            ("--currency: ''", *QUOTE, "--watts", "100", "--currency", ""),
            ("--watts: '-1' is out of range", *QUOTE, "--watts", "-1"),
            ("--watts: '1e99' is out of range", *QUOTE, "--watts", "1e99"),
            ("--watts: '1000000001' is out of range", *QUOTE, "--watts", "1000000001"),
            ("--watts takes whole watts; got 99.5", *QUOTE, "--watts", "99.5"),
            ("--watts: '100W' is not a decimal number", *QUOTE, "--watts", "100W"),
            ("--tick: '0' is out of range", *QUOTE, "--watts", "100", "--tick", "0"),
            ("--tick: '1e-9' has more than 8 digits", *QUOTE, "--watts", "100", "--tick", "1e-9"),
            ("only one", "quote", "-", *RATE, "--host", "7", "--oc", "-"),
            ("only one", "quote", GOLDEN, "--wrapper", "-", "--host", "7", "--oc", "-"),
            ("SNAPSHOT is required", "check"),
            ("ORDERS is required", "check", GOLDEN),
            ("extra", "check", GOLDEN, "-", "extra"),
            ("only one", "check", "-", "-"),
            ("only one", "check", GOLDEN, "-", "--wrapper", "-"),
            ("either --usd-per-coin or --wrapper", "check", GOLDEN, "-", *RATE, "--wrapper", GOLDEN),
            ("--usd-per-coin: '0' is out of range", "check", GOLDEN, "-", "--usd-per-coin", "0"),
            ("--rate: 'bitcoin': expected CURRENCY=USD", "check", GOLDEN, "-", "--rate", "bitcoin"),
            ("--reserve", "check", GOLDEN, "-", "--reserve", "1"),
        ):
            with self.subTest(words):
                self.check(2, says, *words)

    def test_an_option_that_takes_one_value_is_not_given_twice(self):
        for command, values in (
            (RANK, {"--reserve": "1", "--switch-margin": "1", "--switch-margin-ppm": "1", "--main-currency": "a", "--format": "csv",
                    "--usd-per-coin": "1", "--base-power": "1", "--price-min": "1", "--price-max": "1"}),
            (("rank", GOLDEN), {"--wrapper": "no-such-file"}),
            (("explain", GOLDEN, *RATE, "--host", "7"), {"--tick": "1", "--reserve": "1", "--owner": "1", "--format": "csv",
                                                                 "--watts-per-gpu": "1"}),
            ((*QUOTE, "--watts", "100"), {"--watts": "100", "--tick": "1", "--currency": "a", "--owner": "1", "--format": "csv"}),
            (QUOTE, {"--oc": "no-such-file"}),
            (("find", GOLDEN, *RATE, "--watts-per-gpu", "100"), {"--model": "RTX 4090", "--gpus": "1", "--top": "1", "--by": "host",
                                                                 "--watts-per-gpu": "1", "--currency": "a", "--owner": "1"}),
            (("check", GOLDEN, ORDERS), {"--usd-per-coin": "1", "--main-currency": "a"}),
            (("generate",), {"--hosts": "1", "--bids-per-host": "1", "--seed": "1", "--commands": "1"}),
            (("replay", "-"), {"--reserve": "1", "--switch-margin": "1", "--switch-margin-ppm": "1", "--dwell-min": "1",
                               "--refill": "at_once", "--rate-age-max": "1", "--interval-min": "1", "--time-step-max": "1",
                               "--main-currency": "a", "--save": "no/such", "--restore": "no-such-file"}),
        ):
            for option, value in values.items():
                with self.subTest(command=command, option=option):
                    self.check(2, option + " is given twice; give it once", *command, option, value, option, value)

    def test_wrong_use_of_replay(self):
        for says, *words in (
            ("COMMANDS",),
            ("extra", "-", "extra"),
            ("--refill: 'at_noon': expected at_close or at_once", "-", "--refill", "at_noon"),
            ("--main-currency: not UTF-8", "-", "--main-currency", "\udcff"),
            ("--host", "-", "--host", "7"),
            *((option, "-", option, value)
              for option in ("--reserve", "--switch-margin", "--switch-margin-ppm", "--dwell-min", "--rate-age-max", "--interval-min",
                             "--time-step-max") for value in ("", "soon", "1e99", "1e-21")),
            *(("%s: '-1' is out of range" % option, "-", option, "-1")
              for option in ("--switch-margin", "--switch-margin-ppm", "--dwell-min", "--rate-age-max", "--interval-min",
                             "--time-step-max")),
        ):
            with self.subTest(words):
                self.check(2, says, "replay", *words)

    def test_bad_data(self):
        with tempfile.TemporaryDirectory() as folder:
            def file(name, text):
                path = pathlib.Path(folder, name)
                path.write_text(text)
                return str(path)

            cut = file("cut.json", '{"7":\n {"cpu":"\u00e9\u4e2d",')
            for says, *words in (
                ("no-such-file: No such file", "rank", "no-such-file", *RATE),
                ("no?such?file: No such file", "rank", "no\nsuch\x1bfile", *RATE),
                ("no-such-file: No such file", "rank", GOLDEN, "--wrapper", "no-such-file"),
                (folder + ": Is a directory", "rank", folder, *RATE),
                (cut + ":2:14: not JSON: the text ends where a key is expected", "rank", cut, *RATE),
                (cut + ":2:14: not JSON", "rank", GOLDEN, "--wrapper", cut),
                ("array.json: expected an object of machines, got an array", "rank", file("array.json", "[]"), *RATE),
                ("standard input: the text is empty", "rank", "-", *RATE),
                ("code 6: not?now", "rank", GOLDEN, "--wrapper", file("6", '{"code":6,"error":"not\\nnow"}')),
                ("code: not given; required: code", "rank", GOLDEN, "--wrapper", file("none", "{}")),
                ("clore_price is missing", "rank", GOLDEN, "--wrapper", file("no-price", '{"code":0}')),
                ('clore_price: "0,1" is not a decimal number', "rank", GOLDEN, "--wrapper",
                 file("text", '{"code":0,"clore_price":"0,1"}')),
                ("clore_price: 0 is out of range: above 0, up to 1000000 USD/coin", "rank", GOLDEN, "--wrapper",
                 file("zero", '{"code":0,"clore_price":0}')),
                ("host 8888 is not in the snapshot", *RANK, "--host", "7", "--host", "8888"),
                ("cannot read host 14: gpus[1].pl: minimum 100 is above maximum 90", "explain", GOLDEN, *RATE, "--host", "14"),
                ("cannot read host 5: expected an object, got an array", "explain", file("5", '{"5":[],"6":{}}'), *RATE, "--host", "5"),
                ("no-such-file: No such file", "quote", "no-such-file", *RATE, "--host", "7", "--watts", "100"),
                ("no-such-file: No such file", *QUOTE, "--oc", "no-such-file"),
                (folder + ": Is a directory", *QUOTE, "--oc", folder),
                ("standard input: the text is empty", *QUOTE, "--oc", "-"),
                ("object.json: expected an array of overclock profiles, got an object", *QUOTE, "--oc", file("object.json", '{"pl":100}')),
                ("[0].pl: expected a number, got a string", *QUOTE, "--oc", file("text.json", '[{"pl":"100"}]')),
                ("[1].core_lok: unknown field core_lok; expected pl, core_lock", *QUOTE, "--oc", file("lok.json", '[{"pl":1},{"core_lok":1}]')),
                ("[0].pl: 1e400 is out of range: 0 to 1000000 W", *QUOTE, "--oc", file("huge.json", '[{"pl":1e400}]')),
                ("[0].pl: 99.5 is not a whole number of W", *QUOTE, "--oc", file("half.json", '[{"pl":99.5}]')),
                ("[32]: at most 32 profiles", *QUOTE, "--oc", file("many.json", json.dumps([{"pl": 1}] * 33))),
                ("host 8888 is not in the snapshot", "quote", GOLDEN, *RATE, "--host", "8888", "--watts", "100"),
                ("cannot read host 14: gpus[1].pl: minimum 100 is above maximum 90", "quote", GOLDEN, *RATE, "--host", "14", "--watts",
                 "100"),
                ("no-such-file: No such file", "replay", "no-such-file"),
                (folder + ": Is a directory", "replay", folder),
                ("no-such-file: No such file", "replay", "-", "--restore", "no-such-file"),
                ("no-such-file: No such file", "check", "no-such-file", "-"),
                ("no-such-file: No such file", "check", GOLDEN, "no-such-file"),
                ("standard input: the text is empty", "check", GOLDEN, "-"),
                ("standard input: the text is empty", "check", "-", file("none.json", "[]")),
                ("object.json: expected an array of orders, got an object", "check", GOLDEN, file("object.json", "{}")),
                ("scalar.json: expected an array of orders, got a number", "check", GOLDEN, file("scalar.json", "5")),
            ):
                with self.subTest(words):
                    self.check(1, says, *words)

    def test_a_standard_error_that_cannot_be_written(self):
        """There is nowhere to say it. The answer and the exit code are those of any other run."""
        for words in ((*RANK,), (*RANK, "--strict"), (*RANK, "--frobnicate"), ("rank", "no-such-file", *RATE), (), ("replay", "-", "--strict")):
            wanted = run(*words, text="#\n" + '{"op":"close","time":5}\n')
            for end in ("2>/dev/full", "2>&-"):
                done = subprocess.run(["sh", "-c", shlex.join([TOOL, *words]) + " " + end], input=b'#\n{"op":"close","time":5}\n',
                                      stdout=subprocess.PIPE)
                self.assertEqual((done.returncode, done.stdout.decode()), wanted[:2], (words, end))
        self.assertEqual({run(*RANK)[0], run(*RANK, "--strict")[0]}, {0, 1})

    def test_a_standard_input_that_is_closed(self):
        done = subprocess.run(["sh", "-c", shlex.join([TOOL, "rank", "-", *RATE]) + " <&-"], stderr=subprocess.PIPE)
        self.assertEqual((done.returncode, done.stderr), (1, b"gigaspot: standard input: Bad file descriptor\n"))

    @unittest.skipIf(IS_SANITIZED, "a sanitizer takes more memory for itself")
    def test_too_little_memory(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (10**9, 10**9))

        with tempfile.NamedTemporaryFile() as file:
            file.truncate(5 * 10**9)  # it takes no room on the disk
            done = subprocess.run([TOOL, "rank", file.name, *RATE], stderr=subprocess.PIPE, preexec_fn=limit)
        self.assertEqual((done.returncode, done.stderr), (1, b"gigaspot: there is not enough memory\n"))

    def test_what_standard_error_names_is_short(self):
        """A key can be as long as the file, and the number of a host too."""
        text = json.dumps({"k" * 99 + "\u00e9" * 10**6: {}, "7." + "0" * 10**6: machine(cuda=5)}, ensure_ascii=False)
        code, out, err = run("rank", "-", *RATE, text=text)
        first, second, third = err.splitlines()
        self.assertTrue(first.startswith("gigaspot: skipped " + "k" * 99 + " ...: the key "), first[:300])
        self.assertTrue(second.startswith("gigaspot: note: host 7.00") and second.endswith("0 ..."), second[:300])
        self.assertIn("not compared", third)
        self.assertTrue(all(len(line) < 600 for line in err.splitlines()))

    def test_whole_numbers_are_read_as_all_numbers(self):
        for same in ("7", "7.0", "70e-1", "0.7e1"):
            self.assertEqual(run(*RANK, "--host", same), run(*RANK, "--host", "7"))
            self.assertEqual(run("generate", "--hosts", same, "--seed", same), run("generate", "--hosts", "7", "--seed", "7"))
            self.assertEqual(run("generate", "--commands", same), run("generate", "--commands", "7"))
            find = ("find", GOLDEN, *RATE, "--watts-per-gpu", "100")
            self.assertEqual(run(*find, "--top", same, "--owner", same, "--without", same),
                             run(*find, "--top", "7", "--owner", "7", "--without", "7"))

    def test_a_full_output(self):
        for words in (RANK, (*RANK, "--format", "json"), ("explain", GOLDEN, *RATE, "--host", "7"),
                      ("generate",), ("generate", "--hosts", "500"), ("generate", "--commands", "50000"),
                      (*QUOTE, "--watts", "100"), ("check", GOLDEN, ORDERS), ("rank", "--help"), ("replay", COMMANDS),
                      ("replay", "-", "--digest"), (*RANK, "--format", "csv", "--host", "7")):
            with self.subTest(words), open("/dev/full", "w") as full:
                self.check(1, "standard output: No space left", *words, stdout=full)

    def test_rank_of_a_skipped_host_is_not_an_error(self):
        code, out, err = run(*RANK, "--host", "14", "--host", "7", "--format", "json")
        answer = json.loads(out)
        self.assertEqual((code, err), (0, "gigaspot: skipped 14: gpus[1].pl: minimum 100 is above maximum 90\n"
                                          "gigaspot: warning: 1 bid was not compared, for lack of a rate: bitcoin\n"))
        self.assertEqual(([host["host"] for host in answer["hosts"]], [s["host"] for s in answer["skipped"]]), ([7], ["14"]))


class Use(unittest.TestCase):
    def test_help_has_an_example_that_works(self):
        """On the market that ships with the project. Its orders have problems, for `check` to show."""
        for command in ((), ("rank",), ("explain",), ("quote",), ("find",), ("check",), ("generate",), ("replay",)):
            code, out, err = run(*command, "--help")
            self.assertEqual((code, err), (0, ""))
            (example,) = re.findall(r"^Example: (.+)$", out, re.MULTILINE)
            with self.subTest(example), tempfile.TemporaryDirectory() as folder:
                pathlib.Path(folder, "examples").symlink_to(TREE / "examples")
                example = re.sub(r"\bgigaspot\b", shlex.quote(TOOL), example)
                done = subprocess.run(["bash", "-euo", "pipefail", "-c", example], cwd=folder, capture_output=True)
                self.assertEqual((done.returncode, done.stderr), (1 if command == ("check",) else 0, b""))
                made = pathlib.Path(folder, "market.json")
                self.assertGreater(len(done.stdout) or made.stat().st_size, 20)

    def test_standard_input(self):
        text = pathlib.Path(GOLDEN).read_text()
        self.assertEqual(run("rank", "-", *RATE, text=text), run(*RANK))
        for price in ('0.01', '"0.01"', '"1e-2"'):
            self.assertEqual(run("rank", GOLDEN, "--wrapper", "-", text='{"code":0,"clore_price":%s}' % price), run(*RANK))

    def test_a_repeatable_option_takes_one_word(self):
        words = ("rank", "--host", "7", "--rate", "bitcoin=50000", GOLDEN, *RATE)
        self.assertEqual(run(*words), run(*RANK, "--rate", "bitcoin=50000", "--host", "7"))

    def test_a_flag_that_is_given_twice_counts_once(self):
        for words, flag in ((RANK, "--require-cached"), ((*QUOTE, "--watts", "400"), "--cached"),
                            (("replay", COMMANDS), "--digest"), (("replay", COMMANDS), "--queue-unavailable")):
            once = run(*words, flag)
            self.assertEqual(once[0], 0)
            self.assertEqual(run(*words, flag, flag), once)

    def test_the_rate_of_the_market_s_answer_counts_as_the_rate_itself(self):
        with tempfile.NamedTemporaryFile("w") as wrapper:
            wrapper.write('{"code":0,"clore_price":0.01}')
            wrapper.flush()
            for words in (("rank", GOLDEN), ("rank", GOLDEN, "--format", "csv"), ("explain", GOLDEN, "--host", "7"),
                          ("quote", GOLDEN, "--host", "7", "--watts", "400"), ("check", GOLDEN, "-", "--rate", "bitcoin=1000000")):
                order = '[{"currency":"bitcoin","renting_server":7,"price":1,"oc":[{"pl":150},{"pl":150}]}]'
                with self.subTest(words):
                    found = run(*words, "--wrapper", wrapper.name, text=order)
                    self.assertEqual(found, run(*words, *RATE, text=order))
                    self.assertNotEqual(found, run(*words, "--usd-per-coin", "1000", text=order))

    def test_a_main_currency_of_any_length(self):
        name = "m" * 500
        text = json.dumps({"1": machine(name), "2": machine("bitcoin")})
        options = {"usd_per_coin": "1", "main_currency": name}
        out = run("rank", "-", "--usd-per-coin", "1", "--main-currency", name, "--format", "json", text=text)[1]
        self.assertEqual(out, Market(text, **options).rank_json())


class Texts(unittest.TestCase):
    """Tests tables with names of any kind."""

    NAMES = ['a"b,c', '"quoted"', "line\nfeed\r\t", "\\", "\u001b[31mred", "\u009b31m", "\x7f\x00\x01", "\u4e2d\u6587 \u00e9\U0001d11e", "", " "]

    def test_json_and_csv(self):
        text = json.dumps({str(i): machine(name) for i, name in enumerate(self.NAMES)})
        answer = json.loads(run("rank", "-", *RATE, "--format", "json", text=text)[1])
        self.assertEqual([host["bids"][0]["currency"] for host in answer["hosts"]], self.NAMES)
        rows = list(csv.reader(io.StringIO(run("rank", "-", *RATE, "--format", "csv", text=text)[1], newline="")))
        self.assertEqual(rows[0], "host,bid,owner,watts,price,currency,profit,eligible,reason,winner".split(","))
        self.assertEqual(rows[1:], [[str(i), "1", "1", "100", "20", name, "", "false", "rate_missing", "false"]
                                    for i, name in enumerate(self.NAMES)])

    def test_host_keys(self):
        text = json.dumps({**{name: machine() for name in self.NAMES}, "7": machine()})
        answer = json.loads(run("rank", "-", *RATE, "--format", "json", text=text)[1])
        self.assertEqual([(skipped["host"], skipped["problem"]) for skipped in answer["skipped"]],
                         [(name, "malformed") for name in self.NAMES])

    def test_csv_reports_skipped_machines_on_standard_error(self):
        code, out, err = run(*RANK, "--format", "csv")
        self.assertEqual((code, err), (0, PASSED_OVER))

    def test_no_output_moves_the_cursor(self):
        machines = {name: machine(name) for name in self.NAMES}
        for i, name in enumerate(self.NAMES):
            machines[str(i)] = machine("CLORE-Blockchain", gpus=[{"pl": [70, 100], "model": name}])
            machines[str(i + 100)] = machine(name)
        text = json.dumps(machines)
        rates = [word for name in self.NAMES if name and "\x00" not in name for word in ("--rate", name + "=0.1")]
        shown = run("rank", "-", *RATE, *rates, text=text)
        explained = run("explain", "-", *RATE, "--host", "100", "--host", "103", "--host", "104", "--host", "1", text=text)
        csv_notes = run("rank", "-", *RATE, "--format", "csv", text=text)[2]
        quoted = run("quote", "-", *RATE, "--host", "100", "--watts", "5000", "--currency", self.NAMES[4], text=text)
        with tempfile.NamedTemporaryFile("w") as orders:
            orders.write(json.dumps([{"currency": "bitcoin", "env": {name: 5}} for name in self.NAMES]))
            orders.flush()
            checked = run("check", "-", orders.name, "--rate", "bitcoin=1", text=text)
        self.assertEqual(checked[1].count("wrong_type"), len(self.NAMES))
        for words in (*shown, *explained, *quoted, *checked, csv_notes):
            controls = {c for c in str(words) if unicodedata.category(c) == "Cc"}
            self.assertLessEqual(controls, {"\n"})
        self.assertEqual(sum(line.startswith("gigaspot: skipped ") for line in csv_notes.splitlines()), len(self.NAMES))
        self.assertIn("gigaspot: warning: ", csv_notes)

    def test_columns_line_up(self):
        def width(text):
            return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)

        models = ["A", "R\u00e9 \u4e2d\u6587", "\u03a9" * 20]
        text = json.dumps({str(10**i): machine("CLORE-Blockchain", gpus=[{"pl": [70, 100], "model": model}])
                           for i, model in enumerate(models)})
        lines = run("rank", "-", *RATE, text=text)[1].splitlines()[: 1 + len(models)]
        places = {width(line[: line.rfind(word)]) for line in lines for word in ("change", "starts") if word in line}
        self.assertEqual(len(places), 1, lines)

        bids = [dict(machine(name)["bids"][0], id=10**i) for i, name in enumerate(["A", "\u4e2d\u6587", "\u03a9" * 9])]
        text = json.dumps({"1": machine(bids=bids)})
        lines = run("explain", "-", *RATE, "--host", "1", text=text)[1].splitlines()[2:6]
        places = {width(line[: line.find(word)]) for line in lines for word in ("state", "rate_missing") if word in line}
        self.assertEqual(len(places), 1, lines)


class Colour(unittest.TestCase):
    def on_a_terminal(self, env):
        """Returns what the tool writes to a terminal. It is short enough for the terminal's buffer."""
        try:
            parent, child = pty.openpty()
        except OSError:  # a chroot may have no /dev/pts
            self.skipTest("this machine has no pseudo-terminals")
        done = subprocess.run([TOOL, *RANK], stdout=child, stderr=subprocess.PIPE, env={"TERM": "xterm", **env})
        os.close(child)
        shown = b""
        try:
            while piece := os.read(parent, 1 << 16):
                shown += piece
        except OSError:  # Linux reports the end as an error
            pass
        os.close(parent)
        return done.returncode, done.stderr, shown.decode()

    def test_only_on_a_terminal_that_wants_it(self):
        self.assertNotIn("\x1b", run(*RANK)[1])
        colours = {}
        for name, env in (("plain", {}), ("no colour", {"NO_COLOR": "1"}), ("empty", {"NO_COLOR": ""}), ("dumb", {"TERM": "dumb"})):
            code, err, out = self.on_a_terminal(env)
            self.assertEqual((code, err.decode()), (0, PASSED_OVER))
            self.assertIn("idle", out)
            self.assertEqual(out.count("\x1b[0m") * 2, out.count("\x1b["))  # each colour is switched off again
            colours[name] = "\x1b[" in out
        self.assertEqual(colours, {"plain": True, "no colour": False, "empty": True, "dumb": False})


if __name__ == "__main__":
    unittest.main()
