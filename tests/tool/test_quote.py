"""Tests `gigaspot quote` with prices worked out by hand, and by trying every price in turn."""
import collections
import json
import os
import random
import subprocess
import tempfile
import unittest

import market
from oracle import Market, decimal

TOOL = os.environ["GIGASPOT"]


def run(*words, text):
    done = subprocess.run([TOOL, "quote", *words], input=text.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


# At 0.1 USD/kWh a watt costs 0.0024 USD per day. At 0.01 USD per coin, bid 1 has a profit of 1 - 0.24 = 0.76 USD.
# Bid 2 runs and has 0.95 - 0.24 = 0.71 USD. Bid 3 has 0.72 USD and does not matter.
BIDS = [{"owner": 1, "id": 1, "price": 100, "currency": "CLORE-Blockchain", "pl": 100},
        {"owner": 2, "id": 2, "price": 95, "currency": "CLORE-Blockchain", "pl": 100, "active": True},
        {"owner": 2, "id": 3, "price": 96, "currency": "CLORE-Blockchain", "pl": 100}]
GPU = {"pl": [70, 200], "core_lock": [210, 2100], "model": "GTX"}


def machine(**fields):
    return dict({"bids": BIDS, "online": True, "on_demand_rented": False, "gpus": [GPU], "energy_price": 0.1}, **fields)


class ByHand(unittest.TestCase):
    maxDiff = None

    def quote(self, *words, watts="150", **fields):
        power = ("--watts", watts) if watts else ()
        code, out, err = run("-", "--host", "7", "--usd-per-coin", "0.01", *power, *words, text=json.dumps({"7": machine(**fields)}))
        self.assertEqual(err, "")
        return code, out.splitlines()

    def test_the_best_rival_and_the_incumbent(self):
        # 150 W cost 0.36 USD. 112 coins give 0.76 USD, as much as bid 1, which is older.
        self.assertEqual(self.quote(), (0, [
            "112.0001 CLORE-Blockchain per day wins host 7 with 150 W",
            "profit of its owner: 0.760001 USD per day = 1.120001 income - 0.36 electricity",
            "best rival: bid 1, 0.76 USD per day, 0.000001 less",
            "runs now: bid 2, 0.71 USD per day, 0.050001 less"]))

    def test_electricity_that_earns_money(self):
        # 150 W earn 0.36 USD. Bid 1 gives 1 + 0.24 USD, and so do 88 coins.
        self.assertEqual(self.quote(energy_price=-0.1), (0, [
            "88.0001 CLORE-Blockchain per day wins host 7 with 150 W",
            "profit of its owner: 1.240001 USD per day = 0.880001 income + 0.36 earned with electricity",
            "best rival: bid 1, 1.24 USD per day, 0.000001 less",
            "runs now: bid 2, 1.19 USD per day, 0.050001 less"]))

    def test_no_rival(self):
        self.assertEqual(self.quote("--reserve", "2"), (0, [
            "236 CLORE-Blockchain per day wins host 7 with 150 W",
            "profit of its owner: 2 USD per day = 2.36 income - 0.36 electricity",
            "runs now: bid 2, which stops: below_reserve (the profit is below the reserve)",
            "no rival: no bid on this host is eligible",
            "for less it is not eligible: below_reserve (the profit is below the reserve)"]))

    def codes(self, *words, **fields):
        """The lines up to the sentence behind a code."""
        code, lines = self.quote(*words, **fields)
        return code, [line.split(" (")[0] for line in lines]

    def test_a_bid_that_would_be_cached_lacks_only_the_price(self):
        # 36 coins leave 0 USD, the reserve. For less the obstacle is the profit; the image is there.
        self.assertEqual(self.codes("--require-cached", "--cached"), (0, [
            "36 CLORE-Blockchain per day wins host 7 with 150 W",
            "profit of its owner: 0 USD per day = 0.36 income - 0.36 electricity",
            "runs now: bid 2, which stops: not_cached",
            "no rival: no bid on this host is eligible",
            "for less it is not eligible: below_reserve"]))

    def test_a_bid_in_another_currency_is_explained_in_it(self):
        # 0.00002241 bitcoin at 50,000 USD are 1.1205 USD.
        self.assertEqual(self.codes("--rate", "bitcoin=50000", "--currency", "bitcoin"), (0, [
            "0.00002241 bitcoin per day wins host 7 with 150 W",
            "profit of its owner: 0.7605 USD per day = 1.1205 income - 0.36 electricity",
            "best rival: bid 1, 0.76 USD per day, 0.0005 less",
            "runs now: bid 2, 0.71 USD per day, 0.0505 less"]))
        # A minimum of 100 coins is 1 USD, 0.01 bitcoin at 100 USD; a step less is 0.00000001 bitcoin less.
        self.assertEqual(self.codes("--rate", "bitcoin=100", "--currency", "bitcoin", min_bid=100, bids=[]), (0, [
            "0.01 bitcoin per day wins host 7 with 150 W",
            "profit of its owner: 0.64 USD per day = 1 income - 0.36 electricity",
            "no rival: no bid on this host is eligible",
            "for less it is not eligible: price_below_host_minimum"]))

    def test_for_less_is_one_step_less(self):
        # Bid 1 leaves 0.76 USD, so that 112.5 coins win, and a step less, 112 coins, only loses the tie. A minimum just
        # above 112 coins asks for 112.5 coins too, and is what a step less breaks.
        for fields, ends in (({}, "runs now"), ({"min_bid": 112.00000001}, "for less it is not eligible: price_below_host_minimum")):
            lines = self.codes("--tick", "0.5", **fields)[1]
            self.assertEqual(lines[0], "112.5 CLORE-Blockchain per day wins host 7 with 150 W")
            self.assertTrue(lines[-1].startswith(ends), lines)

    def test_prices(self):
        for price, words, fields in (
            ("112.0001", (), {}),
            ("112.5", ("--tick", "0.5"), {}),
            ("200", ("--tick", "200"), {}),
            ("112.00000001", ("--tick", "0.00000001"), {}),
            ("100.0001", (), {"watts": "100"}),
            ("92.8001", (), {"watts": "70"}),
            ("124.0001", (), {"watts": "200"}),
            # 117 coins give 0.71 + 0.1 USD; the lead must be above the margin.
            ("117.0001", ("--switch-margin", "0.1"), {}),
            ("114.1001", ("--switch-margin-ppm", "100000"), {}),  # 0.71 + 0.071
            ("112.0001", ("--switch-margin-ppm", "20000"), {}),  # 0.71 + 0.0142 is less than the profit of bid 1
            ("150", (), {"min_bid": 150}),
            ("36", ("--require-cached", "--cached"), {}),  # the others are not cached; 36 coins give a profit of 0
            ("36", (), {"bids": []}),
            ("0.0001", (), {"bids": [], "energy_price": 0}),
            ("0.7", ("--tick", "0.7"), {"bids": [], "energy_price": 0}),
            # 1.12 USD are 0.0000224 bitcoin.
            ("0.00002241", ("--rate", "bitcoin=50000", "--currency", "bitcoin"), {}),
            ("0.0001", ("--rate", "bitcoin=50000", "--currency", "bitcoin", "--tick", "0.0001"), {}),
            ("0.01", ("--rate", "bitcoin=100", "--currency", "bitcoin"), {"min_bid": 100, "bids": [], "energy_price": 0}),
            ("112.0001", ("--currency", "CLORE-Blockchain"), {}),
        ):
            with self.subTest(words=words, fields=fields):
                code, lines = self.quote(*words, **fields)
                self.assertEqual((code, lines[0].split()[0]), (0, price), lines)

    def test_no_price(self):
        rich = [dict(BIDS[0], price=5000)]
        for reason, words, fields in (
            ("host_offline", (), {"online": False, "on_demand_rented": True}),
            ("host_on_demand_rented", (), {"on_demand_rented": True, "working_properly": False}),
            ("host_malfunctioning", ("--require-cached",), {"working_properly": False}),
            ("host_offline", (), {"online": False, "watts": "5"}),
            ("overclock_invalid", ("--require-cached",), {"watts": "69"}),
            ("overclock_invalid", ("--currency", "bitcoin"), {"watts": "201"}),
            ("overclock_invalid", (), {"watts": "1000000000"}),
            ("overclock_invalid", (), {"watts": "0", "gpus": [dict(GPU, pl=[0, 10])]}),
            ("not_cached", ("--require-cached", "--currency", "bitcoin"), {}),
            ("rate_missing", ("--currency", "bitcoin"), {}),
            ("rate_missing", ("--currency", "x" * 1000), {}),
            ("price_above_market_maximum", (), {"bids": rich}),
            ("price_above_market_maximum", ("--reserve", "50"), {}),  # 5036 coins
            ("price_above_market_maximum", ("--tick", "5000.1"), {}),
        ):
            with self.subTest(words=words, fields=fields):
                code, lines = self.quote(*words, **fields)
                self.assertEqual((code, lines[0].split()[0]), (1, reason), lines)
                self.assertIn("no price wins host 7 with %s W" % fields.get("watts", "150"), lines[0])
        self.assertEqual(self.quote(bids=rich)[1], [
            "price_above_market_maximum (the price is above the market's maximum): no price wins host 7 with 150 W",
            "the market takes at most 5000 CLORE-Blockchain per day",
            "best rival: bid 1, 49.76 USD per day"])
        self.assertEqual(self.quote(watts="69")[1][1:], ["the host allows 70..200 W in all, and takes no limit of 0"])

    def test_a_missing_rate_is_named(self):
        self.assertEqual(self.quote("--currency", "doge")[1][1:], ["no rate of doge is given; add --rate doge=USD"])

    def test_profiles(self):
        two = [GPU, dict(GPU, pl=[70, 100])]

        def quote(profiles, **fields):
            with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
                json.dump(profiles, file)
                file.flush()
                return self.quote("--oc", file.name, watts=None, **fields)

        self.assertEqual(quote([{"pl": 150}]), self.quote())
        self.assertEqual(quote([{"pl": 75, "core_lock": 210}, {"pl": 75}], gpus=two), self.quote(gpus=two))
        head = "overclock_invalid (the host's current limits do not allow the bid's overclock): no price wins host 7 with "
        for profiles, wanted in (
            ([], ["0 W", "oc: overclock_missing: the bid has no overclock profile"]),
            ([{"pl": 150}], ["150 W", "oc: overclock_count_mismatch (1 GPUs, exactly 2 GPUs): the bid needs exactly one "
                             "overclock profile per GPU"]),
            # 150 W would do if only the sum counted.
            ([{"pl": 49, "core_lock": 2101}, {"pl": 101, "mem_lock": 5000}], [
                "150 W",
                "oc[0].pl: power_limit_below_card_minimum (49 W, at least 70 W): the power limit is below the card's minimum",
                "oc[0].core_lock: core_lock_above_maximum (2101 MHz, at most 2100 MHz): the core lock is above the allowed range",
                "oc[1].pl: power_limit_above_host_maximum (101 W, at most 100 W): the power limit is above the host's "
                "maximum",
                "oc[1].mem_lock: mem_lock_not_supported: this GPU does not support a memory lock"]),
        ):
            code, lines = quote(profiles, gpus=two)
            self.assertEqual((code, lines), (1, [head + wanted[0], *wanted[1:]]))
        code, lines = quote([{}], online=False)
        self.assertEqual((code, [line.split()[0] for line in lines]), (1, ["host_offline", "oc[0].pl:"]))


class Owners(unittest.TestCase):
    """Questions of an owner with bids. At 0 USD/kWh and 0.01 USD per coin, 100 coins are a profit of 1 USD."""
    maxDiff = None
    BIDS = [{"owner": 1, "id": 1, "price": 100, "currency": "CLORE-Blockchain", "pl": 100, "active": True},
            {"owner": 2, "id": 2, "price": 80, "currency": "CLORE-Blockchain", "pl": 100},
            {"owner": 1, "id": 3, "price": 90, "currency": "CLORE-Blockchain", "pl": 100}]

    def quote(self, *words, host=("--host", "7"), **fields):
        text = json.dumps({"7": machine(**{"bids": self.BIDS, "energy_price": 0, **fields})})
        code, out, err = run("-", *host, "--usd-per-coin", "0.01", "--watts", "150", *words, text=text)
        self.assertEqual(err, "")
        return code, out

    def test_the_incumbent_of_the_owner_wins_a_tie(self):
        self.assertEqual(self.quote("--owner", "1"), (0, "\n".join([
            "80 CLORE-Blockchain per day keeps host 7 with bid 1 and its 100 W, 20 less than now",
            "profit of its owner: 0.8 USD per day = 0.8 income - 0 electricity",
            "best rival: bid 2, 0.8 USD per day, 0 less",
            "a new bid in its place: 80.0001 CLORE-Blockchain per day wins host 7 with 150 W", ""])))

    def test_what_keeps_the_host(self):
        for first, words, fields in (
            ("80", ("--owner", "1"), {}),
            ("80.5", ("--owner", "1", "--tick", "0.7"), {"bids": [dict(bid, price=80.2) if bid["id"] == 2 else bid for bid in self.BIDS]}),
            ("100", ("--owner", "1"), {"bids": [dict(bid, price=100) if bid["id"] == 2 else bid for bid in self.BIDS]}),
            ("120", ("--owner", "1"), {"bids": [dict(bid, price=120) if bid["id"] == 2 else bid for bid in self.BIDS]}),
            ("0.0001", ("--owner", "1", "--without", "2"), {}),
            ("85", ("--owner", "1"), {"min_bid": 85}),
            # Without a margin bid 2 would win with 102; with one of 0.03 USD bid 1 stays as long as it keeps its price.
            ("100", ("--owner", "1", "--switch-margin", "0.03"),
             {"bids": [dict(bid, price=102) if bid["id"] == 2 else bid for bid in self.BIDS]}),
            # The incumbent belongs to another owner, or is ignored.
            ("100.0001", ("--owner", "2"), {}),
            ("100.0001", ("--owner", "3"), {}),
            ("90.0001", ("--without", "1"), {}),
            ("80.0001", ("--without", "1", "--without", "3"), {}),
            ("80.0001", ("--owner", "1", "--without", "1"), {}),
            ("90.0001", ("--owner", "2", "--without", "1"), {}),
        ):
            with self.subTest(words=words, fields=fields):
                code, out = self.quote(*words, **fields)
                self.assertEqual((code, out.split()[0]), (0, first), out)
        raised = [dict(bid, price=120) if bid["id"] == 2 else bid for bid in self.BIDS]
        self.assertIn("and its 100 W, 20 more than now\n", self.quote("--owner", "1", bids=raised)[1])
        same = [dict(bid, price=100) if bid["id"] == 2 else bid for bid in self.BIDS]
        self.assertIn("and its 100 W\n", self.quote("--owner", "1", bids=same)[1])

    def test_no_price_keeps_the_host(self):
        code, out = self.quote("--owner", "1", online=False)
        self.assertEqual((code, out.splitlines()), (1, [
            "host_offline (the host is offline): no price keeps host 7 with bid 1 and its 100 W",
            "a new bid in its place: host_offline (the host is offline): no price wins host 7 with 150 W"]))
        # Bid 1 has more watts than the host allows now, and a new bid of 150 W needs no more than bid 2.
        code, out = self.quote("--owner", "1", bids=[dict(self.BIDS[0], pl=201), self.BIDS[1]])
        self.assertEqual((code, [line.split(" (")[0] for line in out.splitlines()]), (1, [
            "overclock_invalid", "a new bid in its place: 80.0001 CLORE-Blockchain per day wins host 7 with 150 W"]))

    def test_json(self):
        code, out = self.quote("--owner", "1", "--format", "json")
        self.assertEqual((code, json.loads(out)), (0, {
            "currency": "CLORE-Blockchain", "usd_per_coin": "0.01", "skipped": [], "skipped_bids": [], "not_compared": {"rate_missing": 0, "expired": 0, "unreadable": 0},
            "hosts": [{
                "host": 7, "gpus": 1, "rivals": 1,
                "own_bid": {"bid": 1, "watts": 100, "currency": "CLORE-Blockchain", "price": "80", "cost": "0.8", "profit": "0.8",
                            "reason": None},
                "new_bid": {"bid": None, "watts": 150, "currency": "CLORE-Blockchain", "price": "80.0001", "cost": "0.800001",
                            "profit": "0.800001", "reason": None},
                "best_rival": {"bid": 2, "profit": "0.8", "reason": None}, "incumbent": None,
                "not_compared": {"rate_missing": 0, "expired": 0, "unreadable": 0}}]}))

    def test_csv(self):
        head = "host,gpus,rivals,bid,watts,currency,price,cost,profit,reason,best_rival,best_rival_profit,incumbent,incumbent_profit," \
               "not_compared"
        self.assertEqual(self.quote("--owner", "1", "--format", "csv"), (0, "\n".join([
            head, "7,1,1,1,100,CLORE-Blockchain,80,0.8,0.8,,2,0.8,,,0",
            "7,1,1,,150,CLORE-Blockchain,80.0001,0.800001,0.800001,,2,0.8,,,0", ""])))
        self.assertEqual(self.quote("--format", "csv", gpus=[dict(GPU, pl=[70, 140])]), (1, "\n".join([
            head, "7,1,3,,150,CLORE-Blockchain,,,,overclock_invalid,3,0.9,1,1,0", ""])))


class Several(unittest.TestCase):
    """Several hosts, or all: a table, and exit code 0 if one of them can be won."""
    maxDiff = None
    TEXT = json.dumps({"7": machine(), "8": machine(gpus=[dict(GPU, pl=[70, 100]), GPU],
                                                          bids=[dict(BIDS[1], price=119, pl=200)]), "9": machine(online=False),
                       "10": machine(gpus=[GPU, GPU, dict(GPU, model="RTX")], bids=[]), "11": machine(gpus=[])})

    def quote(self, *words):
        return run("-", "--usd-per-coin", "0.01", *words, text=self.TEXT)

    def test_a_table_of_all_hosts(self):
        # 100 W for each GPU: on host 8 it costs 200 W, 0.48 USD, and has to leave more than the 0.71 USD of bid 2. On host 10
        # 300 W cost 0.72 USD.
        code, out, err = self.quote("--watts-per-gpu", "100")
        self.assertEqual((code, [line.split() for line in out.splitlines()]), (0, [
            "host GPUs rivals runs now profit now watts price/day USD/GPU profit then".split(),
            "7 1 x GTX 3 2 0.7100 100 100.0001 CLORE-Blockchain 1.0000 0.7600".split(),
            "8 2 x GTX 1 2 0.7100 200 119.0001 CLORE-Blockchain 0.5950 0.7100".split(),
            "9 1 x GTX 3 2 stops 0.7100 100 no price: host_offline".split(),
            "10 2 x GTX, 1 x RTX 0 idle 300 72 CLORE-Blockchain 0.2400 0.0000".split(),
            [], "3 of 4 hosts can be won".split()]))

    def test_each_gpu_is_validated(self):
        # 260 W in all would be within the limits of host 8; its first GPU takes at most 100 W.
        hosts = {host["host"]: host["new_bid"] for host in json.loads(self.quote("--watts-per-gpu", "130", "--format", "json")[1])["hosts"]}
        self.assertEqual([(hosts[host]["watts"], hosts[host]["reason"]) for host in (7, 8, 9, 10)],
                         [(130, None), (260, "overclock_invalid"), (130, "host_offline"), (390, None)])
        code, out, _ = self.quote("--watts-per-gpu", "130", "--host", "8")
        self.assertEqual((code, out.splitlines()[1]), (1, "gpu 0: power_limit_above_host_maximum (130 W, at most 100 W): the power limit "
                                                       "is above the host's maximum"))
        self.assertEqual(self.quote("--watts", "260", "--host", "8")[0], 0)

    def test_exit_codes(self):
        for code, *words in ((0, "--watts-per-gpu", "100"), (1, "--watts-per-gpu", "0"), (0, "--host", "7", "--host", "9", "--watts", "100"),
                             (1, "--host", "9", "--host", "8", "--watts", "1"), (1, "--host", "9", "--watts", "100")):
            with self.subTest(words):
                self.assertEqual(self.quote(*words)[0], code)
        code, out, err = self.quote("--host", "7", "--host", "11", "--watts", "100")
        self.assertEqual((code, out.split()[0]), (1, "100.0001"))  # what was asked for and can be read is shown
        self.assertIn("cannot read host 11", err)

    def test_one_host_twice_is_one_host(self):
        self.assertEqual(self.quote("--host", "7", "--host", "7", "--watts", "100"), self.quote("--host", "7", "--watts", "100"))


class ByTrying(unittest.TestCase):
    def test_many_owners(self):
        """All hosts at once, for an owner and without some bids: the oracle has a market without them."""
        kept, won, reasons, ignored = collections.Counter(), collections.Counter(), set(), 0
        for seed in range(250):
            rng = random.Random(seed)
            text = market.make_market(rng, hosts_max=6, bids_max=6)
            options = dict(market.make_options(rng), main_currency="CLORE-Blockchain", usd_per_coin="0.01")
            judged = Market(text, **options)
            tick = rng.choice((25, 50, 7)) * 10**8
            watts = rng.choice((70, 100, 110, 130))
            runs = [(machine, judged.incumbent(machine)) for machine in judged.machines.values()]
            owners = [bid["owner"] for machine, run_id in runs for bid in machine["bids"] if bid["id"] == run_id]
            owner = rng.choice(owners or [1])
            ids = [bid["id"] for machine in judged.machines.values() for bid in machine["bids"]]
            without = rng.sample(ids, min(len(ids), rng.randrange(3)))
            words = [word for bid_id in without for word in ("--without", str(bid_id))]
            code, out, err = run("-", "--watts-per-gpu", str(watts), "--tick", decimal(tick, 8), "--owner", str(owner), "--format",
                                 "json", *words, *market.arguments(options), text=text)
            self.assertEqual(market.passed_over(err), market.wanted_of(judged, options, owner, without, ["CLORE-Blockchain"]))
            self.assertEqual(market.skipped_bids_of(json.loads(out)), judged.skipped_bids)
            answers = json.loads(out)["hosts"]
            self.assertEqual([answer["host"] for answer in answers], sorted(judged.machines))
            self.assertEqual(code, int(all((answer["own_bid"] or answer["new_bid"])["price"] is None for answer in answers)))
            for answer in answers:
                machine = judged.machines[answer["host"]]
                run_id = judged.incumbent(machine)
                bids = [dict(bid, active=bid["id"] == run_id) for bid in machine["bids"] if bid["id"] not in without]
                rivals = [bid for bid in bids if bid["owner"] != owner]
                ignored += len(rivals) < len(machine["bids"])
                new = {"id": 2**53, "owner": owner, "price": 0, "currency": "CLORE-Blockchain", "pl": watts * len(machine["gpus"])}
                fits = all(gpu["pl"][0] <= watts <= gpu["pl"][1] for gpu in machine["gpus"])
                wanted = judged.price_to_win(dict(machine, bids=rivals + [new]), new, tick)
                if not fits and wanted not in ("host_offline", "host_on_demand_rented", "host_malfunctioning"):
                    wanted = "overclock_invalid"
                self.check(answer["new_bid"], wanted, (seed, answer))
                own = next((bid for bid in bids if bid["id"] == run_id and bid["owner"] == owner), None)
                self.assertEqual(answer["own_bid"] is None, own is None)
                if own is not None:
                    alone = dict(machine, bids=rivals + [own])
                    wanted = judged.price_to_win(alone, own, tick)
                    winner = judged.select(alone)
                    if winner and winner[0] is own and (isinstance(wanted, str) or own["price"] < wanted):
                        wanted = own["price"]  # which needs no edit
                    self.check(answer["own_bid"], wanted, (seed, answer))
                    if not isinstance(wanted, str):
                        kept.update(["any", *market.kinds_of(judged, machine), "lower" if wanted < own["price"] else "higher or equal"])
                        kept.update(["in another currency"] if own["currency"] != "CLORE-Blockchain" else [])
                if answer["new_bid"]["price"] is not None:
                    won.update(["any", *market.kinds_of(judged, machine)])
                reasons.add(answer["new_bid"]["reason"])
                ranking = judged.rank(dict(machine, bids=rivals))
                best = next((entry for entry in ranking if entry[0]["id"] != run_id and entry[2] is None), None)
                self.assertEqual(answer["best_rival"] and (answer["best_rival"]["bid"], answer["best_rival"]["profit"]),
                                 best and (best[0]["id"], decimal(best[1], 20)))
                present = next((entry for entry in ranking if entry[0]["id"] == run_id), None)
                self.assertEqual(answer["incumbent"] and (answer["incumbent"]["bid"], answer["incumbent"]["profit"],
                                                          answer["incumbent"]["reason"]),
                                 present and (present[0]["id"], None if present[1] is None else decimal(present[1], 20), present[2]))
        self.assertGreater(min(kept["any"], won["any"], ignored), 40)
        for kind in market.KINDS:
            self.assertGreater(min(kept[kind], won[kind]), 5, kind)
        self.assertGreater(min(kept["lower"], kept["higher or equal"], kept["in another currency"]), 5)
        self.assertLessEqual({None, "host_offline", "overclock_invalid", "not_cached"}, reasons)

    def check(self, answer, wanted, where):
        found = answer["reason"] if answer["price"] is None else answer["price"]
        self.assertEqual(found, wanted if isinstance(wanted, str) else decimal(wanted, 8), where)

    def test_many_hosts(self):
        prices, reasons = 0, set()
        for seed in range(400):
            rng = random.Random(seed)
            text = market.make_market(rng, hosts_max=4, bids_max=5)
            options = dict(market.make_options(rng), main_currency="CLORE-Blockchain", usd_per_coin="0.01")
            judged = Market(text, **options)
            for host, machine in judged.machines.items():
                currency, tick = rng.choice((("CLORE-Blockchain", 25 * 10**8), ("CLORE-Blockchain", 7 * 10**8), ("bitcoin", 10**6),
                                             ("unknown", 10**8)))
                least = sum(gpu["pl"][0] for gpu in machine["gpus"])
                watts = max(least + rng.choice((-1, 0, 0, 10, 50, 75)), 0)
                bid = {"id": 2**53, "owner": 1, "price": 0, "currency": currency, "pl": watts, "cached": rng.random() < 0.5}
                wanted = judged.quote(machine, bid, tick)
                words = ["--cached"] if bid["cached"] else []
                code, out, err = run("-", "--host", str(host), "--watts", str(watts), "--tick", decimal(tick, 8), "--currency",
                                     currency, *words, *market.arguments(options), text=text)
                reason = isinstance(wanted, str)
                word = wanted if reason else decimal(wanted, 8)
                self.assertEqual((code, out.split()[0]), (int(reason), word), (host, watts, options, bid, text))
                one = Market(text, **options, hosts=[str(host)])
                self.assertEqual(market.passed_over(err), market.wanted_of(one, options, currencies=[currency], machines=False))
                prices += not reason
                reasons.update([wanted] if reason else [])
        self.assertGreater(prices, 100)
        self.assertEqual(reasons, {"host_offline", "host_on_demand_rented", "host_malfunctioning", "overclock_invalid",
                                   "not_cached", "rate_missing", "price_above_market_maximum"})


if __name__ == "__main__":
    unittest.main()
