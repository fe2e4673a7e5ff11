"""Compares the tool's answers with the oracle, and with small answers that are worked out by hand."""
import csv
import io
import itertools
import json
import os
import pathlib
import random
import re
import subprocess
import tempfile
import unittest
from fractions import Fraction

import market
from oracle import Market, decimal

TOOL = os.environ["GIGASPOT"]
GOLDEN = pathlib.Path(__file__).parent.parent / "golden"


def run(*words, text):
    done = subprocess.run([TOOL, *words], input=text.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class Rank(unittest.TestCase):
    maxDiff = None

    def compare(self, text, options):
        wanted = Market(text, **options)
        words = market.arguments(options)
        code, out, err = run("rank", "-", "--format", "json", *words, text=text)
        self.assertEqual((code, out), (0, wanted.rank_json()), (words, text))
        self.assertEqual(market.passed_over(err), market.wanted_of(wanted, options), text)
        return wanted

    def test_golden(self):
        text = (GOLDEN / "market.snapshot.json").read_text()
        options = {"usd_per_coin": "0.01", "rates": ["bitcoin=50000"], "switch_margin": "0.05"}
        self.assertEqual(self.compare(text, options).rank_json(), (GOLDEN / "market.expected.json").read_text())

    def test_many_markets(self):
        seen = {"winner": 0, "idle": 0, "tie": 0, "protected": 0, "margin": 0}
        reasons, problems, bid_problems = set(), set(), set()
        for seed in range(500):
            rng = random.Random(seed)
            judged = self.compare(market.make_market(rng), market.make_options(rng))
            problems.update(code for _, _, code in judged.skipped)
            bid_problems.update(code for _, _, code, _ in judged.skipped_bids)
            for machine in judged.machines.values():
                ranking, winner = judged.rank(machine), judged.select(machine)
                reasons.update(reason for _, _, reason in ranking)
                eligible = [profit for _, profit, reason in ranking if reason is None]
                seen["winner" if winner else "idle"] += 1
                seen["tie"] += len(eligible) > 1 and eligible[0] == eligible[1]
                seen["protected"] += winner is not None and winner[1] < eligible[0]
                seen["margin"] += len(eligible) > 1 and 0 < eligible[0] - eligible[1] < 10**14
        # The markets are varied enough: each reason, each problem and each kind of contest occurred.
        self.assertEqual(reasons, {
            None, "host_offline", "host_on_demand_rented", "host_malfunctioning", "overclock_invalid", "not_cached",
            "price_below_market_minimum", "price_below_host_minimum", "rate_missing", "below_reserve"})
        self.assertEqual(problems, {"malformed", "missing", "wrong_type", "duplicate", "number_out_of_range",
                                    "number_too_precise", "range_inverted", "limit_reached"})
        self.assertEqual(bid_problems, problems - {"range_inverted"})
        for kind, count in seen.items():
            self.assertGreater(count, 20, kind)

    def test_one_host_of_many(self):
        for seed in range(20):
            rng = random.Random(seed)
            text = market.make_market(rng, hosts_max=20)
            hosts = [str(host) for host in Market(text, "0.01").machines]
            if hosts:
                self.compare(text, {"usd_per_coin": "0.01", "hosts": rng.sample(hosts, rng.randrange(1, len(hosts) + 1))})

    def test_a_rate_from_the_market_s_answer(self):
        text = market.make_market(random.Random(3))
        for price in ("0.01", "7.1e-3", "0.0100000000005", "0.0100000000015"):  # rounded half to even to 1e-12
            wrapper = '{"code":0,"clore_price":%s,"my_user_id":5}' % price
            with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
                file.write(wrapper)
                file.flush()
                code, out, err = run("rank", "-", "--format", "json", "--wrapper", file.name, text=text)
            judged = Market(text, wrapper=wrapper)
            self.assertEqual((code, out), (0, judged.rank_json()))
            self.assertEqual(market.passed_over(err), market.wanted_of(judged, {}))

    def test_more_currencies_than_a_market_holds(self):
        bid = '{"owner":1,"id":%d,"price":1,"currency":"c%d","pl":100}'
        machine = '"%d":{"bids":[%s],"on_demand_rented":false,"online":true,"gpus":[{"pl":[100,100]}],"energy_price":0}'
        text = "{%s}" % ",".join(machine % (i, bid % (i, i)) for i in range(20))
        judged = self.compare(text, {"usd_per_coin": "0.01", "rates": ["c5=1", "c16=1"]})
        self.assertEqual(judged.skipped_bids, [(i, "bids[0].currency", "limit_reached", i) for i in (14, 15, 17, 18, 19)])

    def test_skipped_bids_use_up_no_currencies(self):
        bid = '{"owner":1,"id":%d,"price":1,"currency":"%s","pl":%s}'
        machine = '"%d":{"bids":[%s],"on_demand_rented":false,"online":true,"gpus":[{"pl":[100,100]}],"energy_price":0}'
        bids = lambda i: ",".join((bid % (1, "made up %d" % i, '"a lot"'), bid % (2, "c%d" % (i % 14), "100"), bid % (2, "twice %d" % i, "100")))
        judged = self.compare("{%s}" % ",".join(machine % (i, bids(i)) for i in range(40)), {"usd_per_coin": "0.01"})
        self.assertEqual(judged.skipped_bids, [(i, path, code, bid_id) for i in range(40) for path, code, bid_id in (
            ("bids[0].pl", "wrong_type", 1), ("bids[2].id", "duplicate", 2))])
        self.assertTrue(all(len(machine["bids"]) == 1 for machine in judged.machines.values()))

    def test_a_large_market(self):
        text = run("generate", "--hosts", "300", "--bids-per-host", "40", "--seed", "5", text="")[1]
        judged = self.compare(text, {"usd_per_coin": "0.0071", "rates": ["bitcoin=60000"], "switch_margin_ppm": "20000"})
        self.assertEqual(len(judged.machines), 300)


def rows_of(text):
    """The rows of CSV, the header first. A row of another length than the header's fails at once."""
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    assert all(len(row) == len(header) for row in rows), text
    return [header, *rows]


def usd(value):
    """An exact number with four digits after the point, halves to even, as the table prints USD."""
    count = round(Fraction(value) * 10**4)
    return "%s%d.%04d" % ("-" if count < 0 else "", abs(count) // 10**4, abs(count) % 10**4)


class Csv(unittest.TestCase):
    """The same answer as a table of bids: one row per bid, and one for a host without bids."""

    HEADER = "host,bid,owner,watts,price,currency,profit,eligible,reason,winner".split(",")

    def rows(self, judged):
        for host, machine in sorted(judged.machines.items()):
            winner = judged.select(machine)
            for bid, profit, reason in judged.rank(machine):
                yield [str(host), str(bid["id"]), str(bid["owner"]), str(judged.watts(machine, bid)), decimal(bid["price"], 8), bid["currency"],
                       "" if profit is None else decimal(profit, 20), "true" if reason is None else "false", reason or "",
                       "true" if winner is not None and winner[0] is bid else "false"]
            if not machine["bids"]:
                yield [str(host)] + [""] * 9

    def test_many_markets(self):
        without_bids, with_winner = 0, 0
        for seed in range(150):
            rng = random.Random(seed)
            text, options = market.make_market(rng), market.make_options(rng)
            judged = Market(text, **options)
            code, out, err = run("rank", "-", "--format", "csv", *market.arguments(options), text=text)
            wanted = list(self.rows(judged))
            self.assertEqual((code, rows_of(out)), (0, [self.HEADER, *wanted]), (options, text))
            self.assertEqual(market.passed_over(err), market.wanted_of(judged, options))
            without_bids += sum(row[1] == "" for row in wanted)
            with_winner += sum(row[-1] == "true" for row in wanted)
        self.assertGreater(min(without_bids, with_winner), 20)

    def test_a_host_without_bids_has_as_many_fields_as_the_header(self):
        text = json.dumps({str(host): {"bids": [], "online": True, "on_demand_rented": False, "gpus": [{"pl": [70, 100]}],
                                       "energy_price": 0} for host in (3, 4)})
        out = run("rank", "-", "--usd-per-coin", "1", "--format", "csv", text=text)[1]
        self.assertEqual(rows_of(out), [self.HEADER, ["3"] + [""] * 9, ["4"] + [""] * 9])


class Table(unittest.TestCase):
    """What people read: the choice of each host, what it changes, and the sums."""

    def idle_reason(self, judged, machine):
        """The state of the host. Otherwise what keeps the bid with the highest profit from it; of equal ones the lowest id."""
        ranking = judged.rank(machine)
        for name, fails in (("host_offline", not machine["online"]), ("host_on_demand_rented", machine["on_demand_rented"]),
                            ("host_malfunctioning", not machine.get("working_properly", True))):
            if fails:
                return name
        lowest = -(10**60)  # no rate, no profit: behind all others
        best = min(ranking, key=lambda entry: (-(lowest if entry[1] is None else entry[1]), entry[0]["id"]), default=None)
        return best[2] if best else "no bids"

    def cells(self, judged, host, machine):
        """What the line of a host says."""
        models = [gpu.get("model") for gpu in machine["gpus"]]
        gpus = ", ".join("%d x %s" % (len(list(same)), model or "GPU") for model, same in itertools.groupby(models))
        winner, run_id, ranking = judged.select(machine), judged.incumbent(machine), judged.rank(machine)
        if winner is None:
            stops = next((reason for bid, _, reason in ranking if bid["id"] == run_id), None)
            change = self.idle_reason(judged, machine) if run_id is None else "%d stops: %s" % (run_id, stops)
            return [str(host), market.for_people(gpus), "idle", change]
        bid, profit, _ = winner
        second = next((entry[1] for entry in ranking if entry[0] is not bid and entry[2] is None), None)
        change = "starts" if run_id is None else "stays" if run_id == bid["id"] else "replaces %d" % run_id
        margin = [] if second is None else [usd(Fraction(profit - second, 10**20))]
        return [str(host), market.for_people(gpus), str(bid["id"]), market.for_people(decimal(bid["price"], 8) + " " + bid["currency"]),
                str(judged.watts(machine, bid)), usd(Fraction(profit, 10**20)), *margin, change]

    def sums(self, judged):
        winners = [(machine, judged.select(machine)) for machine in judged.machines.values()]
        running = [(machine, entry[0], entry[1]) for machine, entry in winners if entry is not None]
        watts = [judged.watts(machine, bid) for machine, bid, _ in running]
        electricity = sum(Fraction(each * 24 * machine["energy_price"], 1000 * 10**9)
                          for each, (machine, _, _) in zip(watts, running))
        profit = sum(Fraction(profit, 10**20) for _, _, profit in running)
        fee = judged.fees.get(judged.main, 0)
        sign, kind = ("+", "earned with electricity") if electricity < 0 else ("-", "electricity")
        return "%d of %d hosts run, %d W, %s USD per day = %s income %s %s %s, at %s USD per %s%s" % (
            len(running), len(winners), sum(watts), usd(profit), usd(profit + electricity),
            sign, usd(abs(electricity)), kind, decimal(judged.rates[judged.main], 12), judged.main,
            " less a fee of %s %%" % decimal(fee, 4) if fee else "")

    def check(self, text, options):
        judged = Market(text, **options)
        code, out, err = run("rank", "-", *market.arguments(options), text=text)
        self.assertEqual((code, market.passed_over(err)), (0, market.wanted_of(judged, options)))
        lines, wanted = out.splitlines(), [self.cells(judged, *each) for each in sorted(judged.machines.items())]
        found = [re.split(r" {2,}", line.strip()) for line in lines[1 : 1 + len(wanted)]]
        self.assertEqual(found, wanted, (options, text))
        self.assertEqual(lines[1 + len(wanted) :], ["", self.sums(judged)], (options, text))
        return [cells[-1] for cells in wanted]

    def test_many_markets(self):
        changes = []
        for seed in range(200):
            rng = random.Random(seed)
            changes += self.check(market.make_market(rng), market.make_options(rng))
        for kind in ("starts", "stays", "replaces", "stops", "no bids", "host_offline", "below_reserve", "rate_missing"):
            self.assertGreater(sum(kind in change for change in changes), 2, kind)

    def test_a_host_that_is_asked_for_twice_counts_once(self):
        text = run("generate", "--hosts", "12", "--bids-per-host", "3", text="")[1]
        judged = Market(text, "0.0071")
        runs = [str(host) for host, machine in judged.machines.items() if judged.select(machine)]
        idle = [str(host) for host, machine in judged.machines.items() if not judged.select(machine)]
        once = {"usd_per_coin": "0.0071", "hosts": [runs[1], idle[0], runs[0]]}
        twice = {"usd_per_coin": "0.0071", "hosts": [runs[1], idle[0], runs[0], runs[1], idle[0], runs[1]]}
        self.check(text, once)
        for form in ("table", "json", "csv"):
            found = run("rank", "-", "--format", form, *market.arguments(twice), text=text)
            self.assertEqual(found, run("rank", "-", "--format", form, *market.arguments(once), text=text))

    def test_an_idle_host_names_what_keeps_its_best_bid_from_it(self):
        def bid(bid_id, price, watts=100, currency="CLORE-Blockchain"):
            return {"owner": 1, "id": bid_id, "price": price, "currency": currency, "pl": watts}

        # At 1 USD per coin and without a cost of energy a profit is a price. 101 W are more than the GPU takes.
        for wanted, *bids in (
            ("price_below_host_minimum", bid(1, 2, 101), bid(2, 3)),
            ("overclock_invalid", bid(1, 2), bid(2, 3, 101)),
            ("price_below_host_minimum", bid(1, 3), bid(2, 2, 101), bid(3, 1, 101)),
            ("overclock_invalid", bid(1, 3, 101), bid(2, 3)),  # of equal ones the first
            ("price_below_host_minimum", bid(1, 900, currency="bitcoin"), bid(2, 0.5)),  # no rate, no profit
            ("rate_missing", bid(1, 900, currency="bitcoin"), bid(2, 901, currency="bitcoin")),
        ):
            text = json.dumps({"5": {"bids": bids, "online": True, "on_demand_rented": False, "gpus": [{"pl": [70, 100]}],
                                     "min_bid": 50, "energy_price": 0}})
            with self.subTest(wanted=wanted, bids=bids):
                self.assertEqual(self.check(text, {"usd_per_coin": "1"}), [wanted])


class Fees(unittest.TestCase):
    """The options with which the tool says what the live market says."""

    # At 0.01 USD per coin and 0.1 USD/kWh, 0.0024 USD per watt and day.
    BIDS = [{"owner": 1, "id": 1, "price": 100.5, "currency": "CLORE-Blockchain", "pl": 300},
            {"owner": 1, "id": 2, "price": 60, "currency": "CLORE-Blockchain", "pl": 132}]

    def market(self, **fields):
        return json.dumps({"7": dict({"bids": self.BIDS, "online": True, "on_demand_rented": False, "gpus": [{"pl": [70, 400]}],
                                      "energy_price": 0.1}, **fields)})

    def winner(self, *words, **fields):
        code, out, err = run("rank", "-", "--usd-per-coin", "0.01", "--format", "json", *words, text=self.market(**fields))
        self.assertEqual((code, err), (0, ""))
        (host,) = json.loads(out)["hosts"]
        return host["winner"], host["profit"]

    def test_a_fee(self):
        self.assertEqual(self.winner(), (1, "0.285"))  # 1.005 - 0.72; the other has 0.6 - 0.3168 = 0.2832
        # 0.975 x 1.005 - 0.72 = 0.259875 and 0.975 x 0.6 - 0.3168 = 0.2682.
        for fee in ("25000", "2.5%", "25e3"):
            self.assertEqual(self.winner("--fee", "CLORE-Blockchain=" + fee), (2, "0.2682"))
        bids = [dict(self.BIDS[0], currency="bitcoin", price=0.0001)]
        # 0.0001 x 10,000 = 1 USD; half of it is left.
        for words in (("--fee", "bitcoin=50%", "--rate", "bitcoin=10000"), ("--rate", "bitcoin=10000", "--fee", "bitcoin=500000")):
            self.assertEqual(self.winner(*words, bids=bids, energy_price=0), (1, "0.5"))
        self.assertEqual(self.winner("--fee", "CLORE-Blockchain=100%", energy_price=0), (1, "0"))

    def test_the_table_says_the_fee_of_the_main_currency(self):
        out = run("rank", "-", "--usd-per-coin", "0.01", "--fee", "CLORE-Blockchain=2.5%", text=self.market())[1]
        self.assertEqual(out.splitlines()[-1], "1 of 1 hosts run, 132 W, 0.2682 USD per day = 0.5850 income - 0.3168 electricity, at 0.01 "
                         "USD per CLORE-Blockchain less a fee of 2.5 %")

    def test_the_table_says_what_electricity_earns(self):
        # 300 W at -0.1 USD/kWh earn 0.72 USD: 1.005 + 0.72 = 1.725.
        out = run("rank", "-", "--usd-per-coin", "0.01", text=self.market(energy_price=-0.1))[1]
        self.assertEqual(out.splitlines()[-1], "1 of 1 hosts run, 300 W, 1.7250 USD per day = 1.0050 income + 0.7200 earned with "
                         "electricity, at 0.01 USD per CLORE-Blockchain")

    def test_a_base_power(self):
        # 97 W besides the GPUs cost 0.2328 USD.
        self.assertEqual(self.winner("--base-power", "97"), (1, "0.0522"))
        for words in (("explain", "--host", "7"), ("quote", "--host", "7", "--watts", "100")):
            code, out, _ = run(words[0], "-", "--usd-per-coin", "0.01", "--base-power", "97", *words[1:], text=self.market())
            self.assertEqual(code, 0)
            if words[0] == "explain":
                self.assertIn("70..400 W + 97 W base power, available", out)
                self.assertIn("0.0522", out)
            else:  # 197 W cost 0.4728 USD, and 0.0522 USD must be beaten
                self.assertTrue(out.startswith("52.5001 CLORE-Blockchain per day wins host 7 with 100 W\n"), out)

    def test_limits_of_prices(self):
        self.assertEqual(self.winner("--price-min", "100.5"), (1, "0.285"))
        self.assertEqual(self.winner("--price-min", "100.50000001"), (None, None))
        quote = ("quote", "-", "--usd-per-coin", "0.01", "--host", "7", "--watts", "300")
        self.assertEqual(run(*quote, text=self.market())[1].split()[0], "100.5001")
        self.assertEqual(run(*quote, "--price-max", "100.5001", text=self.market())[0], 0)
        code, out, _ = run(*quote, "--price-max", "100.5", text=self.market())
        self.assertEqual((code, out.splitlines()[1]), (1, "the market takes at most 100.5 CLORE-Blockchain per day"))
        self.assertEqual(run(*quote, "--price-min", "120", text=self.market())[1].split()[0], "120")

    def test_a_rate_of_any_number_of_digits_is_rounded_half_to_even(self):
        # 1 coin without a cost of energy: the profit is the rate.
        bids = [dict(self.BIDS[0], price=1)]
        for rate, wanted in (("0.0023000000000000004", "0.0023"), ("0.0000000000005", None), ("0.0000000000015", "0.000000000002"),
                             ("0.0000000000025", "0.000000000002"), ("0.00000000000250000001", "0.000000000003")):
            code, out, err = run("rank", "-", "--usd-per-coin", rate, "--format", "json", text=self.market(bids=bids, energy_price=0))
            if wanted is None:
                self.assertEqual((code, err), (2, "gigaspot: --usd-per-coin: '%s' is out of range: above 0, up to 1000000 USD\n" % rate))
            else:
                self.assertEqual((json.loads(out)["hosts"][0]["profit"], json.loads(out)["usd_per_coin"]), (wanted, wanted))


class Explain(unittest.TestCase):
    def cells(self, judged, machine, tick):
        """Returns the fields of each line about a bid."""
        run_id, winner = judged.incumbent(machine), judged.select(machine)
        for place, (bid, profit, reason) in enumerate(judged.rank(machine), 1):
            watts = judged.watts(machine, bid)
            cells = [str(place), str(bid["id"]), str(bid["owner"]), str(watts)]
            cells.append(decimal(bid["price"], 8) + " " + bid["currency"])
            if profit is not None:
                electricity = watts * 24 * machine["energy_price"] * 10**8
                cells += [decimal(profit + electricity, 20), decimal(electricity, 20), decimal(profit, 20)]
            is_winner = winner is not None and winner[0] is bid
            cells.append("wins" if is_winner else reason or "eligible")
            cells += ["runs now"] if bid["id"] == run_id else []
            price = judged.price_to_win(machine, bid, tick)
            if isinstance(price, str):
                cells.append("no price: " + price)
            elif is_winner and price == bid["price"]:
                cells.append("no lower price")
            else:
                more = price - bid["price"]
                enough = " is enough" if is_winner else ""
                cells.append("%s%s (%s%s)" % (decimal(price, 8), enough, "+" if more >= 0 else "", decimal(more, 8)))
            yield cells

    def check_range(self, judged, machine, line, rng):
        found = re.fullmatch(r"this choice remains while 1 \S+ is worth (\S+?)\.\.(\S+) USD; now (\S+)", line)
        least, most, now = (self.count(text) for text in found.groups())
        present = judged.choice_at(machine, now)
        self.assertLessEqual(least, now)
        self.assertLessEqual(now, most)
        for rate in [least, most] + [rng.randint(least, most) for _ in range(20)]:
            self.assertEqual(judged.choice_at(machine, rate), present, rate)
        for rate in (least - 1, most + 1):
            if 1 <= rate <= 10**18:
                self.assertNotEqual(judged.choice_at(machine, rate), present, rate)
        return least > 1 or most < 10**18

    @staticmethod
    def count(text):
        whole, _, fraction = text.partition(".")
        return int(whole + fraction.ljust(12, "0"))

    def explain(self, *hosts):
        words = [word for host in hosts for word in ("--host", host)]
        rates = ("--usd-per-coin", "0.01", "--rate", "bitcoin=50000", "--rate", "usd-coin=1")
        return run("explain", "-", *rates, *words, text=(GOLDEN / "market.snapshot.json").read_text())

    def test_the_head_of_a_host(self):
        # Host 7 has two RTX 4090 with 150..450 W and 150..400 W.
        self.assertTrue(self.explain("7")[1].startswith("host 7: 2 x RTX 4090, 300..850 W, available, 0.1 USD/kWh, minimum bid 300 "))
        machine = {"bids": [], "online": False, "on_demand_rented": False, "energy_price": 0.5,
                   "gpus": [{"pl": [1, 2], "model": model} for model in ("A", "A", "B", "A")] + [{"pl": [1, 2]}]}
        head = run("explain", "-", "--usd-per-coin", "1", "--host", "7", text=json.dumps({"7": machine}))[1].splitlines()[0]
        self.assertTrue(head.startswith("host 7: 2 x A, 1 x B, 1 x A, 1 x GPU, 5..10 W, "), head)

    def test_several_hosts_by_ascending_id_and_each_once(self):
        parts = [self.explain(host)[1] for host in ("7", "8", "11")]
        self.assertTrue(all(parts))
        self.assertEqual(self.explain("11", "7", "11", "8", "7"), (0, "\n".join(parts), ""))

    def test_a_host_that_cannot_be_read_fails_after_the_others_are_shown(self):
        # Host 14 has an inverted range.
        code, out, err = self.explain("14", "8", "7")
        self.assertEqual((code, out), (1, self.explain("7", "8")[1]))
        self.assertEqual((err.count("\n"), "cannot read host 14: gpus[1].pl" in err), (1, True))

    def test_the_winner_is_told_what_is_enough(self):
        """The incumbent wins a tie with 80 coins. Bid 3, of the same owner, leaves 90 coins, and does not count for its owner."""
        bids = [{"owner": 1, "id": 1, "price": 100, "currency": "CLORE-Blockchain", "pl": 100, "active": True},
                {"owner": 2, "id": 2, "price": 80, "currency": "CLORE-Blockchain", "pl": 100},
                {"owner": 1, "id": 3, "price": 90, "currency": "CLORE-Blockchain", "pl": 100}]
        text = json.dumps({"7": {"bids": bids, "online": True, "on_demand_rented": False, "gpus": [{"pl": [70, 200]}], "energy_price": 0}})
        for words, *wanted in (
            ((), ("1", "runs now", "90 is enough (-10)"), ("3", "100.0001 (+10.0001)"), ("2", "100.0001 (+20.0001)")),
            (("--owner", "1"), ("1", "runs now", "yours", "80 is enough (-20)"), ("3", "yours", "80.0001 (-9.9999)"),
             ("2", "100.0001 (+20.0001)")),
            (("--owner", "2"), ("1", "runs now", "90 is enough (-10)"), ("3", "100.0001 (+10.0001)"), ("2", "yours", "100.0001 (+20.0001)")),
            (("--without", "3"), ("1", "runs now", "80 is enough (-20)"), ("2", "100.0001 (+20.0001)")),
            (("--without", "1"), ("3", "80.0001 is enough (-9.9999)"), ("2", "90.0001 (+10.0001)")),
            (("--without", "1", "--without", "3", "--tick", "1"), ("2", "1 is enough (-79)")),
        ):
            with self.subTest(words):
                code, out, err = run("explain", "-", "--usd-per-coin", "0.01", "--host", "7", *words, text=text)
                found = [re.split(r" {2,}", line.strip()) for line in out.splitlines()[3:-1]]
                self.assertEqual((code, err), (0, ""))
                self.assertEqual([(line[1], *line[9:]) for line in found], [tuple(each) for each in wanted])

    def test_a_new_bid(self):
        out = run("explain", "-", "--usd-per-coin", "0.01", "--host", "11", "--host", "9", "--watts-per-gpu", "90",
                  text=(GOLDEN / "market.snapshot.json").read_text())[1]
        wanted = {}
        for host in ("9", "11"):
            quoted = run("quote", "-", "--usd-per-coin", "0.01", "--host", host, "--watts-per-gpu", "90",
                         text=(GOLDEN / "market.snapshot.json").read_text())[1].splitlines()[0]
            wanted[host] = quoted.split()[0]
        self.assertEqual(wanted["9"], "host_offline")
        self.assertIn("\na new bid with 90 W wins at no price: host_offline\n", out)
        self.assertIn("\na new bid with 90 W wins at %s CLORE-Blockchain\n" % wanted["11"], out)

    HEADER = "host,bid,owner,watts,price,currency,income,electricity,profit,eligible,reason,winner,incumbent,own,wins_at,no_price"

    def judge(self, judged, machine, owner, without, tick):
        """Yields the exact fields of each bid, in the order of the CSV."""
        run_id = judged.incumbent(machine)
        bids = [dict(bid, active=bid["id"] == run_id) for bid in machine["bids"] if bid["id"] not in without]
        whole = dict(machine, bids=bids)
        winner = judged.select(whole)
        for bid, profit, reason in judged.rank(whole):
            alone = dict(machine, bids=[other for other in bids if other is bid or bid["owner"] != owner or other["owner"] != owner])
            price = judged.price_to_win(alone, bid, tick)
            electricity = judged.watts(machine, bid) * 24 * machine["energy_price"] * 10**8
            yield {
                "bid": bid["id"], "owner": bid["owner"], "watts": judged.watts(machine, bid), "price": decimal(bid["price"], 8),
                "currency": bid["currency"], "income": None if profit is None else decimal(profit + electricity, 20),
                "electricity": None if profit is None else decimal(electricity, 20),
                "profit": None if profit is None else decimal(profit, 20), "eligible": reason is None, "reason": reason,
                "winner": winner is not None and winner[0] is bid, "incumbent": bid["id"] == run_id, "own": bid["owner"] == owner,
                "wins_at": None if isinstance(price, str) else decimal(price, 8), "no_price": price if isinstance(price, str) else None}

    def test_json_and_csv_of_all_hosts_by_trying(self):
        own, empty = 0, 0
        for seed in range(100):
            rng = random.Random(seed)
            text = market.make_market(rng, hosts_max=5, bids_max=5)
            options = dict(market.make_options(rng), main_currency="CLORE-Blockchain", usd_per_coin="0.01")
            judged = Market(text, **options)
            tick, owner = rng.choice((25, 50, 100)) * 10**8, rng.randrange(1, 5)
            ids = [bid["id"] for machine in judged.machines.values() for bid in machine["bids"]]
            without = rng.sample(ids, min(len(ids), rng.randrange(3)))
            words = ["--tick", decimal(tick, 8), "--owner", str(owner), *market.arguments(options)]
            words += [word for bid_id in without for word in ("--without", str(bid_id))]
            code, out, _ = run("explain", "-", "--format", "json", *words, text=text)
            answer = json.loads(out)
            self.assertEqual((code, answer["currency"], answer["usd_per_coin"]), (0, judged.main, "0.01"))
            self.assertEqual([host["host"] for host in answer["hosts"]], sorted(judged.machines))
            self.assertEqual([(each["host"], each["path"], each["problem"]) for each in answer["skipped"]], judged.skipped)
            self.assertEqual(market.skipped_bids_of(answer), judged.skipped_bids)
            rows = [self.HEADER.split(",")]
            for host in answer["hosts"]:
                machine = judged.machines[host["host"]]
                wanted = list(self.judge(judged, machine, owner, without, tick))
                self.assertEqual(host["bids"], wanted, (seed, host["host"], owner, without, words))
                winner = next((bid for bid in wanted if bid["winner"]), None)
                self.assertEqual((host["winner"], host["profit"]), (winner["bid"], winner["profit"]) if winner else (None, None))
                least, most = map(self.count, host["rates"])
                self.assertLessEqual(least, judged.rates[judged.main])
                self.assertLessEqual(judged.rates[judged.main], most)
                as_text = {None: "", True: "true", False: "false"}
                rows += [[str(host["host"])] + [as_text[value] if value is None or isinstance(value, bool) else str(value)
                                                for value in bid.values()] for bid in wanted]
                rows += [] if wanted else [[str(host["host"])] + [""] * 15]
                own += sum(bid["own"] for bid in wanted)
                empty += not wanted
            found = run("explain", "-", "--format", "csv", *words, text=text)
            self.assertEqual((found[0], rows_of(found[1])), (0, rows))
        self.assertGreater(min(own, empty), 20)

    def test_prices_and_rates_by_trying(self):
        prices, ranges, lower, lowest = 0, 0, 0, 0
        for seed in range(120):
            rng = random.Random(seed)
            text = market.make_market(rng, hosts_max=4, bids_max=5).replace(market.text_of(market.CURRENCIES[4]), '"odd"')
            options = dict(market.make_options(rng), main_currency="CLORE-Blockchain", usd_per_coin="0.01")
            tick = rng.choice((25, 50, 100)) * 10**8
            judged = Market(text, **options)
            for host, machine in judged.machines.items():
                code, out, err = run("explain", "-", "--host", str(host), "--tick", decimal(tick, 8),
                                     *market.arguments(options), text=text)
                one = Market(text, **options, hosts=[str(host)])
                self.assertEqual((code, market.passed_over(err)), (0, market.wanted_of(one, options, machines=False)))
                lines = out.splitlines()
                winner = judged.select(machine)
                choice = "runs bid %d: %s USD" % (winner[0]["id"], decimal(winner[1], 20)) if winner else "idles"
                self.assertEqual(lines[1][: len(choice)], choice)
                wanted = list(self.cells(judged, machine, tick))
                found = [re.split(r" {2,}", line.strip()) for line in lines[3 : 3 + len(wanted)]] if wanted else []
                self.assertEqual(found, wanted, (host, options, text))
                prices += sum(" (" in cells[-1] for cells in wanted)
                lower += sum("is enough" in cells[-1] for cells in wanted)
                lowest += sum("no lower price" in cells[-1] for cells in wanted)
                ranges += self.check_range(judged, machine, lines[-1], rng)
        self.assertGreater(prices, 50)
        self.assertGreater(ranges, 50)
        self.assertGreater(lower, 20)
        self.assertGreater(lowest, 10)


if __name__ == "__main__":
    unittest.main()
