"""Tests `gigaspot check`. Each expected line is worked out by hand from section 3 of the rules."""
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

TOOL = os.environ["GIGASPOT"]
FIELDS = {"power_limit": "pl", "core_lock": "core_lock", "mem_lock": "mem_lock", "core_offset": "core_offset",
          "mem_offset": "mem_offset", "overclock": "oc", "price": "price", "environment": "env", "image": "image"}
MARKET = json.dumps({
    "7": {"bids": [{"owner": 1, "id": 1, "price": 1, "currency": "bitcoin", "pl": 300}], "online": True, "on_demand_rented": False,
          "gpus": [{"pl": [100, 300], "core_lock": [210, 2100], "mem_offset": [-500, 500]}, {"pl": [100, 250], "mem_lock": [405, 7001]}],
          "min_bid": 20, "energy_price": 0.1},
    "8": {"bids": [], "online": False, "on_demand_rented": True, "gpus": [{"pl": [0, 100]}], "energy_price": 0.1},
    "9": {"bids": [], "online": True, "on_demand_rented": False, "gpus": [{"pl": [100, 50]}], "energy_price": 0.1},
})
TWO = [{"pl": 300}, {"pl": 250}]
SENTENCES = {
    "power_limit_missing": "the profile has no power limit",
    "power_limit_below_card_minimum": "the power limit is below the card's minimum",
    "power_limit_above_host_maximum": "the power limit is above the host's maximum",
    "core_lock_below_minimum": "the core lock is below the allowed range",
    "core_lock_above_maximum": "the core lock is above the allowed range",
    "core_lock_not_supported": "this GPU does not support a core lock",
    "mem_lock_not_supported": "this GPU does not support a memory lock",
    "mem_offset_below_minimum": "the memory offset is below the allowed range",
    "core_offset_not_supported": "this GPU does not support a core offset",
    "overclock_missing": "the bid has no overclock profile",
    "overclock_count_mismatch": "the bid needs exactly one overclock profile per GPU",
    "price_not_positive": "the price must be above 0",
    "price_below_market_minimum": "the price is below the market's minimum",
    "price_above_market_maximum": "the price is above the market's maximum",
    "price_below_host_minimum": "the price is below the host's minimum bid",
    "environment_too_long": "the environment is too long as JSON text",
    "environment_key_too_long": "a key of the environment is too long",
    "environment_value_too_long": "a value of the environment is too long",
    "environment_key_empty": "a key of the environment is empty",
    "image_malformed": "the image id must be 24 hexadecimal digits",
    "host_offline": "the host is offline",
}


def order(**fields):
    return dict({"currency": "CLORE-Blockchain", "renting_server": 7, "price": 20, "oc": TWO}, **fields)


def line(where, problem):
    """The line about a broken rule: "gpu 0: power_limit_missing" is about the field oc[0].pl."""
    gpu, _, problem = problem.rpartition(": ")
    code = problem.split()[0]
    (field,) = (field for start, field in FIELDS.items() if code.startswith(start + "_"))
    return "%s: %s: %s: %s" % (where, "oc[%s].%s" % (gpu.split()[1], field) if gpu else field, problem, SENTENCES[code])


UNCHECKED = "1 price was not compared with the limits, for lack of a rate: "


class Check(unittest.TestCase):
    maxDiff = None

    def check(self, orders, *words, market=MARKET, warning=""):
        text = orders if isinstance(orders, str) else json.dumps(orders)
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "market.json")
            file.write_text(market)
            done = subprocess.run([TOOL, "check", str(file), "-", *words], input=text.encode(), capture_output=True)
        self.assertEqual(done.stderr.decode(), "gigaspot: warning: %s\n" % warning if warning else "")
        return done.returncode, done.stdout.decode().splitlines()

    def test_valid_orders(self):
        self.assertEqual(self.check([]), (0, ["orders: 0, all valid"]))
        self.assertEqual(self.check([
            order(), order(price=5000, image="0123456789abcdefABCDEF00", env={"k" * 128: "v" * 1536}),
            order(oc=[{"pl": 100, "core_lock": 2100, "mem_offset": -500}, {"pl": 100, "mem_lock": 405, "core_lock": None}]),
            order(price=1e-8, currency="bitcoin"),  # without its rate there is no price row
            order(price="20"), order(price="2.0e1"),
        ], warning=UNCHECKED + "CLORE-Blockchain, bitcoin"), (0, ["orders: 6, all valid"]))

    def test_violations(self):
        for fields, *wanted in (
            ({"oc": []}, "overclock_missing"),
            ({"oc": None}, "overclock_missing"),
            ({"oc": [{"pl": 1}]}, "overclock_count_mismatch (1 GPUs, exactly 2 GPUs)"),
            ({"oc": [{"pl": 1}] * 32}, "overclock_count_mismatch (32 GPUs, exactly 2 GPUs)"),
            ({"oc": [{"pl": 301, "core_lock": 209}, {"pl": 99}]},
             "gpu 0: power_limit_above_host_maximum (301 W, at most 300 W)",
             "gpu 0: core_lock_below_minimum (209 MHz, at least 210 MHz)",
             "gpu 1: power_limit_below_card_minimum (99 W, at least 100 W)"),
            ({"oc": [{"core_lock": 2101, "mem_lock": 1, "core_offset": 0, "mem_offset": -501}, {"pl": 0, "core_lock": 0}]},
             "gpu 0: power_limit_missing", "gpu 0: core_lock_above_maximum (2101 MHz, at most 2100 MHz)",
             "gpu 0: mem_lock_not_supported", "gpu 0: core_offset_not_supported",
             "gpu 0: mem_offset_below_minimum (-501 MHz, at least -500 MHz)",
             "gpu 1: power_limit_missing", "gpu 1: core_lock_not_supported"),
            ({"price": 0}, "price_not_positive"),
            ({"price": 0.00009999}, "price_below_market_minimum (0.00009999 coin/day, at least 0.0001 coin/day)",
             "price_below_host_minimum (0.00009999 coin/day, at least 20 coin/day)"),
            ({"price": 19.99999999}, "price_below_host_minimum (19.99999999 coin/day, at least 20 coin/day)"),
            ({"price": 5000.00000001}, "price_above_market_maximum (5000.00000001 coin/day, at most 5000 coin/day)"),
            ({"env": {"": "v"}}, "environment_key_empty"),
            ({"env": {"k" * 129: "v" * 1537}}, "environment_key_too_long (129 bytes, at most 128 bytes)",
             "environment_value_too_long (1537 bytes, at most 1536 bytes)"),
            # {"k0":"..",..,"k7":".."}: 2 + 8 x 7 + 7 commas + 8 x 1529 = 12,297
            ({"env": {"k%d" % i: "v" * 1529 for i in range(8)}}, "environment_too_long (12297 bytes, at most 12287 bytes)"),
            ({"image": "c9a4"}, "image_malformed"),
            ({"image": "c9a4", "price": 0, "oc": []}, "overclock_missing", "price_not_positive", "image_malformed"),
        ):
            with self.subTest(fields):
                lines = [line("entry 1, host 7", each) for each in wanted]
                self.assertEqual(self.check([order(), order(**fields)]), (1, [*lines, "orders: 2, with a problem: 1"]))

    def test_prices_in_another_currency(self):
        rates = ("--usd-per-coin", "0.01", "--rate", "bitcoin=3000")
        # 20 coins are 0.2 USD, 0.0000666.. bitcoin; 5000 coins are 50 USD, 0.01666.. bitcoin.
        for price, *wanted in (
            (0.00006667,),
            (0.00006666, "price_below_host_minimum (0.00006666 coin/day, at least 0.00006667 coin/day)"),
            (0.01666666,),
            (0.01666667, "price_above_market_maximum (0.01666667 coin/day, at most 0.01666666 coin/day)"),
        ):
            bid = order(price=price, currency="bitcoin")
            lines = [line("entry 0, host 7", each) for each in wanted]
            end = ["orders: 1, with a problem: 1"] if wanted else ["orders: 1, all valid"]
            self.assertEqual(self.check([bid], *rates), (len(wanted), lines + end))
            for passed_over, missing in (((), "CLORE-Blockchain, bitcoin"), (rates[:2], "bitcoin"), (rates[2:], "CLORE-Blockchain")):
                warning = UNCHECKED + missing
                self.assertEqual(self.check([bid], *passed_over, warning=warning), (0, ["orders: 1, all valid"]))
                self.assertEqual(self.check([bid], *passed_over, "--strict", warning=warning), (1, ["orders: 1, all valid"]))
        self.assertEqual(self.check([order(), order(currency="bitcoin", price=1), order(currency="bitcoin", price=1)], warning="2 prices "
                                    "were not compared with the limits, for lack of a rate: CLORE-Blockchain, bitcoin")[0], 0)
        # Minimum bids are in the main currency, whatever that is.
        other = ("--main-currency", "bitcoin", "--rate", "CLORE-Blockchain=0.01")
        self.assertEqual(self.check([order(price=1), order(currency="bitcoin", price=19)], *other, warning=UNCHECKED + "bitcoin"), (1, [
            line("entry 1, host 7", "price_below_host_minimum (19 coin/day, at least 20 coin/day)"),
            "orders: 2, with a problem: 1"]))

    def test_the_market_s_limits_of_prices(self):
        for words, *wanted in (
            (("--price-min", "20", "--price-max", "20"),),
            (("--price-min", "20.5"), "price_below_market_minimum (20 coin/day, at least 20.5 coin/day)"),
            (("--price-max", "19.99"), "price_above_market_maximum (20 coin/day, at most 19.99 coin/day)"),
        ):
            lines = [line("entry 0, host 7", each) for each in wanted]
            end = "orders: 1, with a problem: 1" if wanted else "orders: 1, all valid"
            self.assertEqual(self.check([order()], *words), (len(wanted), [*lines, end]))

    def test_hosts(self):
        gpu = [{"pl": 100}]
        self.assertEqual(self.check([order(renting_server=host, oc=gpu) for host in (8, 9, 10, 2**53)] +
                                    [order(renting_server=8, price=0, oc=gpu)]), (1, [
            "entry 0, host 8: host_offline: the host is offline",
            "entry 1, host 9: host_unknown: cannot read this host: 9: gpus[0].pl: minimum 100 is above maximum 50",
            "entry 2, host 10: host_unknown: this host is not in the snapshot",
            "entry 3, host 9007199254740992: host_unknown: this host is not in the snapshot",
            "entry 4, host 8: host_offline: the host is offline",
            "entry 4, host 8: price: price_not_positive: the price must be above 0",
            "orders: 5, with a problem: 5"]))

    def test_entries_that_cannot_be_read(self):
        text = json.dumps([5, order(), {}, order(price="20 coins"), order(currency="dogecoin"), order(image="x"), order(env={"a\x1b": 5}),
                           order(oc=[{"pl": 100}, {"pl": 100.5}]), order(oc=[{"pl": 100}] * 33), order(oc=[{"power": 100}])])
        text = text[:-1] + ', {"currency":"CLORE-Blockchain","renting_server":7,"price":1e400}, null]'
        self.assertEqual(self.check(text), (1, [
            "entry 0: wrong_type: expected an object, got a number",
            "entry 2, currency: missing: not given; required: currency, renting_server, price",
            'entry 3, price: malformed: "20 coins" is not a decimal number',
            'entry 4, currency: currency_unknown: unknown currency "dogecoin"; known: CLORE-Blockchain, bitcoin',
            "entry 5, host 7: image: image_malformed: the image id must be 24 hexadecimal digits",
            "entry 6, env.a?: wrong_type: expected a string, got a number",
            "entry 7, oc[1].pl: number_too_precise: 100.5 is not a whole number of W",
            "entry 8, oc[32]: limit_reached: at most 32 profiles",
            "entry 9, oc[0].power: unknown_field: unknown field power; expected pl, core_lock, mem_lock, core_offset, mem_offset",
            "entry 10, price: number_out_of_range: 1e400 is out of range: 0 to 1000000 coin/day",
            "entry 11: wrong_type: expected an object, got null",
            "orders: 12, with a problem: 11"]))

    def test_edits(self):
        """An edit is checked as the bid that it makes: its price in the bid's currency, its profiles on the bid's host."""
        market = json.dumps({
            "7": {"bids": [{"owner": 1, "id": 1, "price": 25, "currency": "CLORE-Blockchain", "pl": 300},
                           {"owner": 2, "id": 2, "price": 1, "currency": "bitcoin", "pl": 550},
                           {"owner": 2, "id": 3, "price": 25, "currency": "CLORE-Blockchain", "pl": 551}], "online": False,
                  "on_demand_rented": False, "gpus": [{"pl": [100, 300], "core_lock": [210, 2100]}, {"pl": [100, 250]}],
                  "min_bid": 20, "energy_price": 0.1}})
        rates = ("--usd-per-coin", "0.01", "--rate", "bitcoin=3000")
        for edit, *wanted in (
            ({"order_id": 1, "price": 20},),  # a host that is offline takes edits
            ({"order_id": 1, "price": 20, "oc": TWO},),
            ({"order_id": 2, "price": 0.00006667},),  # 20 coins are 0.0000666.. bitcoin
            ({"order_id": 3, "price": 20, "oc": TWO},),
            ({"order_id": 1, "price": 20, "oc": None},),
            ({"order_id": 1, "price": 19.5}, "price_below_host_minimum (19.5 coin/day, at least 20 coin/day)"),
            ({"order_id": 1, "price": 0}, "price_not_positive"),
            ({"order_id": 1, "price": 5000.1}, "price_above_market_maximum (5000.1 coin/day, at most 5000 coin/day)"),
            ({"order_id": 2, "price": 0.00006666}, "price_below_host_minimum (0.00006666 coin/day, at least 0.00006667 coin/day)"),
            ({"order_id": 1, "price": 20, "oc": [{"pl": 301, "core_lock": 209}, {"core_lock": 300}]},
             "gpu 0: power_limit_above_host_maximum (301 W, at most 300 W)", "gpu 0: core_lock_below_minimum (209 MHz, at least 210 MHz)",
             "gpu 1: power_limit_missing", "gpu 1: core_lock_not_supported"),
            ({"order_id": 1, "price": 1, "oc": []}, "overclock_missing", "price_below_host_minimum (1 coin/day, at least 20 coin/day)"),
            ({"order_id": 1, "price": 20, "oc": [{"pl": 100}]}, "overclock_count_mismatch (1 GPUs, exactly 2 GPUs)"),
        ):
            with self.subTest(edit):
                lines = [line("entry 0, bid %d" % edit["order_id"], each) for each in wanted]
                end = "orders: 1, with a problem: 1" if wanted else "orders: 1, all valid"
                self.assertEqual(self.check([edit], *rates, market=market), (int(bool(wanted)), [*lines, end]))
        # The profiles of bid 3 are unknown, and 551 W are more than the host allows in all.
        self.assertEqual(self.check([{"order_id": 3, "price": 20}, {"order_id": 4, "price": 20}, {"order_id": 1, "price": 20},
                                     {"order_id": 2**53, "price": 0}], market=market), (1, [
            "entry 0, bid 3: overclock_invalid: the host's current limits do not allow the bid's overclock",
            "entry 1, bid 4: bid_unknown: this bid is not in the snapshot",
            "entry 3, bid 9007199254740992: bid_unknown: this bid is not in the snapshot",
            "orders: 4, with a problem: 3"]))

    def test_edits_that_cannot_be_read(self):
        self.assertEqual(self.check([5, {"order_id": 1, "price": 1}, {"order_id": 1}, {"price": 1}, {"order_id": "1", "price": 1},
                                     {"order_id": 9, "price": 0.000000001}, {"order_id": 1, "price": 1, "oc": [{"pl": 1, "lock": 2}]},
                                     order()], warning=UNCHECKED + "CLORE-Blockchain, bitcoin"), (1, [
            "entry 0: wrong_type: expected an object, got a number",
            "entry 2, price: missing: not given; required: order_id, price",
            "entry 3, order_id: missing: not given; required: order_id, price",
            "entry 4, order_id: wrong_type: expected a number, got a string",
            "entry 5, price: price_too_precise: 1e-09 has more than 8 digits after the point",
            "entry 6, oc[0].lock: unknown_field: unknown field lock; expected pl, core_lock, mem_lock, core_offset, mem_offset",
            "entry 7, order_id: missing: not given; required: order_id, price",
            "orders: 8, with a problem: 7"]))

    def test_cancels(self):
        self.assertEqual(self.check({"order_ids": [1]}), (0, ["orders: 1, all valid"]))
        self.assertEqual(self.check({"order_ids": []}), (0, ["orders: 0, all valid"]))
        self.assertEqual(self.check({"x": {"order_id": 1}, "order_ids": [1, 5, 1, 7]}), (1, [
            "entry 1, bid 5: bid_unknown: this bid is not in the snapshot",
            "entry 2, bid 1: bid_unknown: entry 0 cancels this bid already",
            "entry 3, bid 7: bid_unknown: this bid is not in the snapshot",
            "orders: 4, with a problem: 3"]))

    def test_the_form_of_a_document_says_which_orders_it_has(self):
        env = order(env={"order_id": "1", "order_ids": "x"})
        self.assertEqual(self.check([env, env]), (0, ["orders: 2, all valid"]))
        self.assertEqual(self.check([]), (0, ["orders: 0, all valid"]))
        for document, says in (
            ({}, ": expected an array of orders, got an object; an object with orders to cancel has order_ids"),
            ({"order_id": 1, "price": 1}, ": expected an array of orders, got an object; an object with orders to cancel has order_ids"),
            (5, ": expected an array of orders, got a number"),
            ({"order_ids": 5}, ": order_ids: expected an array, got a number"),
            ({"order_ids": None}, ": order_ids: null counts as not given; required: order_ids"),
            ({"order_ids": [1, "2"]}, ": order_ids[1]: expected a number, got a string"),
            ({"order_ids": [1.5]}, ": order_ids[0]: 1.5 is not a whole number"),
            ('{"order_ids":[1],}', ":1:17: not JSON: trailing comma"),
            ('[{"order_id":1,"price":1},]', ":1:26: not JSON: trailing comma"),
        ):
            with self.subTest(document):
                text = document if isinstance(document, str) else json.dumps(document)
                with tempfile.NamedTemporaryFile("w") as file:
                    file.write(MARKET)
                    file.flush()
                    done = subprocess.run([TOOL, "check", file.name, "-"], input=text.encode(), capture_output=True)
                self.assertEqual((done.returncode, done.stdout.decode(), done.stderr.decode()),
                                 (1, "", "gigaspot: standard input%s\n" % says))

    def test_check_and_replay_give_the_same_fault_the_same_field_and_sentence(self):
        for fields, field, detail in (
            ({"oc": [{"pl": "300"}]}, "oc[0].pl", "expected a number, got a string"),
            ({"oc": [{"pl": 1}, {"core_lok": 1}]}, "oc[1].core_lok",
             "unknown field core_lok; expected pl, core_lock, mem_lock, core_offset, mem_offset"),
            ({"oc": [{"pl": 99.5}]}, "oc[0].pl", "99.5 is not a whole number of W"),
            ({"oc": [{"mem_offset": -1000001}]}, "oc[0].mem_offset", "-1000001 is out of range: -1000000 to 1000000 MHz"),
            ({"oc": {}}, "oc", "expected an array, got an object"),
            ({"price": 1000000.1}, "price", "1000000.1 is out of range: 0 to 1000000 coin/day"),
            ({"price": "1000000.1"}, "price", "1000000.1 is out of range: 0 to 1000000 coin/day"),
            ({"price": "20,5"}, "price", '"20,5" is not a decimal number'),
            ({"price": [20]}, "price", "expected a decimal number, got an array"),
            ({"price": 0.000000001}, "price", "1e-09 has more than 8 digits after the point"),
            ({"env": {"K": 5}}, "env.K", "expected a string, got a number"),
            ({"image": 5}, "image", "expected a string, got a number"),
        ):
            with self.subTest(fields):
                _, lines = self.check([order(**fields)])
                self.assertRegex(lines[0], r"\Aentry 0, %s: \w+: %s\Z" % (re.escape(field), re.escape(detail)))
                command = {"op": "bid", "time": 1_700_000_000_000, "id": 1, "host": 7, "owner": 1, "price": 1, "currency": "CLORE-Blockchain", **fields}
                done = subprocess.run([TOOL, "replay", "-"], input=json.dumps(command).encode(), capture_output=True)
                (reason,) = json.loads(done.stdout)["reasons"]
                self.assertEqual((reason["field"], reason["detail"]), (field, detail))


    def test_check_and_replay_name_the_field_of_a_broken_rule_alike(self):
        """The market is that of host 7, as commands."""
        host = json.loads(MARKET)["7"]
        setup = [{"op": "rate", "currency": "CLORE-Blockchain", "usd": 1},
                 {"op": "host", "id": 7, "energy_price": 0, "min_bid": host["min_bid"], "gpus": host["gpus"]}]
        for fields in ({"oc": []}, {"oc": [{"pl": 1}]}, {"oc": [{"pl": 301, "core_lock": 1}, {"mem_lock": 1, "core_lock": 1}]}, {"price": 0},
                       {"price": 5001}, {"env": {"": ""}}, {"image": "x"}, {"oc": [{"pl": 300, "core_offset": 1, "mem_offset": 501}] * 2}):
            with self.subTest(fields):
                _, lines = self.check([order(**fields)])
                bid = {"op": "bid", "id": 1, "host": 7, "owner": 1, "price": 20, "currency": "CLORE-Blockchain", "oc": TWO, **fields}
                text = "".join(json.dumps({"time": 1_700_000_000_000, **command}) + "\n" for command in [*setup, bid])
                done = subprocess.run([TOOL, "replay", "-"], input=text.encode(), stdout=subprocess.PIPE)
                reasons = json.loads(done.stdout.splitlines()[-1])["reasons"]
                self.assertEqual([each.split(": ")[1] for each in lines[:-1]], [reason["field"] for reason in reasons])


if __name__ == "__main__":
    unittest.main()
