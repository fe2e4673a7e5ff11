"""The tool's messages: what is wrong, where, what was given, what is allowed, and what to do next."""
import gzip
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import market
import streams

TOOL = os.environ["GIGASPOT"]
TREE = pathlib.Path(__file__).parent.parent.parent
GOLDEN = str(TREE / "tests" / "golden" / "market.snapshot.json")
ORDERS = str(TREE / "examples" / "data" / "orders.json")
COMMANDS = str(TREE / "examples" / "data" / "commands.jsonl")
RANK = ("rank", GOLDEN, "--usd-per-coin", "0.01")
QUOTE = ("quote", GOLDEN, "--usd-per-coin", "0.01", "--host", "7")
NAMES = ("rank", "explain", "quote", "find", "check", "generate", "replay")


def run(*words, text=""):
    done = subprocess.run([TOOL, *words], input=text.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class Table(unittest.TestCase):
    maxDiff = None

    def check(self, message, *words, exit_code=2, text=""):
        with self.subTest(words):
            self.assertEqual(run(*words, text=text), (exit_code, "", "gigaspot: %s\n" % message))

    def test_a_command_that_is_misspelt_is_guessed(self):
        for word, name in (("rnak", "rank"), ("ran", "rank"), ("Rank", "rank"), ("explian", "explain"), ("quotes", "quote"), ("fnid", "find"),
                           ("chekc", "check"), ("generat", "generate"), ("repaly", "replay")):
            self.check("unknown command '%s'; did you mean '%s'?" % (word, name), word, "x")
        expected = "expected rank, explain, quote, find, check, generate or replay"
        for word in ("frobnicate", "snapshot.json", "x", ""):
            self.check("unknown command '%s'; %s" % (word, expected), word)
        self.check("unknown command 'a?b'; " + expected, "a\nb")
        self.check("a command is missing before --digest; " + expected, "--digest")

    def test_an_option_that_is_misspelt_is_guessed(self):
        for word, name, *words in (
            ("--usd-per-con", "--usd-per-coin", "rank", GOLDEN, "--usd-per-con", "0.01"),
            ("--usd-per-con", "--usd-per-coin", "rank", "--usd-per-con", "0.01", GOLDEN),  # its value is not a snapshot
            ("--usd-per-con", "--usd-per-coin", "rank", GOLDEN, "--usd-per-con=0.01"),
            ("--hots", "--host", "quote", GOLDEN, "--usd-per-coin", "0.01", "--hots", "7", "--watts", "100"),
            ("--Host", "--host", "explain", GOLDEN, "--usd-per-coin", "0.01", "--Host", "7"),
            ("--digset", "--digest", "replay", "-", "--digset"),
            ("--hepl", "--help", "generate", "--hepl"),
            ("--verison", "--version", "--verison"),
        ):
            self.check("%s: unknown option; did you mean %s?" % (word, name), *words)
        for word, *words in (("--frobnicate", *RANK, "--frobnicate"), ("-x", *RANK, "-x"), ("--f", "generate", "--f"),
                             ("--rate", "generate", "--rate", "bitcoin=1")):
            self.check("%s: unknown option; `gigaspot %s --help` lists them" % (word, words[0]), *words)
        # The value of an option is not an option.
        self.check("--reserve: '--host' is not a decimal number", *RANK, "--reserve", "--host")
        self.check("--frob: No such file or directory", "rank", "--usd-per-coin", "0.01", "--", "--frob", exit_code=1)

    def test_the_version(self):
        (number,) = re.findall(r"^#define GIGASPOT_VERSION (\d+)$", (TREE / "include/gigaspot/base/config.hpp").read_text(), re.M)
        version = "gigaspot %d.%d.%d\n" % (int(number) // 10000, int(number) // 100 % 100, int(number) % 100)
        self.assertEqual(run("--version"), (0, version, ""))

    def test_without_an_argument_there_is_the_help(self):
        code, out, err = run()
        self.assertEqual((code, out), (2, ""))  # a command is missing, so that a script notices
        self.assertEqual(err, run("--help")[1])
        for name in NAMES:
            self.assertIn("\n  %s " % name, err)

    def test_a_number_out_of_range_names_the_range(self):
        for message, *words in (
            ("--usd-per-coin: '0' is out of range: above 0, up to 1000000 USD", "rank", GOLDEN, "--usd-per-coin", "0"),
            ("--usd-per-coin: '1000000.1' is out of range: above 0, up to 1000000 USD", "rank", GOLDEN, "--usd-per-coin",
             "1000000.1"),
            ("--rate bitcoin: '-1' is out of range: above 0, up to 1000000 USD", *RANK, "--rate", "bitcoin=-1"),
            ("--reserve: '1000000001' is out of range: -1000000000 to 1000000000 USD per day", *RANK, "--reserve", "1000000001"),
            ("--switch-margin: '-1' is out of range: 0 to 1000000000 USD per day", *RANK, "--switch-margin", "-1"),
            ("--switch-margin-ppm: '101%' is out of range: 0 to 1000000 parts per million", *RANK, "--switch-margin-ppm", "101%"),
            ("--watts: '1e99' is out of range: 0 to 1000000000 watts", *QUOTE, "--watts", "1e99"),
            ("--tick: '0' is out of range: above 0, up to 1000000 coins per day", *QUOTE, "--watts", "9", "--tick", "0"),
            ("--dwell-min: '-1s' is out of range: 0 to 9007199254740992 milliseconds", "replay", "-", "--dwell-min", "-1s"),
            ("--dwell-min: '104249991.4d' is out of range: 0 to 9007199254740992 milliseconds", "replay", "-", "--dwell-min",
             "104249991.4d"),  # 2^53 ms are 104,249,991.37 days
        ):
            self.check(message, *words)

    def test_a_number_with_too_many_digits_names_how_many_there_can_be(self):
        for message, *words in (
            ("--watts takes whole watts; got 99.5", *QUOTE, "--watts", "99.5"),
            ("--switch-margin-ppm takes whole parts per million; got 0.5", *RANK, "--switch-margin-ppm", "0.5"),
            ("--switch-margin-ppm takes whole parts per million; got 0.00001%", *RANK, "--switch-margin-ppm", "0.00001%"),
            ("--interval-min takes whole milliseconds; got 0.0001s", "replay", "-", "--interval-min", "0.0001s"),
            ("--reserve: '1e-21' has more than 20 digits after the point", *RANK, "--reserve", "1e-21"),
            ("--tick: '1e-9' has more than 8 digits after the point", *QUOTE, "--watts", "9", "--tick", "1e-9"),
        ):
            self.check(message, *words)

    def test_what_is_not_a_number_is_told_what_one_looks_like(self):
        duration = "a duration, e.g. 60000 (milliseconds), 500ms, 90s, 10min, 1.5h or 2d"
        share = "a number of parts per million or a percentage, e.g. 20000 or 2%"
        self.check("--reserve: 'lots' is not a decimal number", *RANK, "--reserve", "lots")
        for value in ("2 %", "%", "2%%", "2e0%", "two%", "2.%"):
            self.check("--switch-margin-ppm: '%s' is not %s" % (value, share), *RANK, "--switch-margin-ppm", value)
        for value in ("1hour", "h", "1 h", "1h30min", "1m", "1e0h", "01h", ".5h", "1H"):
            for option in ("--dwell-min", "--rate-age-max", "--interval-min", "--time-step-max"):
                self.check("%s: '%s' is not %s" % (option, value, duration), "replay", "-", option, value)

    def test_a_rate_without_its_value(self):
        self.check("--rate: bitcoin=: missing the USD value, e.g. bitcoin=60000", *RANK, "--rate", "bitcoin=")
        self.check("--rate: 'bitcoin': expected CURRENCY=USD, e.g. bitcoin=60000", *RANK, "--rate", "bitcoin")

    def test_limits_of_currencies(self):
        for name in ("x" * 129, "\u00e9" * 64 + "x"):
            self.check("--rate: currency name has 129 bytes; at most 128", *RANK, "--rate", name + "=1")
        self.assertEqual(run(*RANK, "--rate", "x" * 128 + "=1")[0], 0)
        # With the main currency there are 16.
        rates = [word for i in range(16) for word in ("--rate", "c%d=1" % i)]
        self.check("--rate: 'c15' is one currency too many; at most 16", *RANK, *rates)
        self.assertEqual(run(*RANK, *rates[:-2])[0], 0)

    def test_one_document_in_the_place_of_another(self):
        snapshot, orders = pathlib.Path(GOLDEN).read_text(), pathlib.Path(ORDERS).read_text()
        look = {"orders": ": this looks like orders, use `check SNAPSHOT ORDERS`", "snapshot": ": this looks like a snapshot, use `rank`"}
        machines = "expected an object of machines, got "
        self.check("%s: %san array%s" % (ORDERS, machines, look["orders"]), "rank", ORDERS, "--usd-per-coin", "1", exit_code=1)
        self.check("%s: %san array%s" % (ORDERS, machines, look["orders"]), "check", ORDERS, GOLDEN, exit_code=1)  # swapped
        self.check("%s: expected an array of orders, got an object%s" % (GOLDEN, look["snapshot"]), "check", GOLDEN, GOLDEN,
                   exit_code=1)
        self.check("standard input: expected an array of overclock profiles, got an object" + look["snapshot"], *QUOTE, "--oc", "-",
                   text=snapshot, exit_code=1)
        self.check("standard input: expected the market's answer, an object, got an array" + look["orders"], "rank", GOLDEN,
                   "--wrapper", "-", text=orders, exit_code=1)
        self.check("standard input: expected an array of orders, got an object: this looks like commands, use `replay`", "check", GOLDEN,
                   "-", text='{"op":"close","time":1}', exit_code=1)
        for text, kind in (("[]", "an array"), (" \n[1]", "an array"), ("5", "a number"), ("-1", "a number"),
                           ('"{"', "a string"), ("true", "a boolean"), ("false", "a boolean"), ("null", "null")):
            self.check("standard input: %s%s" % (machines, kind), "rank", "-", "--usd-per-coin", "1", text=text, exit_code=1)


class Documents(unittest.TestCase):
    """A file that is not a snapshot is rejected in one sentence that says what it is."""

    GOOD = '{"7":{"bids":[],"online":true,"on_demand_rented":false,"gpus":[{"pl":[1,2]}],"energy_price":0}}'

    def rank(self, data, *words):
        data = data if isinstance(data, bytes) else data.encode()
        done = subprocess.run([TOOL, "rank", "-", "--usd-per-coin", "1", *words], input=data, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def check(self, data, message, words=("rank", "-", "--usd-per-coin", "1")):
        data = data if isinstance(data, bytes) else data.encode()
        done = subprocess.run([TOOL, *words], input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual((done.returncode, done.stdout, done.stderr.decode()),
                         (1, b"", "gigaspot: standard input: %s\n" % message), (data, words))

    def test_compressed_and_in_another_encoding(self):
        for data, message in (
            (gzip.compress(self.GOOD.encode()), "this is gzip-compressed data; unpack it first"),
            (b"\x28\xb5\x2f\xfd\x24" + self.GOOD.encode(), "this is zstd-compressed data; unpack it first"),
            (self.GOOD.encode("utf-16"), "this is UTF-16 text; convert it to UTF-8 first"),
            (self.GOOD.encode("utf-16-le"), "this is UTF-16 text; convert it to UTF-8 first"),
            (self.GOOD.encode("utf-16-be"), "this is UTF-16 text; convert it to UTF-8 first"),
            (self.GOOD.encode("utf-32"), "this is UTF-32 text; convert it to UTF-8 first"),
            (self.GOOD.encode("utf-32-be"), "this is UTF-32 text; convert it to UTF-8 first"),
            (b"", "the text is empty"), (b"\r\n\t ", "the text is empty"), (b"\xef\xbb\xbf", "the text is empty"),
        ):
            for words in (("rank", "-", "--usd-per-coin", "1"), ("rank", GOLDEN, "--wrapper", "-"), ("check", GOLDEN, "-"),
                          ("check", "-", ORDERS), (*QUOTE, "--oc", "-")):
                self.check(data, message, words)

    def test_answers_of_the_market(self):
        head = "expected an object of machines: this is an answer of the market "
        for text, message in (
            ('{"code":5,"error":"rate limited"}', 'with code 5: "rate limited"'),
            ('{"code":5,"error":"a \\u001b[31m\\"b\\""}', 'with code 5: "a ?[31m"b""'),
            ('{"code":5}', "with code 5"),
            ('{"code":0,"snapshot":%s}' % self.GOOD, "around a snapshot; give only what its field snapshot holds"),
            ('{"code":0,"v1_snapshot_url":"https:\\/\\/x.y\\/s_1.json","clore_price":0.01}',
             'that names a snapshot; download "https://x.y/s_1.json" and give that file'),
            ('{"code":0,"clore_price":0.01}', "without a snapshot"),
        ):
            self.check(text, head + message)
            self.check("\ufeff" + text, head + message)
        self.check('{"code":5,"error":"x"}', 'expected an array of orders, got an object: this is an answer of the market with code 5: "x"',
                   ("check", GOLDEN, "-"))

    def test_commands_and_objects_without_a_machine(self):
        self.check('{"op":"close","time":1}', "expected an object of machines: this looks like commands, use `replay`")
        code, out, err = self.rank(pathlib.Path(COMMANDS).read_text())
        self.assertEqual((code, out), (1, ""))
        self.assertEqual(err, "gigaspot: standard input:2:1: not JSON: unexpected text after the end of the value: this looks like "
                              "commands, use `replay`\n")
        head = "expected an object of machines, got an object without one: "
        self.check('{"servers":[%s],"count":1}' % self.GOOD, head + 'the key "servers" is not the id of a machine')
        self.check('{"7":"offline"}', head + 'the value of "7": expected an object, got a string')
        self.check('{"1e99":{}}', head + 'the key "1e99": 1e99 is out of range: 0 to 9007199254740992')
        self.check(self.GOOD, "expected the market's answer, an object: this looks like a snapshot, use `rank`",
                   ("rank", GOLDEN, "--wrapper", "-"))

    def test_a_mark_and_carriage_returns_change_nothing(self):
        plain = pathlib.Path(GOLDEN).read_text()
        for text in ("\ufeff" + plain, plain.replace("\n", "\r\n"), "\ufeff" + plain.replace("\n", "\r\n")):
            self.assertEqual(self.rank(text, "--format", "json"), self.rank(plain, "--format", "json"))
        self.assertEqual(self.rank("{}")[0], 0)
        self.assertEqual(self.rank("\ufeff{}"), self.rank("{}"))
        orders = pathlib.Path(ORDERS).read_text()
        self.assertEqual(run("check", GOLDEN, "-", text="\ufeff" + orders.replace("\n", "\r\n")), run("check", GOLDEN, "-", text=orders))
        commands = pathlib.Path(COMMANDS).read_text()
        self.assertEqual(run("replay", "-", text="\ufeff" + commands.replace("\n", "\r\n")), run("replay", COMMANDS))


class PassedOver(unittest.TestCase):
    """Each answer says on standard error which bids and fields it could not read."""
    maxDiff = None

    def machine(self, *bids, **fields):
        return dict({"bids": list(bids), "online": True, "on_demand_rented": False, "gpus": [{"pl": [70, 100]}], "energy_price": 0},
                    **fields)

    def bid(self, bid_id, **fields):
        return dict({"owner": 1, "id": bid_id, "price": 100, "currency": "CLORE-Blockchain", "pl": 80}, **fields)

    def text(self):
        return json.dumps({
            "8": self.machine(self.bid(1, pl="a lot"), self.bid(2), {"price": 5}, self.bid(2), 7, cuda=12.4, ram="64 GB"),
            "7": self.machine(self.bid(3, price="731.9"), self.bid(4, to_cache=1)),
            "9": self.machine(self.bid(5, price=-1), gpus=[{"pl": [70, 100]}, {"pl": [100.5, 115.5], "model": 4090}]),
        })

    OF_8 = """gigaspot: skipped bid 1 of host 8: bids[0].pl: expected a number, got a string
gigaspot: skipped bid of host 8: bids[2].owner: not given; required: owner, id, price, currency, pl
gigaspot: skipped bid 2 of host 8: bids[3].id: duplicate id 2; each bid has its own
gigaspot: skipped bid of host 8: bids[4]: expected an object, got a number
gigaspot: note: host 8: cuda: expected a string, got a number
gigaspot: note: host 8: ram: expected a number, got a string
"""

    def test_every_command_that_reads_a_snapshot(self):
        text, rate = self.text(), ("--usd-per-coin", "1")
        bids, notes = self.OF_8.split("gigaspot: note: ", 1)
        everything = (bids + "gigaspot: skipped bid 5 of host 9: bids[0].price: -1 is out of range: 0 to 1000000 coin/day\n"
                      "gigaspot: note: " + notes + "gigaspot: note: host 7: bids[1].to_cache: expected a boolean, got a number\n"
                      "gigaspot: note: host 9: gpus[1].model: expected a string, got a number\n")
        for form in ("table", "json", "csv"):
            code, out, err = run("rank", "-", *rate, "--format", form, text=text)
            self.assertEqual((code, err), (0, everything), form)
            self.assertNotIn("skipped bid", out)
        self.assertEqual(run("rank", "-", *rate, "--host", "8", text=text)[::2], (0, self.OF_8))
        self.assertEqual(run("explain", "-", *rate, "--host", "8", text=text)[::2], (0, self.OF_8))
        self.assertEqual(run("quote", "-", *rate, "--host", "8", "--watts", "80", text=text)[::2], (0, self.OF_8))
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write(text)
            file.flush()
            self.assertEqual(run("check", file.name, "-", text="[]"), (0, "orders: 0, all valid\n", everything))

    def test_the_machine_remains_with_its_other_bids(self):
        answer = json.loads(run("rank", "-", "--usd-per-coin", "1", "--format", "json", text=self.text())[1])
        self.assertEqual([(host["host"], host["winner"], [bid["bid"] for bid in host["bids"]]) for host in answer["hosts"]],
                         [(7, 3, [3, 4]), (8, 2, [2]), (9, None, [])])
        self.assertEqual(answer["skipped"], [])
        self.assertEqual(answer["hosts"][0]["profit"], "731.9")

    def test_a_field_that_is_odd_in_every_machine_is_named_ten_times(self):
        text = json.dumps({str(host): self.machine(cuda=12.4) for host in range(1, 301)})
        err = run("rank", "-", "--usd-per-coin", "1", text=text)[2].splitlines()
        self.assertEqual(err[:10], ["gigaspot: note: host %d: cuda: expected a string, got a number" % host for host in range(1, 11)])
        self.assertEqual(err[10:], ["gigaspot: note: and 290 more"])

    def test_a_note_of_a_machine_whose_key_is_another_spelling(self):
        text = json.dumps({"7.0": self.machine(cc=5), "8": self.machine(cc=5)})
        self.assertEqual(run("rank", "-", "--usd-per-coin", "1", "--host", "7", text=text)[2],
                         "gigaspot: note: host 7.0: cc: expected a string, got a number\n")


class NotCompared(unittest.TestCase):
    """Bids in a currency without a rate, and options without effect, are named on standard error."""
    maxDiff = None
    # A host at 0.1 USD/kWh with 60 coins, and with 0.00002 bitcoin, 200 W each. At 0.01 USD the coins are 0.6 USD, and at
    # 60,000 USD the bitcoin are 1.2 USD.
    BIDS = [{"owner": 1, "id": 1, "price": 60, "currency": "CLORE-Blockchain", "pl": 200},
            {"owner": 2, "id": 2, "price": 0.00002, "currency": "bitcoin", "pl": 200}]
    LACKS = "gigaspot: warning: 1 bid was not compared, for lack of a rate: bitcoin\n"
    UNUSED = "gigaspot: warning: --rate BTC: no bid uses this currency; they use CLORE-Blockchain, bitcoin\n"

    def text(self, **fields):
        machine = {"bids": self.BIDS, "online": True, "on_demand_rented": False, "gpus": [{"pl": [70, 300]}], "energy_price": 0.1}
        return json.dumps({"7": dict(machine, **fields)})

    def quote(self, *words, **fields):
        code, out, err = run("quote", "-", "--usd-per-coin", "0.01", "--host", "7", "--watts", "200", *words, text=self.text(**fields))
        return code, out.split()[0], err

    def test_a_bid_without_a_rate(self):
        self.assertEqual(self.quote(), (0, "60.0001", self.LACKS))
        self.assertEqual(self.quote("--rate", "BTC=60000"), (0, "60.0001", self.LACKS + self.UNUSED))
        self.assertEqual(self.quote("--rate", "bitcoin=60000"), (0, "120.0001", ""))

    def test_strict(self):
        self.assertEqual(self.quote("--strict"), (1, "60.0001", self.LACKS))
        self.assertEqual(self.quote("--strict", "--rate", "bitcoin=60000"), (0, "120.0001", ""))
        self.assertEqual(self.quote("--strict", "--rate", "bitcoin=60000", "--rate", "BTC=1"), (1, "120.0001", self.UNUSED))

    def test_every_command(self):
        text, rate = self.text(), ("--usd-per-coin", "0.01", "--rate", "BTC=60000")
        answers = {}
        for command, *words in (("rank",), ("rank", "--format", "csv"), ("rank", "--format", "json"), ("explain",),
                                ("explain", "--format", "csv"), ("explain", "--format", "json"), ("quote", "--watts", "200"),
                                ("quote", "--watts", "200", "--format", "csv"), ("quote", "--watts", "200", "--format", "json")):
            for strict in ((), ("--strict",)):
                code, out, err = run(command, "-", *rate, *words, *strict, text=text)
                self.assertEqual((code, err), (len(strict), self.LACKS + self.UNUSED), (command, words))
            if words[-1:] == ["json"]:
                answers[command] = json.loads(out)
        counts = {"rate_missing": 1, "expired": 0, "unreadable": 0}
        self.assertEqual([answer["not_compared"] for answer in answers.values()], [counts] * 3)
        self.assertEqual([answers[command]["hosts"][0]["not_compared"] for command in ("explain", "quote")], [counts] * 2)
        orders = json.dumps([{"currency": "CLORE-Blockchain", "renting_server": 7, "price": 60, "oc": [{"pl": 200}]}])
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(text)
            file.flush()
            self.assertEqual(run("check", file.name, "-", *rate, text=orders), (0, "orders: 1, all valid\n", self.UNUSED))
            self.assertEqual(run("check", file.name, "-", *rate, "--strict", text=orders)[0], 1)

    def test_what_is_not_asked_for_is_not_missed(self):
        other = json.loads(self.text())["7"]
        other["bids"] = [dict(self.BIDS[0], id=5)]
        text = json.dumps({"7": json.loads(self.text())["7"], "8": other})

        def notes(*words, command="quote"):
            watts = ("--watts", "200") if command == "quote" else ()
            return run(command, "-", "--usd-per-coin", "0.01", *watts, *words, text=text)[2]

        self.assertEqual(notes("--host", "8"), "")
        self.assertEqual(notes("--host", "8", "--rate", "bitcoin=1"), "")  # another host's bid uses it
        self.assertEqual(notes("--without", "2"), "")
        self.assertEqual(notes("--owner", "2"), "")  # the owner's own bid is not a rival
        self.assertEqual(notes("--owner", "2", command="explain"), self.LACKS)
        self.assertEqual(notes("--currency", "BTC", "--rate", "BTC=60000"), self.LACKS)  # the bid that is asked for uses it
        self.assertEqual(notes("--fee", "BTC=1", "--without", "2"), self.UNUSED.replace("--rate", "--fee"))
        self.assertEqual(notes("--without", "2", "--without", "9", "--without", "10"),
                         "gigaspot: warning: --without: not in the snapshot: 9, 10\n")
        self.assertEqual(self.quote(online=False), (1, "host_offline", ""))  # no bid is compared at all
        self.assertEqual(self.quote("--require-cached", "--cached")[2], "")  # it would not win with a rate either

    def test_many_of_a_kind_are_counted(self):
        machines = {str(host): {"bids": [{"id": i} for i in range(5)], "online": True, "on_demand_rented": False,
                                "gpus": [{"pl": [70, 300]}], "energy_price": 0.1} for host in range(1, 4)}
        machines.update({"x%d" % i: {} for i in range(12)})
        err = run("rank", "-", "--usd-per-coin", "1", text=json.dumps(machines))[2].splitlines()
        self.assertEqual(len(err), 22)
        self.assertEqual((err[10], err[21]), ("gigaspot: skipped 2 more machines", "gigaspot: skipped 5 more bids"))


class Values(unittest.TestCase):
    """Durations with a unit and percentages mean the plain numbers, exactly."""

    def test_durations(self):
        for seed in range(6):
            options, stream = streams.make_case(seed)
            text = stream.decode("utf-8", "surrogateescape")
            words = market.arguments({name: value for name, value in options.items() if name not in
                                      ("dwell_min", "rate_age_max", "interval_min", "time_step_max")})

            def replay(option, value):
                done = subprocess.run([TOOL, "replay", *words, option, value, "-"], input=text.encode("utf-8", "surrogateescape"),
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                self.assertEqual((done.returncode, streams.WARNINGS.sub(b"", done.stderr)), (0, b""), value)
                return done.stdout

            for option in ("--dwell-min", "--rate-age-max", "--interval-min", "--time-step-max"):
                for plain, *others in (("1", "1ms", "0.001s"), ("60000", "60s", "1min", "60000.0ms"),
                                       ("3600000", "1h", "60min", "3600s"), ("172800000", "2d", "48h"),
                                       ("1500", "1.5s", "0.025min"), ("675", "0.0001875h", "0.0000078125d")):
                    wanted = replay(option, plain)
                    for value in others:
                        self.assertEqual(replay(option, value), wanted, (option, value))
        # The plain numbers differ among each other, so that equal answers mean something.
        self.assertNotEqual(replay("--interval-min", "2d"), replay("--interval-min", "1ms"))

    def test_the_longest_duration(self):
        for value in ("9007199254740992", "9007199254740992ms", "9007199254740.992s", "104249991d"):
            self.assertEqual(run("replay", "-", "--dwell-min", value), (0, "", ""))
        # A tenth of a day is whole milliseconds and its 11th digit after the point is not.
        self.assertEqual(run("replay", "-", "--dwell-min", "0.0009765625d")[0], 0)  # 84,375 ms
        self.assertEqual(run("replay", "-", "--dwell-min", "0.00000000001d")[0], 2)

    def test_percentages(self):
        # Bid 1 runs with a profit of 100 USD. At 2 % a challenger needs more than 102 USD.
        def winner(price, *words):
            bids = [{"owner": 1, "id": 1, "price": 100, "currency": "CLORE-Blockchain", "pl": 100, "active": True},
                    {"owner": 1, "id": 2, "price": price, "currency": "CLORE-Blockchain", "pl": 100}]
            text = json.dumps({"5": {"bids": bids, "online": True, "on_demand_rented": False, "gpus": [{"pl": [70, 100]}],
                                     "energy_price": 0}})
            return json.loads(run("rank", "-", "--usd-per-coin", "1", "--format", "json", *words, text=text)[1])["hosts"][0]["winner"]

        for value in ("20000", "2%", "2.0%", "2.0000%"):
            self.assertEqual([winner(price, "--switch-margin-ppm", value) for price in (102, 102.00000001)], [1, 2])
        for value in ("1", "0.0001%"):
            self.assertEqual([winner(price, "--switch-margin-ppm", value) for price in (100.0001, 100.00010001)], [1, 2])
        self.assertEqual([winner(price, "--switch-margin-ppm", "100%") for price in (200, 200.00000001)], [1, 2])
        self.assertEqual([winner(price, "--switch-margin-ppm", "0%") for price in (100, 100.00000001)], [1, 2])


class NotCommands(unittest.TestCase):
    """`replay` of another document answers each line, and then says that none was a command."""

    def check(self, words, text, lines, hint):
        code, out, err = run("replay", *words, text=text)
        name = words[0] if words[0] != "-" else "standard input"
        self.assertEqual((code, err), (1, "gigaspot: %s: no line is a command (lines: %d)%s\n" % (name, lines, hint)))
        self.assertEqual([json.loads(line)["event"] for line in out.splitlines()[:lines]], ["rejected"] * lines)

    def test_a_snapshot(self):
        made = run("generate", "--hosts", "10", "--bids-per-host", "2")[1]
        hint = ": this looks like a snapshot, use `rank`"
        self.check(["-"], made, 12, hint)  # one line for each host, and two for the braces
        self.check(["-"], "\n \r\n" + made, 12, hint)
        self.check([GOLDEN], "", len(pathlib.Path(GOLDEN).read_text().splitlines()), hint)
        self.check(["-"], json.dumps(json.loads(made)), 1, hint)
        large = run("generate", "--hosts", "3000", "--bids-per-host", "2")[1]
        self.check(["-"], json.dumps(json.loads(large)), 1, hint)  # a line that is too long for a command

    def test_what_is_not_text_is_named_at_once(self):
        for data, hint in ((gzip.compress(b'{"op":"close","time":1}\n'), "this is gzip-compressed data; unpack it first"),
                           ('{"op":"close","time":1}\n'.encode("utf-16"), "this is UTF-16 text; convert it to UTF-8 first"),
                           ('{"op":"close","time":1}\n'.encode("utf-16-be"), "this is UTF-16 text; convert it to UTF-8 first")):
            done = subprocess.run([TOOL, "replay", "-"], input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self.assertEqual((done.returncode, done.stdout, done.stderr.decode()), (1, b"", "gigaspot: standard input: %s\n" % hint))

    def test_a_saved_market_is_named(self):
        says = "this is a saved market; use `replay --restore`"
        with tempfile.TemporaryDirectory() as folder:
            file = str(pathlib.Path(folder, "market"))
            self.assertEqual(run("replay", COMMANDS, "--save", file)[0], 0)
            for words in (("replay", file), ("rank", file, "--usd-per-coin", "1"), ("check", GOLDEN, file), ("rank", GOLDEN, "--wrapper", file)):
                self.assertEqual(run(*words), (1, "", "gigaspot: %s: %s\n" % (file, says)))

    def test_an_answer_of_the_market(self):
        self.check(["-"], '{"code":5,"error":"x"}', 1, ": this looks like an answer of the market, use `rank SNAPSHOT --wrapper ANSWER`")

    def test_orders_and_other_texts(self):
        orders = json.dumps(json.loads(pathlib.Path(ORDERS).read_text()))
        self.check(["-"], orders, 1, ": this looks like orders, use `check SNAPSHOT ORDERS`")
        self.check(["-"], "hello\nworld\n", 2, "")
        self.check(["-", "--digest"], "{}", 1, "")
        self.check(["-"], '{"op":"bids","time":1}', 1, "")  # replay is the right place for it

    def test_one_command_among_the_lines_is_enough(self):
        made = run("generate", "--hosts", "3")[1]
        says = "gigaspot: warning: 5 of 6 commands are malformed, the first is command %d; the events say why\n"
        for text, wanted in (('{"op":"close","time":1700000000000}\n' + made, says % 2), (made + '{"op":"close","time":1700000000000}\n', says % 1),
                             ('{"op":"revoke","time":1700000000000,"id":5}\n', ""),  # a rejected command is a command
                             ("", ""), ("\n \n", "")):  # no line is fine too
            code, out, err = run("replay", "-", text=text)
            self.assertEqual((code, err), (0, wanted))

    def test_a_save_is_not_replaced_after_another_document(self):
        with tempfile.TemporaryDirectory() as folder:
            file = str(pathlib.Path(folder, "market"))
            self.assertEqual(run("replay", COMMANDS, "--save", file)[0], 0)
            old = pathlib.Path(file).read_bytes()
            code, _, err = run("replay", GOLDEN, "--restore", file, "--save", file)
            self.assertEqual((code, "no line is a command" in err), (1, True))
            self.assertEqual(pathlib.Path(file).read_bytes(), old)


if __name__ == "__main__":
    unittest.main()
