"""Tests `gigaspot find`: by hand, and on random markets against the oracle, which tries every price on every host."""
import collections
import csv
import io
import json
import os
import random
import re
import subprocess
import tempfile
import unittest

import market
from oracle import Market, decimal

TOOL = os.environ["GIGASPOT"]
RATE = ("--usd-per-coin", "0.01")
HEADER = "host,gpus,rivals,bid,watts,currency,price,cost,profit,reason,best_rival,best_rival_profit,incumbent,incumbent_profit,not_compared"


def run(*words, text):
    done = subprocess.run([TOOL, "find", *words], input=text.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def bid(bid_id, price, owner=1, **fields):
    return dict({"owner": owner, "id": bid_id, "price": price, "currency": "CLORE-Blockchain", "pl": 200}, **fields)


def machine(model, count, *bids, **fields):
    return dict({"bids": list(bids), "online": True, "on_demand_rented": False, "energy_price": 0,
                 "gpus": [{"pl": [100, 300], "core_lock": [210, 2100], "model": model}] * count}, **fields)


class ByHand(unittest.TestCase):
    """Energy is free and a coin is worth 0.01 USD, so that 100 coins are a profit of 1 USD."""
    maxDiff = None
    TEXT = json.dumps({
        "1": machine("RTX 3090", 1, bid(1, 50), bid(2, 60, active=True), bid(3, 40, owner=2)),  # 60.0001 per GPU
        "2": machine("RTX 3090", 2, bid(4, 100, owner=2, pl=400), bid(5, 90, pl=400, active=True)),  # 50.00005 per GPU
        "3": machine("RTX 3080", 4, bid(6, 200, owner=2, pl=800, active=True)),  # 50.000025 per GPU
        "4": machine("RTX 3090", 3, online=False),
        "5": machine("RTX 3090", 1, min_bid=70),
        "6": machine("RTX 3090", 1, gpus=[{"pl": [100, 250], "model": "RTX 3090"}]),  # without a core lock, at most 250 W
        "7": machine("RTX 3090", 2, gpus=[{"pl": [100, 300], "model": "RTX 3090"}, {"pl": [100, 300], "model": "RTX 3080"}]),
        "8": {"bids": []}})
    SKIPPED = "gigaspot: skipped 8: on_demand_rented: not given; required: bids, on_demand_rented, online, gpus, energy_price\n"

    def find(self, *words, watts="280"):
        power = ("--watts-per-gpu", watts) if watts else ()
        code, out, err = run("-", *RATE, *power, "--format", "csv", *words, text=self.TEXT)
        self.assertRegex(err, r"\A(gigaspot: skipped 8: [^\n]+\n)?\Z")
        rows = list(csv.reader(io.StringIO(out)))
        self.assertEqual(rows[0], HEADER.split(","))
        return code, [(int(row[0]), row[6]) for row in rows[1:]]

    def test_the_cheapest_first(self):
        self.assertEqual(self.find(), (0, [(7, "0.0001"), (3, "200.0001"), (2, "100.0001"), (1, "60.0001"), (5, "70")]))
        for wanted, *words in (
            ([(7, "0.0001"), (1, "60.0001"), (5, "70"), (2, "100.0001"), (3, "200.0001")], "--by", "host"),
            ([(2, "100.0001"), (1, "60.0001"), (5, "70")], "--model", "RTX 3090"),
            ([(3, "200.0001")], "--model", "RTX 3080"),
            ([(7, "0.0001"), (2, "100.0001")], "--gpus", "2"),
            ([(2, "100.0001")], "--gpus", "2", "--model", "RTX 3090"),
            ([(7, "0.0001"), (3, "200.0001")], "--top", "2"),
            ([(2, "100.0001")], "--top", "1", "--model", "RTX 3090"),
            ([(1, "60.0001"), (5, "70")], "--host", "1", "--host", "5"),
            ([(7, "0.5"), (3, "200.5"), (2, "100.5"), (1, "60.5"), (5, "70")], "--tick", "0.5"),
            ([(2, "90.0001"), (1, "60.0001"), (5, "70")], "--owner", "2", "--model", "RTX 3090"),
            ([(1, "40.0001"), (2, "100.0001"), (5, "70")], "--owner", "1", "--model", "RTX 3090"),
            ([(2, "100.0001"), (1, "50.0001"), (5, "70")], "--without", "2", "--model", "RTX 3090"),
            # Bid 5 runs with 0.9 USD, bid 2 with 0.6 USD.
            ([(2, "110.0001"), (5, "70"), (1, "80.0001")], "--switch-margin", "0.2", "--without", "4", "--model", "RTX 3090"),
        ):
            with self.subTest(words):
                self.assertEqual(self.find(*words), (0, wanted))

    def test_watts_and_profiles(self):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            def find(profiles, *words):
                file.seek(0)
                file.truncate()
                json.dump(profiles, file)
                file.flush()
                return self.find("--oc", file.name, *words, watts=None)

            self.assertEqual(find([{"pl": 280}]), self.find())
            self.assertIn((6, "0.0001"), self.find(watts="250")[1])
            self.assertIn((6, "0.0001"), find([{"pl": 250}])[1])
            # Hosts 6 and 7 have no core lock.
            self.assertEqual(find([{"pl": 250, "core_lock": 300}]), (0, [(3, "200.0001"), (2, "100.0001"), (1, "60.0001"), (5, "70")]))
            code, out, err = run("-", *RATE, "--oc", file.name, text=self.TEXT)
            self.assertEqual(code, 0)
            for profiles, says in (([], "expected one profile, for each GPU; got 0"),
                                   ([{"pl": 1}, {"pl": 1}], "expected one profile, for each GPU; got 2"),
                                   ([{"pl": "x"}], '[0].pl: "x" is not a decimal number')):
                file.seek(0)
                file.truncate()
                json.dump(profiles, file)
                file.flush()
                code, out, err = run("-", *RATE, "--oc", file.name, text=self.TEXT)
                self.assertEqual((code, out, err.count("\n")), (1, "", 1), err)
                self.assertIn("[0].pl" if "pl" in says else says, err)

    def test_no_host_can_be_won(self):
        self.assertEqual(self.find(watts="99"), (1, []))
        self.assertEqual(self.find("--gpus", "32"), (1, []))

    def test_a_table_for_people(self):
        code, out, err = run("-", *RATE, "--watts-per-gpu", "280", "--model", "RTX 3090", "--top", "2", text=self.TEXT)
        self.assertEqual((code, [re.split(r" {2,}", line.strip()) for line in out.splitlines()], err), (0, [
            ["host", "GPUs", "rivals", "runs now", "profit now", "watts", "price/day", "USD/GPU", "profit then"],
            ["2", "2 x RTX 3090", "2", "5", "0.9000", "560", "100.0001 CLORE-Blockchain", "0.5000", "1.0000"],
            ["1", "1 x RTX 3090", "3", "2", "0.6000", "280", "60.0001 CLORE-Blockchain", "0.6000", "0.6000"],
            [""], ["2 of 3 hosts that can be won; no price wins: host_offline (1), overclock_invalid (1)"]], self.SKIPPED))
        own = run("-", *RATE, "--watts-per-gpu", "280", "--owner", "1", "--host", "1", text=self.TEXT)[1].splitlines()[1]
        self.assertEqual(own.split(), "1 1 x RTX 3090 1 2 yours 280 40.0001 CLORE-Blockchain 0.4000 0.4000".split())

    def test_a_search_that_includes_no_host(self):
        for says, *words in (("no host has 32 GPUs", "--gpus", "32"), ("no host has 4 GPUs, all of this model", "--gpus", "4", "--model", "RTX 3090"),
                             ("no host has 0 GPUs", "--gpus", "0"), ("the snapshot has no host",)):
            text = self.TEXT if words else "{}"
            self.assertEqual(run("-", *RATE, "--watts-per-gpu", "280", *words, text=text)[:2], (1, says + "\n"))
        mixed = json.dumps({"7": json.loads(self.TEXT)["7"]})
        self.assertEqual(run("-", *RATE, "--watts-per-gpu", "280", "--model", "RTX 3080", text=mixed)[:2],
                         (1, "no host has only GPUs of this model\n"))

    def test_json(self):
        code, out, _ = run("-", *RATE, "--watts-per-gpu", "280", "--model", "RTX 3090", "--top", "1", "--format", "json", text=self.TEXT)
        self.assertEqual((code, json.loads(out)), (0, {
            "currency": "CLORE-Blockchain", "usd_per_coin": "0.01", "hosts": [{
                "host": 2, "gpus": 2, "rivals": 2, "own_bid": None,
                "new_bid": {"bid": None, "watts": 560, "currency": "CLORE-Blockchain", "price": "100.0001", "cost": "1.000001",
                            "profit": "1.000001", "reason": None},
                "best_rival": {"bid": 4, "profit": "1", "reason": None}, "incumbent": {"bid": 5, "profit": "0.9", "reason": None},
                "not_compared": {"rate_missing": 0, "expired": 0, "unreadable": 0}}],
            "with_price": 3, "without_price": {"host_offline": 1, "overclock_invalid": 1},
            "skipped": [{"host": "8", "path": "on_demand_rented", "problem": "missing"}], "skipped_bids": [],
            "not_compared": {"rate_missing": 0, "expired": 0, "unreadable": 0}}))

    def test_a_model_that_no_host_has(self):
        for wanted, known in (("RTX 309", "RTX 3090, RTX 3080"), ("rtx 3080", "RTX 3080, RTX 3090"), ("A", "RTX 3090, RTX 3080")):
            self.assertEqual(run("-", *RATE, "--watts-per-gpu", "280", "--model", wanted, text=self.TEXT), (
                1, "", "gigaspot: --model: '%s': no host has this model; the snapshot has %s\n" % (wanted, known)))
        many = json.dumps({str(i): machine("M%02d" % i, 1) for i in range(1, 14)})
        self.assertTrue(run("-", *RATE, "--watts-per-gpu", "280", "--model", "M13x", text=many)[2].endswith(
            "the snapshot has M13, M03, M10, M11, M12, M01, M02, M04, M05, M06 and 3 more\n"))
        self.assertIn("the snapshot has no names of models", run("-", *RATE, "--watts-per-gpu", "280", "--model", "x", text="{}")[2])

    def test_only_what_the_search_includes_is_reported(self):
        text = json.dumps({"1": machine("A", 1, bid(1, 5, currency="bitcoin"), {"id": 2}, cuda=5),
                           "2": machine("B", 1, bid(1, 5), bid(3, 5, currency="doge"), {"id": 4})})
        lines = {"A": "gigaspot: skipped bid 2 of host 1: bids[1].owner: not given; required: owner, id, price, currency, pl\n"
                      "gigaspot: note: host 1: cuda: expected a string, got a number\n"
                      "gigaspot: warning: 1 bid was not compared, for lack of a rate: bitcoin\n",
                 "B": "gigaspot: skipped bid 4 of host 2: bids[2].owner: not given; required: owner, id, price, currency, pl\n"
                      "gigaspot: warning: 1 bid was not compared, for lack of a rate: doge\n"}
        for model, wanted in lines.items():
            code, out, err = run("-", *RATE, "--watts-per-gpu", "280", "--model", model, "--format", "json", text=text)
            self.assertEqual((code, err), (0, wanted))
            self.assertEqual(json.loads(out)["not_compared"], {"rate_missing": 1, "expired": 0, "unreadable": 1})
            self.assertEqual(json.loads(out)["skipped_bids"], [
                {"host": 1, "bid": 2, "path": "bids[1].owner", "problem": "missing"} if model == "A" else
                {"host": 2, "bid": 4, "path": "bids[2].owner", "problem": "missing"}])
            self.assertEqual(run("-", *RATE, "--watts-per-gpu", "280", "--model", model, "--strict", text=text)[0], 1)

    def test_wrong_use(self):
        for says, *words in (
            ("either --watts-per-gpu or --oc",),
            ("either --watts-per-gpu or --oc", "--watts-per-gpu", "1", "--oc", "x"),
            ("--by: 'model': expected gpu or host", "--watts-per-gpu", "1", "--by", "model"),
            ("--top: '-1'", "--watts-per-gpu", "1", "--top", "-1"),
            ("--gpus: 'x'", "--watts-per-gpu", "1", "--gpus", "x"),
            ("--model: ''", "--watts-per-gpu", "1", "--model", ""),
            ("--watts: unknown option; `gigaspot find --help` lists them", "--watts", "1"),
        ):
            with self.subTest(words):
                code, out, err = run("-", *RATE, *words, text=self.TEXT)
                self.assertEqual((code, out, err.count("\n")), (2, "", 1))
                self.assertIn(says, err)


class ByTrying(unittest.TestCase):
    def test_many_markets(self):
        won, seen, kinds = 0, set(), collections.Counter()
        for seed in range(400):
            rng = random.Random(seed)
            models = ("GTX 1660 SUPER", "GTX 1660", "A\u00e9")
            text = re.sub('"GTX 1660 SUPER"', lambda _: json.dumps(rng.choice(models[: 1 + seed % 3])),
                          market.make_market(rng, hosts_max=8, bids_max=5))
            options = dict(market.make_options(rng), main_currency="CLORE-Blockchain", usd_per_coin="0.01")
            judged = Market(text, **options)
            for each in judged.machines.values():  # only the first of several active bids runs
                run_id = judged.incumbent(each)
                each["bids"] = [dict(other, active=other["id"] == run_id) for other in each["bids"]]
            currency, tick = rng.choice((("CLORE-Blockchain", 25 * 10**8), ("CLORE-Blockchain", 7 * 10**8), ("bitcoin", 10**6)))
            ids = [other["id"] for each in judged.machines.values() for other in each["bids"]]
            search = {"watts": rng.choice((70, 100, 110, 130)), "by": rng.choice(("gpu", "host")), "currency": currency,
                      "cached": rng.random() < 0.5, "owner": rng.choice((None, 1, 2, 3)),
                      "without": rng.sample(ids, min(len(ids), rng.randrange(3))), "gpus": rng.choice((None, None, 1, 2, 3)),
                      "model": rng.choice((None, None, *models))}
            top = rng.choice((1, 2, 20))
            known = {card.get("model") for each in judged.machines.values() for card in each["gpus"]}
            words = ["--watts-per-gpu", str(search["watts"]), "--by", search["by"], "--currency", currency, "--tick", decimal(tick, 8),
                     "--top", str(top), *(["--cached"] if search["cached"] else [])]
            for name in ("owner", "gpus", "model"):
                words += [] if search[name] is None else ["--" + name, str(search[name])]
            words += [word for bid_id in search["without"] for word in ("--without", str(bid_id))]
            code, out, err = run("-", "--format", "json", *words, *market.arguments(options), text=text)
            if search["model"] not in {None} | known:
                self.assertEqual((code, out), (1, ""))
                continue
            answer = json.loads(out)
            everything, _, missed = judged.cheapest(tick=tick, k=1000, **search)
            prices = [(host, decimal(price, 8)) for host, price in everything if not isinstance(price, str)]
            reasons = [price for _, price in everything if isinstance(price, str)]
            where = (seed, words, options, text)
            self.assertEqual([(host["host"], host["new_bid"]["price"]) for host in answer["hosts"]], prices[:top], where)
            self.assertEqual((code, answer["with_price"]), (int(not prices), len(prices)), where)
            self.assertEqual(answer["without_price"], {reason: reasons.count(reason) for reason in reasons}, where)
            self.assertEqual(answer["not_compared"]["rate_missing"], missed, where)
            won += len(prices)
            kinds.update(kind for host, _ in prices for kind in market.kinds_of(judged, judged.machines[host]))
            kinds.update(["with an owner"] * (search["owner"] is not None and bool(prices)))
            kinds.update(["without bids"] * (bool(search["without"]) and bool(prices)))
            kinds.update(["in bitcoin"] * (currency == "bitcoin" and bool(prices)))
            seen.update(reasons)
        self.assertGreater(won, 80)
        for kind in (*market.KINDS, "with an owner", "without bids", "in bitcoin"):
            self.assertGreater(kinds[kind], 5, kind)
        self.assertLessEqual({"host_offline", "overclock_invalid", "not_cached", "rate_missing"}, seen)


if __name__ == "__main__":
    unittest.main()
