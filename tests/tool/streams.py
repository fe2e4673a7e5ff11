"""Draws streams of commands for a live market: small ones, full of near-ties and wrong commands.

A stream is drawn together with a market of the oracle, which takes each line at once. So it can aim at a rival's
profit, at a running bid, or at an id that has just gone.
"""
import json
import random
import re
import sys

from market import CURRENCIES, Raw, arguments, text_of
from market_oracle import DAY, FLAGS, TUNINGS, Market
from oracle import decimal, value_of

MAIN = CURRENCIES[0]
# Streams also begin at 0, and some of their lines are malformed.
WARNINGS = re.compile(rb"\A(gigaspot: warning: the first time, [^\n]*\n)?"
                      rb"(gigaspot: warning: \d+ of \d+ commands (is|are) malformed, [^\n]*\n)?")
PRICES_MOST = 10**14
RATES = {  # 1e-12 USD; a step of 10 W at 0.05 USD per kWh costs exactly 1.2 coins of 0.01 USD
    MAIN: (10**10, 10**10, 10**10, 10**10, 5 * 10**9, 2 * 10**10, 10**10 + 1, 7_100_000_000, 10**16, 10**6),
    "bitcoin": (50 * 10**12, 50 * 10**12, 25 * 10**12, 60000 * 10**12, 50 * 10**12 + 1),
    "usd-coin": (10**12, 10**12, 10**12, 98 * 10**10, 5 * 10**11),
    CURRENCIES[4]: (10**10, 2 * 10**10),
}
ENERGIES = (*(count * 10**6 for count in (50, 50, 50, 25, 100, 0, 49, -50, -50, -25)), 123_456_789, -1, -(10**12), 10**12)
FEES = (None, None, 0, 25000, 20000, 1, 10**6)
RANGES = {"core_lock": [300, 2500], "mem_lock": [405, 10501], "core_offset": [-1000, 200], "mem_offset": [-2000, 2000]}
CARDS = ([70, 170], [100, 400], [150, 450], [100, 100])
ODD_WHOLES = ("-1", "0.5", "-0.5", "9007199254740993", "9007199254740992.5", "1e400", "-1e400", "1e-400", "1.0000000001",
              "1000001", "-1000001", "1e99999999999999999999", "-0", "0", "5e-1", "0e999")
ODD_MONEY = ("-1", "-1e-30", "1000000.00000001", "1000001", "1000000.000000000000000001", "1e-13", "1.000000001",
             "-1001", "-1000.000000001", "0.0000000001", "1e99999999999999999999", "1e-99999999999999999999", "-0.0", "0", "3e2", "1" * 40, "0." + "1" * 40)
NO_NUMBERS = ("01", "+1", "1.", ".5", "1e", "0x1", "1 ", " 1", "", "-", "1_0", "NaN", "Infinity", "1,5", "\u0661", "1\\n", "--1")
ODD_VALUES = ("null", "true", "false", '"text"', '"\\ud800"', "[]", "{}", "[1]", "1", "0.5", '"1"', "-1", "[[]]", "[null]",
              "[{}]", '{"a":"b"}', '""', "[1,2,3]", "[2,1]")
UNKNOWN = ("fee-ppm", "minbid", "owner_id", "Time", "time ", "x", "X_note", " x_note", "", "\u00e9", "op\u0000", "usd", "price",
           "gpus", "env", "energy_price", "fee_ppm", "cached")  # or known to another command
NOTES = ("x_note", "x_", "x_fee_ppm", "x_\u4e2d", "x_time")
MARK = b"\xef\xbb\xbf"
NO_JSON = ("{", "}", "[]", "5", "null", "true", '"op"', "{}", "{,}", '{"op"}', '{"op":}', '{"op":"close",}', "nul", "\u00e9",
           '{"op":"close" "time":1}', "{'op':'close','time':1}", '{"op":"close","time":1}}', '{"op":"close","time":1} x',
           '{"op":"close","time":1}{"op":"close","time":1}', '{"op":"close","time":NaN}', '{"op":"close","time":-Infinity}',
           '{"op":"Close","time":1}', '{"op":"","time":1}', '{"op":["close"],"time":1}', '{"op":null,"time":1}', '{"time":1}',
           '{"op":"close"}', '{"op":"close","time":null}', '{"op":"close","time":"1"}', '{"op":"close","time":true}',
           '{"op":"close","time":1,"u":01}', '{"op":"close","time":1,"u":"\t"}', '{"op":"close","time":1,"u":"\\x"}',
           '{"op":"close","time":1,"u":[1,]}', '{"op":"close","time":1,"u":tru}', '{"op":"close","time":1,"u":"',
           '{"op":"clo\\u0073e\\ud800","time":1}', '[{"op":"close","time":1}]', '{"op":"halt","time":1}', "//", "#")
IMAGES = ("c9a4e2f6b7d488d8f0bab0ff", "A3F9C4D7E5B088D8A0BFF880", "0" * 24)
ODD_IMAGES = ("", "zz", "c9a4e2f6b7d488d8f0bab0f", "c9a4e2f6b7d488d8f0bab0ff0", "c9a4e2f6b7d488d8f0bab0fg",
              "c9a4e2f6b7d488d8f0bab0ff\n", "\u00e9" * 12, " 9a4e2f6b7d488d8f0bab0ff")


def spelled(rng, count, decimals, may_be_text=True):
    """Spells `count` units of 10^-decimals exactly, in one of several ways."""
    sign, digits = "-" if count < 0 else "", str(abs(count))
    way = rng.randrange(12)
    if way == 0:
        written = "%s%se-%d" % (sign, digits, decimals)
    elif way == 1:
        written = "%s0.%sE%+d" % (sign, digits, len(digits) - decimals)
    elif way == 2:
        written = decimal(count, decimals)
        written += ("" if "." in written else ".") + "0" * rng.randrange(1, 4)
    elif way == 3 and count:
        written = "%s%s000.0e-%03d" % (sign, digits, decimals + 3)
    else:
        written = decimal(count, decimals)
    return Raw('"%s"' % written if may_be_text and rng.random() < 0.5 else written)


def measured(rng, count, decimals):
    """Spells a rate or an energy price, sometimes with digits that are rounded away."""
    if rng.random() < 0.8:
        return spelled(rng, count, decimals)
    tail = rng.choice(("5", "5", "50", "4", "6", "49999", "5000000000000000000001", "000000000004", "9" * 20, "0000"))
    digits = str(abs(count)).rjust(decimals + 1, "0") + tail
    point = len(digits) - decimals - len(tail)
    written = digits[:point] + "." + digits[point:]
    if rng.random() < 0.3:
        written = "%se%d" % (digits.lstrip("0") or "0", -decimals - len(tail))
    written = ("-" if count < 0 else "") + written
    return Raw('"%s"' % written if rng.random() < 0.5 else written)


def environment(rng):
    """Draws a number that is mostly within the limits, or just past one of them."""
    way = rng.randrange(9)
    if way == 0:
        return {"k" * rng.choice((128, 129)): "v", "a": "\u00e9" * 768}
    if way == 1:
        return {"a": "v" * rng.choice((1536, 1537)), "\u00e9" * 64: ""}
    if way == 2:
        return {"": "v", "K": "\u00e9" * rng.choice((768, 769))}
    if way == 3:
        return {"\u00e9" * 64 + rng.choice(("", "k")): '"\\\n\u0001\u007f\u2028'}
    if way == 4:  # 12,287 or 12,288 bytes in total
        wanted, found = rng.choice((12287, 12288)), {str(i): rng.choice('v\n"\u00e9\u2028\u0001') * 180 for i in range(10)}
        for key in found:
            missing = wanted - len(json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode())
            found[key] += "v" * min(missing, 990)
        return found
    return {} if way == 5 else {"K": "v", "\u4e2d": "\u00e9\U0001f600"}


def broken_environment(rng):
    found = {str(i): "\u0001" * 300 for i in range(7)} if rng.random() < 0.4 else {}
    for key, value in (("k" * 129, "v"), ("w", "v" * 1537), ("", "")):
        if rng.random() < 0.6:
            found[key] = value
    return found


class Stream:
    def __init__(self, rng, market):
        self.rng, self.market, self.lines = rng, market, []
        self.begin = rng.choice((0, 1) + (1_700_000_000_000,) * 9 + (2**53 - 2_000_000,))
        self.time = self.begin
        self.currencies = [MAIN, "bitcoin", rng.choice(("usd-coin", CURRENCIES[4], "none"))]
        if market.main not in self.currencies:
            self.currencies[2] = market.main
        self.fees = {currency: rng.choice(FEES[:-1] * 3 + FEES[-1:]) for currency in self.currencies}
        self.host_ids = rng.sample((1, 2, 7, 8, 100, 2**53), rng.choice((1, 1, 2, 2, 3, 4)))
        self.others = rng.choice((0.1, 0.3, 0.3, 0.7))  # share of the bids in other currencies
        self.hosts_known = rng.randrange(1, len(self.host_ids) + 1)
        self.next_id = rng.choice((1, 1, 5_000_000_000))
        self.lengths = rng.choice(((60, 120, 600), (120, 600, 3600, None), (None, 3600, 600), (None, 1, 792000, 2**31 - 1)))
        self.follow = []  # functions that make the next commands, each called in its turn
        self.is_duel = False

    # Lines.

    def put(self, line):
        if isinstance(line, str):
            line = line.encode("utf-8", "surrogatepass")
        self.lines.append(line)
        self.market.take(line)

    def text(self, pairs):
        rng = self.rng
        if rng.random() < 0.15:
            pairs = rng.sample(pairs, len(pairs))
        if rng.random() < 0.1:
            pairs = list(pairs)
            pairs.insert(rng.randrange(len(pairs) + 1), (rng.choice(NOTES), self.note()))
        comma, colon = rng.choice(((",", ":"), (",", ":"), (",", ":"), (" , ", " : "), (",\t", ":")))
        body = comma.join(text_of(key) + colon + text_of(value) for key, value in pairs)
        return rng.choice(("%s", "%s", "%s", "%s", " %s ", "%s\r")) % ("{" + body + "}")

    def note(self):
        """Draws a value that belongs to the embedder."""
        return self.rng.choice(({"a": [1, {}]}, None, "\u00e9", [[], {"b": Raw("1e999")}], Raw('"\\ud800"'), {"": Raw("-0")}))

    def send(self, pairs):
        text = self.text(pairs)
        self.put(MARK + text.encode("utf-8", "surrogatepass") if self.rng.random() < 0.01 else text)

    def command(self, op, *fields):
        """Makes a command. Fields that are None are omitted."""
        time = Raw(str(self.time)) if self.rng.random() < 0.9 else spelled(self.rng, self.time, 0, False)
        return [("op", op), ("time", time)] + [(name, value) for name, value in fields if value is not None]

    def whole(self, count):
        return Raw(str(count)) if self.rng.random() < 0.9 else spelled(self.rng, count, 0, False)

    # Choices.

    def host(self):
        hosts = sorted(self.market.hosts)
        if not hosts or self.rng.random() < 0.02:
            return self.rng.choice((0, 999999, 2**53 - 1))
        well = [id for id in hosts if not self.market.hosts[id].trouble()]
        return self.rng.choice(well if well and self.rng.random() < 0.8 else hosts)

    def bid(self, running=0.5):
        """Draws a bid of the market: a running one with the given probability, rarely an unknown one."""
        bids = [self.market.bids[id] for id in sorted(self.market.bids)]
        if self.rng.random() < running:
            bids = [bid for bid in bids if self.market.is_running(bid)] or bids
        return self.rng.choice(bids) if bids and self.rng.random() > 0.03 else None

    def profiles(self, host, near=None):
        rng, found = self.rng, []
        for index, gpu in enumerate(host.gpus):
            least, most = gpu["pl"]
            watts = min(least + 10 * rng.choice((0, 0, 1, 1, 2, 3, 5)), most)
            if near and len(near) == len(host.gpus):
                watts = near[index]["pl"] + rng.choice((0, 0, 0, 10, -10, 1))
                watts = watts if rng.random() < 0.1 else max(least, min(watts, most))
            if rng.random() < 0.04:
                watts = most
            elif rng.random() < 0.012:
                watts = rng.choice((least - 1, most + 1, 0))
            entry = {"pl": self.whole(max(watts, 0))}
            for name in TUNINGS:
                if gpu[name] and rng.random() < 0.2:
                    low, high = gpu[name]
                    entry[name] = self.whole(rng.choice((low, high, (low + high) // 2, min(high, 1000))))
                elif rng.random() < 0.006:
                    entry[name] = self.whole(rng.choice((gpu[name] or [0, 0])) + rng.choice((-1, 0, 1)))
                elif rng.random() < 0.02:
                    entry[name] = None
            if rng.random() < 0.004:
                entry[rng.choice(("u", "x_note"))] = None  # a field with an unknown name
            if rng.random() < 0.1:
                entry = dict(rng.sample(sorted(entry.items()), len(entry)))
            found.append(entry)
        return found

    def profit_to_come(self, host, bid):
        """Returns the profit of a bid with its terms at the next close, or None."""
        price, oc = bid.price, bid.oc
        bid.price, bid.oc = bid.accepted_terms()
        profit = self.market.profit(host, bid)
        bid.price, bid.oc = price, oc
        return profit

    def price(self, host, profiles, currency, keep_off=None):
        """Draws a price whose profit equals a rival's, or nearly, or that just meets the reserve."""
        rng, market = self.rng, self.market
        rate = market.rate(currency)
        net = 0 if rate is None else rate * (10**6 - market.fees[currency]) // 10**6
        watts = sum(int(value_of(str(entry["pl"]))) for entry in profiles) + host.base_power
        cost = watts * 24 * host.energy_price * 10**8
        way = rng.random()
        if way < 0.02:
            return rng.choice((0, 1, 9999, 10000, 5000 * 10**8, 5000 * 10**8 + 1, PRICES_MOST))
        if way < 0.06:
            return max(0, host.min_bid + rng.choice((-1, 0, 1)))
        if net == 0:
            return rng.choice((20, 30, 40)) * 10**8
        profits = {bid: self.profit_to_come(host, bid) for bid in market.bids_of(host.id) if bid is not keep_off}
        rivals = [bid for bid, profit in profits.items() if profit is not None and profit >= market.reserve]
        if host.run and host.run.bid in rivals and rng.random() < 0.5:
            rivals = [host.run.bid]
        if rivals and rng.random() < 0.75:
            rival = profits[rng.choice(rivals)]
            leads = (0, 0, 0, 1, -1, market.margin, market.margin + 1, market.ppm * abs(rival) // 10**6,
                     market.ppm * abs(rival) // 10**6 + 1, 12 * 10**17, 10**18, -(10**18))
            if self.is_duel and rng.random() < 0.5:  # at a margin, or one unit past it
                aim = rival + max(market.margin, market.ppm * abs(rival) // 10**6)
                return min(max((aim + cost) // net + rng.choice((0, 0, 1)), 10000), PRICES_MOST)
            aim = rival + rng.choice(leads)
        else:
            if market.reserve < 0 and rng.random() < 0.6:  # at a loss
                return min(max((rng.choice((cost // 2, cost // 4 * 3, cost * 9 // 10))) // net, 10000), PRICES_MOST)
            aim = market.reserve + rng.choice((0, -1, 12 * 10**17, 12 * 10**18, 12 * 10**18, 24 * 10**18, 5 * 10**19))
        price = (aim + cost) // net + rng.choice((0, 0, 0, 0, 0, 1, 1, -1))
        return min(max(price, 10000), PRICES_MOST)

    # Commands.

    def make_rate(self, currency=None):
        rng = self.rng
        currency = currency or rng.choice(self.currencies[:2] + self.currencies)
        if currency not in RATES:  # it is named, and never has a rate
            return self.command("rate", ("currency", currency)) + [("usd", None)]
        is_extreme = currency == MAIN and rng.random() < 0.12
        choices = RATES.get(currency, RATES["bitcoin"])
        rate = rng.choice(choices[-2:] if is_extreme else choices[:-2] or choices)
        if is_extreme and rng.random() < 0.8:  # not for long
            self.follow += [self.close_soon, lambda: self.make_rate(MAIN)]
        usd = None if currency not in RATES or rng.random() < 0.05 else measured(rng, rate, 12)
        fee = self.fees.get(currency)
        if currency in self.market.fees and rng.random() < 0.7:
            fee = None
        elif rng.random() < 0.04:
            fee = rng.choice((0, 30000))
        fields = [("fee_ppm", None if fee is None else self.whole(fee))]
        pairs = self.command("rate", ("currency", currency), *fields)
        return pairs[:3] + [("usd", usd)] + pairs[3:]

    def make_host(self, id=None):
        rng = self.rng
        id = id if id is not None else rng.choice(self.host_ids[: self.hosts_known])
        known = self.market.hosts.get(id)
        if known and rng.random() < 0.95:
            models, cards = [gpu["model"] for gpu in known.gpus], [gpu["pl"] for gpu in known.gpus]
        else:
            models = [rng.choice((None, "RTX 4090", "GTX 1660 SUPER"))] * rng.choice((1, 1, 2, 2, 3))
            cards = [rng.choice(CARDS) for _ in models]
        gpus = []
        for model, (least, most) in zip(models, cards):
            if known and rng.random() < 0.25:
                most = max(least, most + rng.choice((-100, -30, -10, 10, 100)))
            if known and rng.random() < 0.06:
                least += 10
                most = max(least, most)
            gpu = {"pl": [self.whole(least), self.whole(most)]}
            if model is not None or rng.random() < 0.05:
                gpu["model"] = model
            for name, (low, high) in RANGES.items():
                if rng.random() < 0.85:
                    gpu[name] = [self.whole(low), self.whole(high if rng.random() < 0.9 else low + 5)]
            if rng.random() < 0.1:
                gpu[rng.choice(NOTES)] = self.note()
            gpus.append(gpu)
        prices = [bid.price for bid in self.market.bids_of(id) if bid.currency == self.market.main] + [10**8]
        if known and known.run and rng.random() < 0.5 and known.run.bid.currency == self.market.main:
            prices = [known.run.bid.price]
        minimum = rng.choice((None, None, None, 0, max(0, rng.choice(prices) + rng.choice((-1, 0, 1)))))
        length, base = rng.choice(self.lengths), rng.choice((None, None, 0, 10, 50))
        energy = rng.choice(ENERGIES[:-2] * 2 + ENERGIES[-2:])
        states = [(name, None if rng.random() < 0.93 else (name == "on_demand_rented") != (rng.random() < 0.6)) for name in FLAGS]
        return self.command(
            "host", ("id", self.whole(id)), ("energy_price", measured(rng, energy, 9)),
            ("min_bid", None if minimum is None else spelled(rng, minimum, 8)),
            ("base_power", None if base is None else self.whole(base)),
            ("max_rental_length", None if length is None else self.whole(length)), *states, ("gpus", gpus))

    def make_status(self):
        rng, id = self.rng, self.host()
        ill = [id for id in sorted(self.market.hosts) if self.market.hosts[id].trouble()]
        if ill and rng.random() < 0.85:
            return self.command("host_status", ("id", self.whole(rng.choice(ill))), ("online", True),
                                ("on_demand_rented", False), ("working_properly", True))
        states = [(name, rng.choice((None, None, True, False))) for name in FLAGS]
        return self.command("host_status", ("id", self.whole(id)), *states)

    def make_energy(self):
        energy = self.rng.choice(ENERGIES[:-2])
        return self.command("energy_price", ("id", self.whole(self.host())), ("usd", measured(self.rng, energy, 9)))

    def make_remove(self):
        return self.command("remove_host", ("id", self.whole(self.host())))

    def new_id(self):
        self.next_id += 1
        gone = self.next_id - self.rng.randrange(1, 6)
        return gone if self.rng.random() < 0.12 and gone > 0 else self.next_id

    def make_bid(self, host_id=None, owner=None, id=None):
        rng = self.rng
        host_id = self.host() if host_id is None else host_id
        host = self.market.hosts.get(host_id)
        currency = rng.choice(self.currencies) if rng.random() < self.others else MAIN
        if rng.random() < 0.02:
            currency = rng.choice(("made up", "Bitcoin", "", "coin 3", CURRENCIES[4], "c" * 129))
        if host is None:
            profiles, price = [{"pl": Raw("100")}], 20 * 10**8
        else:
            rivals = self.market.bids_of(host_id)
            near = rng.choice(rivals).oc if rivals and rng.random() < 0.5 else None
            profiles = self.profiles(host, near)
            price = self.price(host, profiles, currency)
        if rng.random() < 0.015:
            profiles = rng.choice((None, [], profiles + [{"pl": Raw("100")}], profiles[1:], profiles * 40))
        image = rng.choice((None, None) + IMAGES) if rng.random() < 0.98 else rng.choice(ODD_IMAGES)
        env = environment(rng) if rng.random() < 0.12 else None
        id = self.new_id() if id is None else id
        pairs = self.command(
            "bid", ("id", self.whole(id)), ("host", self.whole(host_id)),
            ("owner", self.whole(owner or rng.randrange(1, 4))), ("price", spelled(rng, price, 8)), ("currency", currency),
            ("oc", profiles), ("image", image), ("env", env))
        if rng.random() < (0.8 if self.market.require_cached else 0.3):
            self.follow.append(lambda: self.command("cached", ("id", self.whole(id)), ("cached", True))
                               if id in self.market.bids or rng.random() < 0.2 else self.make_bid())
        return pairs

    def make_edit(self, bid=None):
        rng = self.rng
        bid = bid or self.bid(0.6)
        if bid is None:
            return self.command("edit", ("id", self.whole(self.next_id + 50)), ("price", "1"))
        host = self.market.hosts[bid.host]
        profiles = self.profiles(host, bid.oc if rng.random() < 0.8 else None) if rng.random() < 0.4 else None
        price = bid.accepted_terms()[0]
        way = rng.random()
        if way < 0.6:
            price = self.price(host, profiles or bid.oc, bid.currency, bid)
        elif way < 0.9:
            price = min(PRICES_MOST, max(0, price + rng.choice((1, -1, 12 * 10**7, -12 * 10**7, price // 2, -price // 3))))
        owner = None if rng.random() < 0.5 else bid.owner if rng.random() < 0.93 else bid.owner + 1
        return self.command("edit", ("id", self.whole(bid.id)), ("price", spelled(rng, price, 8)), ("oc", profiles),
                            ("owner", None if owner is None else self.whole(owner)))

    def make_cached(self):
        bid = self.bid(0.6)
        id = bid.id if bid else self.next_id + 50
        return self.command("cached", ("id", self.whole(id)), ("cached", self.rng.random() < 0.6))

    def make_cancel(self):
        rng, bid = self.rng, self.bid(0.5)
        id = bid.id if bid else self.next_id + 50
        owner = None if rng.random() < 0.5 else (bid.owner if bid else 1) if rng.random() < 0.93 else 99
        if bid and rng.random() < 0.5:  # its cancel may be pending by then
            self.follow.append(rng.choice((
                lambda: self.make_edit(bid), lambda: self.make_bid(bid.host, id=id),
                lambda: self.command("cancel", ("id", self.whole(id))), lambda: self.command("revoke", ("id", self.whole(id))),
                lambda: self.command("cached", ("id", self.whole(id)), ("cached", True)))))
        return self.command("cancel", ("id", self.whole(id)), ("owner", None if owner is None else self.whole(owner)))

    def make_revoke(self):
        bid = self.bid(0.6)
        return self.command("revoke", ("id", self.whole(bid.id if bid else self.next_id + 50)))

    def make_close(self):
        return self.command("close")

    def close_soon(self):
        """Draws a close, mostly at regular times."""
        now, rng = self.market.now, self.rng
        until = 60_000 - (now - self.begin) % 60_000
        self.time = now + rng.choice((until, until, until, until, until, 0, 1, 1000, until + 60_000))
        return self.make_close()

    MAKERS = ((make_bid, 24), (make_edit, 17), (close_soon, 23), (make_cancel, 4), (make_rate, 7), (make_host, 4),
              (make_status, 4), (make_energy, 3), (make_cached, 5), (make_revoke, 2), (make_remove, 1))
    NEED_BIDS = (make_edit, make_cancel, make_cached, make_revoke)

    # Wrong commands.

    def odd(self):
        rng = self.rng
        makers, weights = zip(*self.MAKERS)
        pairs = rng.choices(makers, weights)[0](self)
        self.follow.clear()
        way = rng.randrange(13)
        if way == 12:
            self.send(self.with_unknown_field(pairs))
        elif way == 0:
            self.put(rng.choice(NO_JSON))
        elif way == 1:
            self.put(rng.choice((b"", b" ", b"\t \r", MARK, MARK + b" \r", MARK + MARK, b" " + MARK)))
        elif way == 2:
            self.spoil_text(self.text(pairs))
        elif way in (3, 4):
            self.send(self.with_odd_numbers(pairs))
        elif way == 5:
            self.send(self.with_odd_type(pairs))
        elif way == 6:
            self.send(self.with_key_twice(pairs))
        elif way in (7, 8):
            self.send(self.with_odd_time(pairs))
        elif way == 9:
            self.send(self.broken_host())
        else:
            self.send(self.broken_bid())

    def spoil_text(self, text):
        rng, place = self.rng, self.rng.randrange(len(text))
        way = rng.randrange(4)
        if way == 0:
            self.put(text[:place])
        elif way == 1:
            self.put(text[:place] + rng.choice("}]{[,:\"x\\\x01") + text[place:])
        elif way == 2:
            data = text.encode()
            self.put(data[:place] + rng.choice((b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xc0\x80", b"\x00")) + data[place:])
        else:
            self.put(text + rng.choice(("x", "}", "{}", ",", "1", "null")))

    def with_unknown_field(self, pairs):
        """Draws a command with a field that is misspelt, or that only another command knows."""
        rng, names = self.rng, [name for name, _ in pairs]
        fields = [name for name in UNKNOWN if name not in names]
        gpus = dict(pairs).get("gpus")
        if gpus and rng.random() < 0.5:
            rng.choice(gpus)[rng.choice(UNKNOWN)] = rng.choice((None, [Raw("1"), Raw("2")], self.note()))
        elif gpus and rng.random() < 0.1:
            rng.choice(gpus)["model"] = ""
        else:
            pairs.insert(rng.randrange(len(pairs) + 1), (rng.choice(fields), rng.choice((Raw("1"), None, self.note()))))
        return pairs

    def with_odd_numbers(self, pairs):
        """Draws a command with one to three numbers out of range or too precise, in any stage."""
        rng = self.rng
        names = [index for index, (key, value) in enumerate(pairs) if isinstance(value, Raw) and key != "time" or
                 key in ("oc", "gpus")]
        for index in rng.sample(names, min(len(names), rng.choice((1, 1, 2, 3)))):
            key, value = pairs[index]
            if key in ("oc", "gpus"):
                entry = rng.choice(value) if value else {}
                name = rng.choice([name for name in entry if name != "model" and entry[name] is not None] or ["pl"])
                if key == "gpus":
                    entry[name][rng.randrange(2)] = Raw(rng.choice(ODD_WHOLES))
                else:
                    entry[name] = Raw(rng.choice(ODD_WHOLES))
            elif key in ("usd", "price", "energy_price", "min_bid"):
                odd = rng.choice(ODD_MONEY) if rng.random() < 0.9 else rng.choice(NO_NUMBERS)
                pairs[index] = key, Raw('"%s"' % odd) if odd in NO_NUMBERS or rng.random() < 0.5 else Raw(odd)
            else:
                pairs[index] = key, Raw(rng.choice(ODD_WHOLES + ("2147483648",)))
        return pairs

    def with_odd_type(self, pairs):
        rng = self.rng
        index = rng.randrange(len(pairs))
        key, value = pairs[index]
        nested = [i for i, (name, _) in enumerate(pairs) if name in ("oc", "gpus") and pairs[i][1]]
        if nested and rng.random() < 0.5:
            entries = pairs[nested[0]][1]
            place = rng.randrange(len(entries))
            if rng.random() < 0.2:
                entries[place] = Raw(rng.choice(ODD_VALUES))
            else:
                name, odd = rng.choice(("pl", "core_lock", "u", "model", "Pl", "")), rng.choice(ODD_VALUES)
                entries[place] = dict(entries[place], **{name: Raw(odd)})
        elif rng.random() < 0.3:
            del pairs[index]
        elif key == "env" or rng.random() < 0.1:
            pairs.append(("env", {rng.choice(("K", "")): Raw(rng.choice(ODD_VALUES))}))
        else:
            pairs[index] = key, Raw(rng.choice(ODD_VALUES))
        return pairs

    def with_key_twice(self, pairs):
        """Draws a command with two equal keys. The first counts."""
        rng = self.rng
        index = rng.randrange(len(pairs))
        key, value = pairs[index]
        other = Raw(rng.choice(ODD_VALUES + ODD_WHOLES)) if rng.random() < 0.7 else value
        nested = [i for i, (name, _) in enumerate(pairs) if name in ("oc", "gpus") and pairs[i][1]]
        if nested and rng.random() < 0.4:
            entries = pairs[nested[0]][1]
            place = rng.randrange(len(entries))
            name, field = rng.choice(sorted(entries[place].items(), key=lambda item: item[0]))
            more = '"%s":%s' % (name, text_of(other) if rng.random() < 0.5 else text_of(field))
            body = text_of(entries[place])
            if rng.random() < 0.5:
                entries[place] = Raw("{" + more + "," + body[1:])
            else:
                entries[place] = Raw(body[:-1] + "," + more + "}")
        elif rng.random() < 0.15:
            pairs.append(("env", Raw('{"K":"v","K":%s}' % rng.choice(('""', '"x"', "1", "null", '"' + "v" * 1537 + '"')))))
        elif rng.random() < 0.5:
            pairs.insert(rng.randrange(index + 1), (key, other))
        else:
            pairs.insert(rng.randrange(index + 1, len(pairs) + 1), (key, other))
        return pairs

    def with_odd_time(self, pairs):
        rng, now, step = self.rng, self.market.now, self.market.time_step_max
        times = (str(now - 1), str(now - 60000), "0", "-1", "1.5", "9007199254740993", "1e400", "%d.5" % now, "1e-400",
                 str(now + step + 1), str(now + step + 1), str(2**53), str(now + 10**11))
        time = rng.choice(times)
        return [(key, Raw(time) if key == "time" else value) for key, value in pairs]

    def broken_host(self):
        """Draws a host command with several mistakes, or with another machine."""
        rng = self.rng
        pairs = self.make_host(rng.choice(self.host_ids + [555]))
        gpus = dict(pairs)["gpus"]
        way = rng.randrange(6)
        if way == 0:
            gpus.clear()
        elif way in (1, 2):
            for gpu in gpus:
                for name in list(gpu):
                    if name != "model" and rng.random() < 0.4:
                        gpu[name] = [Raw("500"), Raw("499")]
        elif way == 3:
            rng.choice(gpus)["model"] = rng.choice(("m" * 129, "\u00e9" * 65, "m" * 128 if rng.random() < 0.2 else "m" * 130))
        elif way == 4:
            gpus.append(dict(gpus[0]))
        else:
            gpus += [dict(gpus[0]) for _ in range(33 - len(gpus))]
            if rng.random() < 0.4:
                gpus[rng.randrange(33)] = {"pl": [Raw("2"), Raw("1")]}
        return pairs

    def broken_bid(self):
        """Draws a bid or an edit that breaks many rules, sometimes with a currency that must leave no trace."""
        rng = self.rng
        host = self.market.hosts.get(self.host())
        bid = self.bid(0.5)
        is_edit = bid is not None and rng.random() < 0.3
        if is_edit:
            host = self.market.hosts[bid.host]
        if host is None:
            return self.make_bid()
        profiles = []
        for gpu in host.gpus:
            entry = {}
            for name in ("pl",) + TUNINGS:
                low, high = gpu[name] or (0, 0)
                if rng.random() < 0.75:
                    entry[name] = Raw(str(max(rng.choice((low - 1, low, high, high + 1, high + 1, low - 1)),
                                              0 if name == "pl" else -(10**6))))
            if rng.random() < 0.15:
                entry["pl"] = rng.choice((Raw("0"), None))
            profiles.append(entry)
        way = rng.random()
        profiles = None if way < 0.04 else [] if way < 0.08 else profiles + [{}] if way < 0.12 else profiles
        price = rng.choice((0, 0, 1, 9999, 5000 * 10**8 + 1, PRICES_MOST, max(0, host.min_bid - 1), host.min_bid))
        if is_edit:
            return self.command("edit", ("id", self.whole(bid.id)), ("price", spelled(rng, price, 8)), ("oc", profiles))
        currency = rng.choice(self.currencies) if rng.random() < 0.9 else rng.choice(("made up", "c" * 129, "c" * 128))
        image = rng.choice(ODD_IMAGES + IMAGES)
        return self.command(
            "bid", ("id", self.whole(self.new_id())), ("host", self.whole(host.id)), ("owner", self.whole(rng.randrange(1, 4))),
            ("price", spelled(rng, price, 8)), ("currency", currency), ("oc", profiles), ("image", image),
            ("env", broken_environment(rng) if rng.random() < 0.7 else None))

    # Bursts. A stream has few of them.

    def duel(self):
        """Draws a run, perhaps an edit of it, and a challenger with nearly the same profit."""
        rng = self.rng
        if self.market.rate(MAIN) is None:
            self.send(self.make_rate(MAIN))
        busy = [id for id in sorted(self.market.hosts) if self.market.hosts[id].run]
        if not busy:
            self.send(self.make_bid())
            if rng.random() < 0.6:
                self.send(self.close_soon())
            return
        host = self.market.hosts[rng.choice(busy)]
        if rng.random() < 0.5:
            self.send(self.make_edit(host.run.bid))
        if rng.random() < 0.3:
            self.send(self.close_soon())
        for _ in range(rng.randrange(1, 3)):
            self.is_duel = True
            self.send(self.make_bid(host.id))
            self.is_duel = False
            while self.follow:
                self.send(self.follow.pop(0)())
        self.time = self.market.now + rng.choice((60_000, self.market.dwell_min, self.market.dwell_min, 1, 1000))
        self.time = min(self.time, self.market.now + 600_000)
        self.send(self.make_close())

    def squeeze(self):
        """Draws a run that stops being eligible, for one of many reasons."""
        rng = self.rng
        busy = [id for id in sorted(self.market.hosts) if self.market.hosts[id].run]
        if not busy:
            self.send(self.make_bid())
            self.send(self.close_soon())
            return
        host = self.market.hosts[rng.choice(busy)]
        bid = host.run.bid
        if bid.currency != MAIN and rng.random() < 0.6:
            self.send(self.command("rate", ("currency", MAIN), ("usd", "1e5")))
            self.follow.append(lambda: self.make_rate(MAIN))
        elif rng.random() < 0.3:
            self.send(self.command("cached", ("id", self.whole(bid.id)), ("cached", False)))
        elif rng.random() < 0.3:
            self.send(self.command("energy_price", ("id", self.whole(host.id)), ("usd", "1")))
        else:
            least = bid.accepted_terms()[0] + rng.choice((0, 1))
            gpus = [{name: field for name, field in gpu.items()} for gpu in host.gpus]
            self.send(self.command("host", ("id", self.whole(host.id)), ("energy_price", decimal(host.energy_price, 9)),
                                   ("min_bid", spelled(rng, least, 8)), ("gpus", gpus)))
        if rng.random() < 0.3:
            self.send(self.make_bid(host.id))
        self.send(self.close_soon())

    def crowd(self):
        """Draws one owner's bids up to the limit and past it."""
        host, owner = self.host(), self.rng.randrange(1, 4)
        for _ in range(19):
            self.send(self.make_bid(host, owner))
            self.follow.clear()

    def flood(self):
        """Draws names of currencies up to the limit and past it."""
        for i in range(16):
            self.send(self.command("rate", ("currency", "coin %d" % i), ("usd", "1")))
            if self.rng.random() < 0.2:
                self.send(self.broken_bid())
        for currency in ("coin 3", "coin 15", "one more"):
            pairs = self.make_bid()
            self.follow.clear()
            self.send([(key, currency if key == "currency" else value) for key, value in pairs])
        self.send(self.make_rate(MAIN))

    def large_host(self):
        """Draws a host with the maximum number of GPUs."""
        pairs = self.make_host(321)
        gpus = [{"pl": [Raw("10"), Raw("20")]}] * 32
        self.send([(key, gpus if key == "gpus" else value) for key, value in pairs])
        self.send(self.make_bid(321))
        self.send(self.make_close())

    def sleep(self):
        """Draws a close at a time when bids have expired, or nearly."""
        most = self.market.time_step_max
        self.send(self.make_bid())
        self.time = self.market.now + min(most, self.rng.choice((20 * DAY, 20 * DAY, 20 * DAY - 1, 792_000_000, most)))
        self.follow = [self.close_soon]
        self.send(self.make_close())

    def step(self):
        rng = self.rng
        if self.rng.random() < 0.6:
            self.time = self.market.now + rng.choice((0, 0, 0, 0, 1, 250, 1000, 59_999, 600_000 if rng.random() < 0.2 else 1))
        else:
            self.time = self.market.now

    def make(self, length):
        rng = self.rng
        if rng.random() < 0.15:
            self.odd()
        for currency in self.currencies:
            if rng.random() < 0.9:
                self.send(self.make_rate(currency))
        for id in self.host_ids[: self.hosts_known]:
            self.send(self.make_host(id))
        bursts = {rng.randrange(length): burst for burst, chance in
                  ((self.crowd, 0.15), (self.flood, 0.08), (self.large_host, 0.06), (self.sleep, 0.15)) if rng.random() < chance}
        makers, weights = zip(*self.MAKERS)
        while len(self.lines) < length:
            self.step()
            place = len(self.lines)
            for start in [start for start in bursts if start <= place]:
                bursts.pop(start)()
            if self.follow:
                self.send(self.follow.pop(0)())
            elif rng.random() < 0.11:
                self.odd()
            elif rng.random() < 0.07:
                self.duel()
            elif rng.random() < 0.02:
                self.squeeze()
            elif all(host.trouble() for host in self.market.hosts.values()) and rng.random() < 0.3:
                self.send(self.make_status())
            elif self.market.rate(self.market.main) is None and rng.random() < 0.5:
                self.send(self.make_rate(self.market.main))
            elif not self.market.hosts or rng.random() < 0.02 and self.hosts_known < len(self.host_ids):
                self.hosts_known = min(self.hosts_known + 1, len(self.host_ids))
                self.send(self.make_host(self.host_ids[self.hosts_known - 1]))
            else:
                make = rng.choices(makers, weights)[0]
                if make in self.NEED_BIDS and not self.market.bids and rng.random() < 0.9:
                    make = Stream.make_bid
                self.send(make(self))
        return self.lines


def make_stream(rng, market):
    """Yields lines of bytes. `market` is a new market of the oracle with the policies of the stream."""
    return Stream(rng, market).make(rng.randrange(60, 250))


def make_options(rng):
    """Draws policies: keyword arguments of the oracle, which `market.arguments` converts to flags."""
    options = {}
    for name, chance, values in (
            ("reserve", 0.35, ("0.12", "-1", "-1", "0.00000000000000000001", "-0.00000000000000000001", "1.2e-1", "0.0")),
            ("switch_margin", 0.35, ("0.012", "0.01", "0.00000000000000000001", "1e-2", "0")),
            ("switch_margin_ppm", 0.35, ("20000", "1", "1000000", "100000")),
            ("dwell_min", 0.4, ("60000", "120000", "60001", "1", "600000")),
            ("require_cached", 0.25, (True,)),
            ("refill", 0.6, ("at_once", "at_once", "at_close")),
            ("queue_unavailable", 0.4, (True,)),
            ("rate_age_max", 0.25, ("120000", "600000", "1800000", "60001")),
            ("interval_min", 0.35, ("60000", "1000", "1", "2", "60001")),
            ("time_step_max", 0.3, ("600000", "3600000", "660000", str(DAY))),
            ("main_currency", 0.12, ("usd-coin", "bitcoin"))):
        if rng.random() < chance:
            options[name] = rng.choice(values)
    return options


def make_case(seed):
    """Returns policies and a stream as one text."""
    rng = random.Random(seed)
    options = make_options(rng)
    lines = make_stream(rng, Market(**options))
    return options, b"\n".join(lines) + rng.choice((b"\n", b"\n", b"", b"\n\n"))


if __name__ == "__main__":  # SEED: prints the stream of a seed, and its policies as flags of the tool on standard error
    found_options, found_stream = make_case(int(sys.argv[1]))
    print(*arguments(found_options), file=sys.stderr)
    sys.stdout.buffer.write(found_stream)
