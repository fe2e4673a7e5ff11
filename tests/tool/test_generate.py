"""Tests the snapshots and commands of `gigaspot generate`. A few lines of Python check the commands against
sections 3, 7 and 9 of the rules.
"""
import collections
import hashlib
import json
import os
import subprocess
import unittest
from fractions import Fraction

from oracle import Market

TOOL = os.environ["GIGASPOT"]
RATE = ("--usd-per-coin", "0.01")


def run(*words, text=""):
    done = subprocess.run([TOOL, *words], input=text.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class Snapshot(unittest.TestCase):
    def test_the_same_seed_gives_the_same_bytes_everywhere(self):
        for sha256, *words in (
            ("013371828ec34d88f346234ed3b2bdfefadb5f1c87e84fb1e2895e0c45aa353c", "--hosts", "50", "--bids-per-host", "8", "--seed", "7"),
            ("62e69ee981ff0eccdeb0f8db69295529fb695d02e15d0ea5ba068bf8bd37cc02",),
            ("3513177726282e0ff655c81f8f12a1a3298dc7f11d59228247b5711e577beeb3", "--hosts", "2", "--bids-per-host", "0", "--seed", "0"),
        ):
            out = run("generate", *words)[1]
            self.assertEqual(hashlib.sha256(out.encode()).hexdigest(), sha256, words)
        self.assertNotEqual(run("generate", "--seed", "2"), run("generate", "--seed", "3"))

    def test_any_size_is_read_without_a_skipped_machine(self):
        for hosts, bids in ((0, 0), (0, 8), (1, 0), (1, 1), (30, 0), (5, 500), (1200, 3)):
            text = run("generate", "--hosts", str(hosts), "--bids-per-host", str(bids), "--seed", str(hosts))[1]
            rates = ("--rate", "bitcoin=60000") if "bitcoin" in text else ()
            code, out, err = run("rank", "-", *RATE, *rates, "--format", "json", text=text)
            answer = json.loads(out)
            self.assertEqual((code, err, answer["skipped"], len(answer["hosts"])), (0, "", [], hosts))
            self.assertTrue(all(len(host["bids"]) == bids for host in answer["hosts"]))

    def test_a_plausible_market(self):
        text = run("generate", "--hosts", "400", "--bids-per-host", "10", "--seed", "3")[1]
        machines = json.loads(text)
        fields = ("bids on_demand_rented online cpu cores threads ram gpus cuda max_rental_length cc host reliability "
                  "energy_price").split()
        models = {}
        for each in machines.values():
            self.assertLessEqual(set(fields), set(each))
            self.assertLessEqual(set(each), {*fields, "min_bid", "working_properly"})
            self.assertTrue(1 <= len(each["gpus"]) <= 8)
            self.assertTrue(0.01 < each["energy_price"] < 0.5)
            least, most = (sum(gpu["pl"][end] for gpu in each["gpus"]) for end in (0, 1))
            for gpu in each["gpus"]:
                models.setdefault(gpu["model"], set()).add(tuple(gpu["pl"]))
                self.assertTrue(all(gpu[name][0] <= gpu[name][1] for name in gpu if name != "model"))
                self.assertTrue(50 <= gpu["pl"][0] and gpu["pl"][1] <= 500)
            for bid in each["bids"]:
                self.assertTrue(least <= bid["pl"] <= most)
                self.assertTrue(0 < bid["price"] <= 5000)
            self.assertLessEqual(sum(bid["active"] for bid in each["bids"]), 1)
        self.assertGreaterEqual(len(models), 12)
        self.assertEqual({pl[0] for pl in models["RTX 4090"]}, {150})
        self.assertEqual(max(pl[1] for pl in models["RTX 4090"]), 450)
        self.assertTrue(all(len({pl[0] for pl in ranges}) == 1 < len(ranges) for ranges in models.values()))

        judged = Market(text, "0.0071", ["bitcoin=60000"], switch_margin_ppm="20000")
        count = len(machines)

        def share(test):
            return sum(bool(test(each)) for each in judged.machines.values()) / count

        self.assertTrue(0.01 < share(lambda each: not each["online"]) < 0.1)
        self.assertTrue(0.05 < share(lambda each: each["on_demand_rented"]) < 0.15)
        self.assertTrue(0.005 < share(lambda each: not each.get("working_properly", True)) < 0.1)
        self.assertGreater(share(judged.select), 0.6)
        runs = lambda each: judged.select(each) and judged.incumbent(each)
        self.assertGreater(share(lambda each: runs(each) and judged.select(each)[0]["id"] != runs(each)), 0.05)
        self.assertGreater(share(lambda each: runs(each) and judged.select(each)[0]["id"] == runs(each)), 0.2)
        close = lambda profits: len(profits) > 1 and profits[0] - profits[1] < abs(profits[0]) // 50
        self.assertGreater(share(lambda each: close([p for _, p, reason in judged.rank(each) if not reason])), 0.2)


# The fields of each command: required ones and optional ones.
FIELDS = {
    "rate": ("currency usd", "fee_ppm"),
    "host": ("id energy_price gpus", "min_bid max_rental_length"),
    "host_status": ("id", "online on_demand_rented working_properly"),
    "energy_price": ("id usd", ""),
    "bid": ("id host owner price currency oc", "image"),
    "edit": ("id price", "oc owner"),
    "cached": ("id cached", ""),
    "cancel": ("id", "owner"),
    "revoke": ("id", ""),
    "close": ("", ""),
}
MAIN = "CLORE-Blockchain"
TWENTY_DAYS = 20 * 86_400


class LiveMarket:
    """Takes commands, or returns why not. It ignores which bids win, because no command depends on that."""

    def __init__(self):
        self.hosts, self.bids, self.rates = {}, {}, {}
        self.now, self.closed = 0, None

    def take(self, command):
        self.now = command["time"]
        op, name = command["op"], command.get("id")
        if op == "rate":
            self.rates[command["currency"]] = command["usd"]
        elif op == "host":
            status = {"online": True, "on_demand_rented": False, "working_properly": True}
            self.hosts[name] = dict(status, **self.hosts.get(name, {}), **command)
        elif op in ("host_status", "energy_price"):
            if name not in self.hosts:
                return "host_unknown"
            self.hosts[name].update(command)
        elif op == "close":
            self.closed = self.now
            self.bids = {bid_id: bid for bid_id, bid in self.bids.items() if bid["expiry"] > self.now}
        elif op == "bid":
            if name in self.bids:
                return "bid_exists"
            host = self.hosts.get(command["host"])
            if host is None:
                return "host_unknown"
            if not host["online"] or host["on_demand_rented"] or not host["working_properly"]:
                return "host_unavailable"
            problem = self.violation(command)
            if problem:
                return problem
            life = min(host.get("max_rental_length", TWENTY_DAYS), TWENTY_DAYS)
            self.bids[name] = dict(command, expiry=self.now + life * 1000)
        elif name not in self.bids:
            return "bid_unknown"
        elif command.get("owner", self.bids[name]["owner"]) != self.bids[name]["owner"]:
            return "not_owner"
        elif op == "edit":
            bid = dict(self.bids[name], **command)
            problem = self.violation(bid)
            if problem:
                return problem
            self.bids[name] = bid
        elif op in ("cancel", "revoke"):
            del self.bids[name]
        return None

    def violation(self, bid):
        host = self.hosts[bid["host"]]
        if len(bid["oc"]) != len(host["gpus"]):
            return "overclock_count_mismatch"
        for profile, gpu in zip(bid["oc"], host["gpus"]):
            for key, value in profile.items():
                if not gpu[key][0] <= value <= gpu[key][1] or (key == "pl" and value == 0):
                    return key + " outside"
        worth = bid["price"] * self.rates[bid["currency"]] / self.rates[MAIN]
        if bid["price"] == 0:
            return "price_not_positive"
        if not Fraction(1, 10_000) <= worth <= 5000 or worth < host.get("min_bid", 0):
            return "price outside"
        return None


class Commands(unittest.TestCase):
    def lines(self, count, *words):
        code, out, err = run("generate", "--commands", str(count), *words)
        self.assertEqual((code, err), (0, ""))
        self.assertEqual(out.count("\n"), count)
        return out.splitlines()

    def play(self, count, *words):
        market, ops, rejected = LiveMarket(), collections.Counter(), collections.Counter()
        time, ids, closes, expired = 1_700_000_000_000, 0, [], 0
        for line in self.lines(count, *words):
            command = json.loads(line, parse_float=Fraction)
            must, may = (set(names.split()) for names in FIELDS[command["op"]])
            self.assertLessEqual(must | {"op", "time"}, set(command), line)
            self.assertLessEqual(set(command), must | may | {"op", "time"}, line)
            self.assertGreaterEqual(command["time"], time, line)
            time = command["time"]
            before = len(market.bids)
            rate = market.rates.get(MAIN)
            problem = market.take(command)
            ops[command["op"]] += 1
            if problem:
                rejected[problem] += 1
            if problem == "bid_unknown":  # only as a mistake; never a bid that is gone
                self.assertGreater(command["id"], ids, line)
            if command["op"] == "bid":
                self.assertGreater(command["id"], ids, line)
                ids = command["id"]
            if command["op"] == "close":
                closes.append(time)
                expired += before - len(market.bids)
            if command["op"] == "rate" and rate and command["currency"] == MAIN:
                self.assertLessEqual(abs(command["usd"] - rate), rate / 1000, line)
            self.assertLessEqual(len(line), 1200 if command["op"] == "host" else 240, line)
        first = 1_700_000_000_000
        self.assertEqual(closes, list(range(first + 60_000, closes[-1] + 1, 60_000)))
        self.assertLess(time - closes[-1], 65_000)
        return market, ops, rejected, expired

    def test_nearly_all_commands_are_valid(self):
        for count, *words in ((60_000,), (60_000, "--hosts", "1"), (100_000, "--hosts", "3000", "--seed", "2")):
            market, ops, rejected, expired = self.play(count, *words)
            self.assertEqual(len(market.hosts), int(words[1]) if words else 20)
            later = count - len(market.hosts) - 2
            self.assertTrue(0.005 < sum(rejected.values()) / later < 0.05, rejected)
            self.assertEqual(set(rejected) - {"host_unavailable"},
                             {"pl outside", "price_not_positive", "not_owner", "bid_unknown"})
            least = {"rate": 8, "bid": 6, "edit": 20, "cancel": 4, "cached": 3, "energy_price": 1, "host_status": 1, "revoke": 0.5}
            for op, percent in least.items():
                self.assertGreater(ops[op] / later * 100, percent, (op, ops))
            self.assertEqual(set(ops), set(FIELDS))
            if not words:
                self.assertGreater(expired, 10)
            available = sum(host["online"] and not host["on_demand_rented"] and host["working_properly"]
                            for host in market.hosts.values())
            if len(market.hosts) > 1:
                self.assertTrue(0.8 <= available / len(market.hosts) < 1)

    def test_any_number(self):
        lines = self.lines(5_000, "--hosts", "50")
        for count in (0, 1, 2, 3, 51, 52, 53, 54, 4_999):
            self.assertEqual(self.lines(count, "--hosts", "50"), lines[:count])
        market, ops, rejected, _ = self.play(1_000, "--hosts", "0")
        self.assertEqual((set(ops), sum(rejected.values())), ({"rate", "close"}, 0))

    def test_the_same_seed_gives_the_same_bytes_everywhere(self):
        # g++ 12 and clang 14 give the same, with and without optimisation.
        for sha256, *words in (
            ("9a6b6f2a145fcf701e9d091f5b76f3dc724a292b0a9d601651be1f4846778184", "--commands", "100000"),
            ("bf50a5a910be71701ff75786205d2852ab014ba6d20f564e7483c0c0739a264c", "--commands", "30000", "--hosts", "700", "--seed",
             "9007199254740992"),
        ):
            out = run("generate", *words)[1]
            self.assertEqual(hashlib.sha256(out.encode()).hexdigest(), sha256, words)
        self.assertNotEqual(self.lines(100, "--seed", "2"), self.lines(100, "--seed", "3"))

    def test_memory_does_not_grow_with_the_number(self):
        def kilobytes(count):
            tool = subprocess.Popen([TOOL, "generate", "--commands", str(count)], stdout=subprocess.DEVNULL)
            usage = os.wait4(tool.pid, 0)[2]
            tool.returncode = 0
            return usage.ru_maxrss

        # 500,000 lines have about 40 MB.
        self.assertLess(kilobytes(500_000), kilobytes(50_000) + 4_000)


if __name__ == "__main__":
    unittest.main()
