"""The tool's answers against the oracle, and against small answers worked by hand."""
import os
import pathlib
import random
import re
import subprocess
import tempfile
import unittest

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
        self.assertEqual((code, err, out), (0, "", wanted.rank_json()), (words, text))
        return wanted

    def test_golden(self):
        text = (GOLDEN / "market.snapshot.json").read_text()
        options = {"usd_per_coin": "0.01", "rates": ["bitcoin=50000"], "switch_margin": "0.05"}
        self.assertEqual(self.compare(text, options).rank_json(), (GOLDEN / "market.expected.json").read_text())

    def test_many_markets(self):
        seen = {"winner": 0, "idle": 0, "tie": 0, "sheltered": 0, "margin": 0}
        reasons, problems = set(), set()
        for seed in range(400):
            rng = random.Random(seed)
            judged = self.compare(market.make_market(rng), market.make_options(rng))
            problems.update(code for _, _, code in judged.skipped)
            for machine in judged.machines.values():
                ranking, winner = judged.rank(machine), judged.select(machine)
                reasons.update(reason for _, _, reason in ranking)
                eligible = [profit for _, profit, reason in ranking if reason is None]
                seen["winner" if winner else "idle"] += 1
                seen["tie"] += len(eligible) > 1 and eligible[0] == eligible[1]
                seen["sheltered"] += winner is not None and winner[1] < eligible[0]
                seen["margin"] += len(eligible) > 1 and 0 < eligible[0] - eligible[1] < 10**14
        # The markets are worth the name: each reason and problem, and each kind of contest, came up.
        self.assertEqual(reasons, {
            None, "host_offline", "host_on_demand_rented", "host_malfunctioning", "overclock_invalid", "not_cached",
            "price_below_market_minimum", "price_below_host_minimum", "rate_missing", "below_reserve"})
        self.assertEqual(problems, {"malformed", "missing", "wrong_type", "duplicate", "number_out_of_range",
                                    "number_too_precise", "range_inverted", "limit_reached"})
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
            self.assertEqual((code, err, out), (0, "", Market(text, wrapper=wrapper).rank_json()))

    def test_more_currencies_than_a_market_holds(self):
        bid = '{"owner":1,"id":%d,"price":1,"currency":"c%d","pl":100}'
        machine = '"%d":{"bids":[%s],"on_demand_rented":false,"online":true,"gpus":[{"pl":[100,100]}],"energy_price":0}'
        text = "{%s}" % ",".join(machine % (i, bid % (i, i)) for i in range(20))
        judged = self.compare(text, {"usd_per_coin": "0.01", "rates": ["c5=1", "c16=1"]})
        self.assertEqual(judged.skipped, [(str(i), "bids[0].currency", "limit_reached") for i in (14, 15, 17, 18, 19)])

    def test_a_large_market(self):
        text = run("generate", "--hosts", "300", "--bids-per-host", "40", "--seed", "5", text="")[1]
        judged = self.compare(text, {"usd_per_coin": "0.0071", "rates": ["bitcoin=60000"], "switch_margin_ppm": "20000"})
        self.assertEqual(len(judged.machines), 300)


class Explain(unittest.TestCase):
    def cells(self, judged, machine, tick):
        """What each line about a bid says."""
        run_id, winner = judged.incumbent(machine), judged.select(machine)
        for place, (bid, profit, reason) in enumerate(judged.rank(machine), 1):
            cells = [str(place), str(bid["id"]), str(bid["owner"]), str(bid["pl"])]
            cells.append(decimal(bid["price"], 8) + " " + bid["currency"])
            if profit is not None:
                electricity = bid["pl"] * 24 * machine["energy_price"] * 10**8
                cells += [decimal(profit + electricity, 20), decimal(electricity, 20), decimal(profit, 20)]
            is_winner = winner is not None and winner[0] is bid
            cells.append("wins" if is_winner else reason or "eligible")
            cells += ["runs now"] if bid["id"] == run_id else []
            if not is_winner:
                price = judged.price_to_win(machine, bid, tick)
                if isinstance(price, str):
                    cells.append("no price: " + price)
                else:
                    more = price - bid["price"]
                    cells.append("%s (%s%s)" % (decimal(price, 8), "+" if more >= 0 else "", decimal(more, 8)))
            yield cells

    def check_range(self, judged, machine, line, rng):
        found = re.fullmatch(r"this choice stands while 1 \S+ is worth (\S+?)\.\.(\S+) USD; now (\S+)", line)
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

    def test_prices_and_rates_by_trying(self):
        prices, ranges = 0, 0
        for seed in range(120):
            rng = random.Random(seed)
            text = market.make_market(rng, hosts_max=4, bids_max=5).replace(market.text_of(market.CURRENCIES[4]), '"odd"')
            options = dict(market.make_options(rng), main_currency="CLORE-Blockchain", usd_per_coin="0.01")
            tick = rng.choice((25, 50, 100)) * 10**8
            judged = Market(text, **options)
            for host, machine in judged.machines.items():
                code, out, err = run("explain", "-", "--host", str(host), "--tick", decimal(tick, 8),
                                     *market.arguments(options), text=text)
                if str(host) not in [key for key, _, _ in judged.skipped]:
                    self.assertEqual((code, err), (0, ""))
                lines = out.splitlines()
                wanted = list(self.cells(judged, machine, tick))
                found = [re.split(r" {2,}", line.strip()) for line in lines[3 : 3 + len(wanted)]] if wanted else []
                self.assertEqual(found, wanted, (host, options, text))
                prices += sum(" (" in cells[-1] for cells in wanted)
                ranges += self.check_range(judged, machine, lines[-1], rng)
        self.assertGreater(prices, 50)
        self.assertGreater(ranges, 50)


if __name__ == "__main__":
    unittest.main()
