"""Tests `gigaspot quote` with prices worked out by hand, and by trying every price in turn."""
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
            "112.0001 CLORE-Blockchain a day wins host 7 with 150 W",
            "profit of its owner: 0.760001 USD a day = 1.120001 income - 0.36 electricity",
            "best rival: bid 1, 0.76 USD a day, 0.000001 less",
            "runs now: bid 2, 0.71 USD a day, 0.050001 less"]))

    def test_no_rival(self):
        self.assertEqual(self.quote("--reserve", "2"), (0, [
            "236 CLORE-Blockchain a day wins host 7 with 150 W",
            "profit of its owner: 2 USD a day = 2.36 income - 0.36 electricity",
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
            "36 CLORE-Blockchain a day wins host 7 with 150 W",
            "profit of its owner: 0 USD a day = 0.36 income - 0.36 electricity",
            "runs now: bid 2, which stops: not_cached",
            "no rival: no bid on this host is eligible",
            "for less it is not eligible: below_reserve"]))

    def test_a_bid_in_another_currency_is_explained_in_it(self):
        # 0.00002241 bitcoin at 50,000 USD are 1.1205 USD.
        self.assertEqual(self.codes("--rate", "bitcoin=50000", "--currency", "bitcoin"), (0, [
            "0.00002241 bitcoin a day wins host 7 with 150 W",
            "profit of its owner: 0.7605 USD a day = 1.1205 income - 0.36 electricity",
            "best rival: bid 1, 0.76 USD a day, 0.0005 less",
            "runs now: bid 2, 0.71 USD a day, 0.0505 less"]))
        # A minimum of 100 coins is 1 USD, 0.01 bitcoin at 100 USD; a step less is 0.00000001 bitcoin less.
        self.assertEqual(self.codes("--rate", "bitcoin=100", "--currency", "bitcoin", min_bid=100, bids=[]), (0, [
            "0.01 bitcoin a day wins host 7 with 150 W",
            "profit of its owner: 0.64 USD a day = 1 income - 0.36 electricity",
            "no rival: no bid on this host is eligible",
            "for less it is not eligible: price_below_host_minimum"]))

    def test_for_less_is_one_step_less(self):
        # Bid 1 leaves 0.76 USD, so that 112.5 coins win, and a step less, 112 coins, only loses the tie. A minimum just
        # above 112 coins asks for 112.5 coins too, and is what a step less breaks.
        for fields, ends in (({}, "runs now"), ({"min_bid": 112.00000001}, "for less it is not eligible: price_below_host_minimum")):
            lines = self.codes("--tick", "0.5", **fields)[1]
            self.assertEqual(lines[0], "112.5 CLORE-Blockchain a day wins host 7 with 150 W")
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
            "the market takes at most 5000 CLORE-Blockchain a day",
            "best rival: bid 1, 49.76 USD a day"])
        self.assertEqual(self.quote(watts="69")[1][1:], ["the host allows 70..200 W in all, and takes no limit of 0"])

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
            ([], ["0 W", "overclock_missing: the bid has no overclock profile"]),
            ([{"pl": 150}], ["150 W", "overclock_count_mismatch (1 GPUs, exactly 2 GPUs): the bid needs exactly one "
                             "overclock profile per GPU"]),
            # 150 W would do if only the sum counted.
            ([{"pl": 49, "core_lock": 2101}, {"pl": 101, "mem_lock": 5000}], [
                "150 W",
                "gpu 0: power_limit_below_card_minimum (49 W, at least 70 W): the power limit is below the card's minimum",
                "gpu 0: core_lock_above_maximum (2101 MHz, at most 2100 MHz): the core lock is above the allowed range",
                "gpu 1: power_limit_above_host_maximum (101 W, at most 100 W): the power limit is above the host's "
                "maximum",
                "gpu 1: mem_lock_not_supported: this GPU does not support a memory lock"]),
        ):
            code, lines = quote(profiles, gpus=two)
            self.assertEqual((code, lines), (1, [head + wanted[0], *wanted[1:]]))
        code, lines = quote([{}], online=False)
        self.assertEqual((code, [line.split()[0] for line in lines]), (1, ["host_offline", "gpu"]))


class ByTrying(unittest.TestCase):
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
                skipped = sum(line.startswith("gigaspot: skipped bid ") for line in err.splitlines())
                self.assertEqual(skipped, sum(skipped_host == host for skipped_host, _, _ in judged.skipped_bids))
                prices += not reason
                reasons.update([wanted] if reason else [])
        self.assertGreater(prices, 100)
        self.assertEqual(reasons, {"host_offline", "host_on_demand_rented", "host_malfunctioning", "overclock_invalid",
                                   "not_cached", "rate_missing", "price_above_market_maximum"})


if __name__ == "__main__":
    unittest.main()
