"""Computes the output of `gigaspot rank --format json` from the rules of the market alone.

It is slow and simple, and has no floating point. The tests compare the tool with it, byte for byte.
"""
import json
import math
import re
from fractions import Fraction

NUMBER = re.compile(r"(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?")
WHOLE = (0, 0, 2**53)  # digits after the point, minimum count, maximum count
WATTS = (0, 0, 10**6)
MEGAHERTZ = (0, -(10**6), 10**6)
PRICE = (8, 0, 10**14)
ENERGY_PRICE = (9, -(10**12), 10**12)
RATE = (12, 0, 10**18)  # and not 0
RENTAL_LENGTH = (0, 1, 2**31 - 1)
TEXT_OF_NO_RULE = (6, 0, 2**53)
PRICE_MIN, PRICE_MAX = 10**4, 5000 * 10**8
UNAVAILABLE = ("host_offline", "host_on_demand_rented", "host_malfunctioning")


class Problem(Exception):
    def __init__(self, code, path=""):
        super().__init__(code)
        self.code, self.path = code, path

    def under(self, part):
        """Returns the same problem with the path of the level above."""
        dot = "." if self.path and not self.path.startswith("[") else ""
        return Problem(self.code, part + dot + self.path)


class Number(str):
    """A number that keeps its text."""


class Object(list):
    """The fields of an object in their order, including keys that appear twice."""


def value_of(text):
    """Returns the exact value of a number. Numbers far beyond all limits become one number on each side."""
    sign, whole, fraction, exponent = NUMBER.fullmatch(text).groups()
    digits = int(whole + (fraction or ""))
    power = int(exponent or 0) - len(fraction or "")
    size = len(str(digits)) + power
    if digits == 0:
        return Fraction(0)
    if not -100 < size < 100:
        digits, power = 1, min(max(size, -100), 100)
    value = digits * Fraction(10) ** power
    return -value if sign else value


def count_of(text, row, exact=False, towards=round):
    """Counts units of a row. Python's `round` rounds a Fraction half to even; limits pass `math.ceil` or `math.floor`."""
    decimals, least, greatest = row
    count = value_of(text) * 10**decimals
    if not least <= count <= greatest:
        raise Problem("number_out_of_range")
    if exact and count.denominator != 1:
        raise Problem("number_too_precise")
    count = towards(count)
    if row == RATE and count == 0:
        raise Problem("number_out_of_range")
    return count


def decimal(count, decimals):
    digits = str(abs(count)).rjust(decimals + 1, "0")
    whole, fraction = digits[: len(digits) - decimals], digits[len(digits) - decimals :].rstrip("0")
    return ("-" if count < 0 else "") + whole + ("." + fraction if fraction else "")


def quoted(text):
    special = {'"': '\\"', "\\": "\\\\"}
    return '"' + "".join(special.get(c, c if c >= " " else "\\u%04x" % ord(c)) for c in text) + '"'


class Reader:
    def __init__(self, currencies):
        self.currencies = currencies  # at most 16 names, in the order in which they occur
        self.models = {""}
        self.skipped_bids = []  # of the machine that is being read: (path, code, id or None)

    def number(self, row, towards=round):
        def read(value):
            if not isinstance(value, Number):
                raise Problem("wrong_type")
            return count_of(value, row, towards=towards)

        return read

    def money(self, row, towards=round):
        """Reads a number, or a string that follows JSON's grammar of numbers."""

        def read(value):
            if isinstance(value, str) and not isinstance(value, Number):
                if not NUMBER.fullmatch(self.text(value)):
                    raise Problem("malformed")
                value = Number(value)
            return self.number(row, towards)(value)

        return read

    def id(self, value):
        """Reads an id. It is never rounded, because that would name something else."""
        if not isinstance(value, Number):
            raise Problem("wrong_type")
        return count_of(value, WHOLE, exact=True)

    def flag(self, value):
        if not isinstance(value, bool):
            raise Problem("wrong_type")
        return value

    def text(self, value):
        if not isinstance(value, str) or isinstance(value, Number):
            raise Problem("wrong_type")
        try:
            value.encode()
        except UnicodeEncodeError:  # half of a surrogate pair
            raise Problem("malformed") from None
        return value

    def name(self, known, most):
        def read(value):
            name = self.text(value)
            if name not in known:
                if len(known) == most or len(name.encode()) > 128:
                    raise Problem("limit_reached")
                known.append(name) if isinstance(known, list) else known.add(name)
            return name

        return read

    def range(self, row):
        def read(value):
            if not isinstance(value, list) or isinstance(value, Object):
                raise Problem("wrong_type")
            ends = [self.number(row, towards)(end) for end, towards in zip(value, (math.ceil, math.floor))]
            if len(value) != 2:
                raise Problem("wrong_type")
            if ends[0] > ends[1]:
                raise Problem("range_inverted")
            return ends

        return read

    def list(self, read_item, most=None):
        def read(value):
            if not isinstance(value, list) or isinstance(value, Object):
                raise Problem("wrong_type")
            items = []
            for index, item in enumerate(value):
                try:
                    items.append(read_item(item))
                    if most and len(items) > most:
                        raise Problem("limit_reached")
                except Problem as problem:
                    raise problem.under("[%d]" % index) from None
            return items

        return read

    def unused(self, read_field):
        """Reads a field that no rule uses. 12: it produces a note, and never a reason to skip."""

        def read(value):
            try:
                return read_field(value)
            except Problem:
                return None

        return read

    def object(self, fields):
        """Reads an object. `fields` maps a name to (whether it is required, how it is read)."""

        def read(value):
            if not isinstance(value, Object):
                raise Problem("wrong_type")
            first = {}
            for key, field in value:
                if key not in first:
                    first[key] = field
            found = {}
            for key, field in first.items():  # in the order of the text
                if key in fields and field is not None:
                    try:
                        found[key] = fields[key][1](field)
                    except Problem as problem:
                        raise problem.under(key) from None
            for key, (required, _) in fields.items():
                if required and key not in found:
                    raise Problem("missing", key)
            return found

        return read

    def gpus(self, value):
        ranges = ("mem_lock", "core_lock", "mem_offset", "core_offset")
        fields = {"pl": (True, self.range(WATTS)), "model": (False, self.unused(self.name(self.models, 65536)))}
        fields.update({name: (False, self.range(MEGAHERTZ)) for name in ranges})
        gpus = self.list(self.object(fields), 32)(value)
        if not gpus:
            raise Problem("missing")
        return gpus

    def is_machine(self, entry):
        """Returns whether an entry of the document is a machine: its key is an id, and its value an object."""
        key, value = entry
        try:
            return bool(NUMBER.fullmatch(key)) and count_of(key, WHOLE, exact=True) >= 0 and isinstance(value, Object)
        except Problem:
            return False

    def bid_id(self, item):
        """Returns the id of a bid that cannot be read, or None."""
        try:
            return self.id(next(value for key, value in item if key == "id")) if isinstance(item, Object) else None
        except (Problem, StopIteration):
            return None

    def bids(self, value):
        """Reads the bids of a machine. 12: a bid with a problem is skipped and reported alone; its machine remains."""
        read_bid = self.object({
            "owner": (True, self.id),
            "id": (True, self.id),
            "active": (False, self.flag),
            "to_cache": (False, self.unused(self.flag)),
            "cached": (False, self.flag),
            "price": (True, self.money(PRICE)),
            "currency": (True, self.name(self.currencies, 16)),
            "pl": (True, self.number(WATTS)),
        })
        found = []
        for index, item in enumerate(self.list(lambda item: item)(value)):
            names = len(self.currencies)
            try:
                bid = read_bid(item)
                if any(bid["id"] == other["id"] for other in found):
                    raise Problem("duplicate", "id")  # the first that can be read counts
                found.append(bid)
            except Problem as problem:
                del self.currencies[names:]  # a skipped bid adds no names
                self.skipped_bids.append((problem.under("[%d]" % index).under("bids").path, problem.code, self.bid_id(item)))
        return found

    def machine(self, value):
        self.skipped_bids = []
        return self.object({
            "bids": (True, self.bids),
            "on_demand_rented": (True, self.flag),
            "online": (True, self.flag),
            "cpu": (False, self.unused(self.text)),
            "cores": (False, self.unused(self.number(WHOLE))),
            "threads": (False, self.unused(self.number(WHOLE))),
            "ram": (False, self.unused(self.number(TEXT_OF_NO_RULE))),
            "gpus": (True, self.gpus),
            "working_properly": (False, self.flag),
            "cuda": (False, self.unused(self.text)),
            "max_rental_length": (False, self.number(RENTAL_LENGTH)),
            "cc": (False, self.unused(self.text)),
            "host": (False, self.unused(self.id)),
            "reliability": (False, self.unused(self.number(TEXT_OF_NO_RULE))),
            "min_bid": (False, self.money(PRICE, math.ceil)),
            "energy_price": (True, self.money(ENERGY_PRICE)),
            "base_power": (False, self.number(WATTS)),
        })(value)


class Market:
    """A snapshot with its conditions. Options are texts, as on the command line."""

    def __init__(self, text, usd_per_coin=None, rates=(), reserve="0", switch_margin="0", switch_margin_ppm="0",
                 require_cached=False, main_currency="CLORE-Blockchain", wrapper=None, hosts=(), fees=(), base_power="0",
                 price_min="0.0001", price_max="5000"):
        if wrapper is not None:
            answer = json.loads(wrapper, parse_int=Number, parse_float=Number)
            self.rates = {main_currency: count_of(answer["clore_price"], RATE)}
        else:
            self.rates = {main_currency: count_of(usd_per_coin, RATE)}
        for rate in rates:
            currency, _, usd = rate.rpartition("=")
            self.rates[currency] = count_of(usd, RATE)
        self.fees = {}
        for fee in fees:
            currency, _, ppm = fee.rpartition("=")
            percent = ppm.endswith("%")
            self.fees[currency] = count_of(ppm.rstrip("%"), (4 if percent else 0, 0, 10**6), exact=True)
        self.main = main_currency
        self.base_power = count_of(base_power, WATTS, exact=True)
        self.price_min, self.price_max = count_of(price_min, PRICE, exact=True), count_of(price_max, PRICE, exact=True)
        self.reserve = count_of(reserve, (20, -(10**29), 10**29), exact=True)
        self.margin = count_of(switch_margin, (20, 0, 10**29), exact=True)
        self.ppm = count_of(switch_margin_ppm, (0, 0, 10**6), exact=True)
        self.require_cached = require_cached

        reader = Reader(list(dict.fromkeys([*self.rates, *self.fees])))
        self.machines, self.skipped, self.skipped_bids, known = {}, [], [], set()
        text = text[1:] if text.startswith("\ufeff") else text  # 12: a UTF-8 byte-order mark is ignored
        root = json.loads(text, parse_int=Number, parse_float=Number, object_pairs_hook=Object)
        # 12: rejected as a whole if it has entries and none of them is a machine. An empty object is an empty market.
        if not isinstance(root, Object) or (root and not any(map(reader.is_machine, root))):
            raise Problem("wrong_type")
        for key, value in root:
            try:
                reader.text(key)
            except Problem:
                key = "?"
            names = len(reader.currencies), set(reader.models)
            try:
                if not NUMBER.fullmatch(key):
                    raise Problem("malformed")
                host = count_of(key, WHOLE, exact=True)
                if host in known:
                    raise Problem("duplicate")
                known.add(host)
                self.machines[host] = reader.machine(value)
                self.skipped_bids += [(host, *skipped) for skipped in reader.skipped_bids]
            except Problem as problem:
                self.skipped.append((key, problem.path, problem.code))
                del reader.currencies[names[0] :]  # a skipped machine adds no names
                reader.models = names[1]
        self.currencies = reader.currencies
        self.used = {bid["currency"] for machine in self.machines.values() for bid in machine["bids"]}
        if hosts:
            self.machines = {host: self.machines[host] for host in map(int, hosts) if host in self.machines}
            self.skipped = [skipped for skipped in self.skipped if skipped[0] in hosts]
            self.skipped_bids = [skipped for skipped in self.skipped_bids if str(skipped[0]) in hosts]

    def watts(self, machine, bid):
        """Returns what the machine draws while the bid runs. The option is for machines without a base power."""
        return bid["pl"] + (machine.get("base_power", 0) or self.base_power)

    def profit(self, machine, bid):
        """Returns the profit in 1e-20 USD per day, or None."""
        rate = self.rates.get(bid["currency"])
        if rate is None:
            return None
        rate = rate * (10**6 - self.fees.get(bid["currency"], 0)) // 10**6  # rounded down
        cost = Fraction(self.watts(machine, bid) * 24, 1000) * Fraction(machine["energy_price"], 10**9)
        return int((Fraction(bid["price"], 10**8) * Fraction(rate, 10**12) - cost) * 10**20)

    def is_worth(self, bid, least):
        """Returns whether a price is at least a minimum in the main currency. True if a rate is missing."""
        if bid["currency"] == self.main:
            return bid["price"] >= least
        own, main = self.rates.get(bid["currency"]), self.rates.get(self.main)
        return own is None or main is None or bid["price"] * own >= least * main

    def reason(self, machine, bid, at_any_price=False):
        least = sum(gpu["pl"][0] for gpu in machine["gpus"])
        most = sum(gpu["pl"][1] for gpu in machine["gpus"])
        profit = self.profit(machine, bid)
        rules = (
            ("host_offline", not machine["online"]),
            ("host_on_demand_rented", machine["on_demand_rented"]),
            ("host_malfunctioning", not machine.get("working_properly", True)),
            ("overclock_invalid", not least <= bid["pl"] <= most),
            ("price_below_market_minimum", not self.is_worth(bid, self.price_min)),
            ("price_below_host_minimum", not self.is_worth(bid, machine.get("min_bid", 0))),
            ("not_cached", self.require_cached and not bid.get("cached", False)),
            ("rate_missing", profit is None or self.main not in self.rates),
            ("below_reserve", profit is not None and profit < self.reserve),
        )
        of_price = ("price_below_market_minimum", "price_below_host_minimum", "below_reserve")
        return next((name for name, fails in rules if fails and not (at_any_price and name in of_price)), None)

    def incumbent(self, machine):
        return min((bid["id"] for bid in machine["bids"] if bid.get("active", False)), default=None)

    def rank(self, machine):
        """Returns bids in rank order as (bid, profit, reason)."""
        run = self.incumbent(machine)
        judged = [(bid, self.profit(machine, bid), self.reason(machine, bid)) for bid in machine["bids"]]
        eligible = [entry for entry in judged if entry[2] is None]
        others = [entry for entry in judged if entry[2] is not None]
        eligible.sort(key=lambda entry: (-entry[1], entry[0]["id"] != run, entry[0].get("sequence", entry[0]["id"])))
        return eligible + sorted(others, key=lambda entry: entry[0]["id"])

    def select(self, machine, is_protected=True):
        """Returns the bid that runs from now on and its profit, or None."""
        run = self.incumbent(machine)
        eligible = [entry for entry in self.rank(machine) if entry[2] is None]
        challenger = next((entry for entry in eligible if entry[0]["id"] != run), None)
        present = next((entry for entry in eligible if entry[0]["id"] == run), None)
        if present is None or challenger is None:
            return present or challenger
        lead = challenger[1] - present[1]
        margin, ppm = (self.margin, self.ppm) if is_protected else (0, 0)
        return challenger if lead > margin and lead * 10**6 > ppm * abs(present[1]) else present

    def rank_json(self):
        hosts = []
        for host in sorted(self.machines):
            machine = self.machines[host]
            winner = self.select(machine)
            choice = '%d,"profit":"%s"' % (winner[0]["id"], decimal(winner[1], 20)) if winner else 'null,"profit":null'
            bids = []
            for bid, profit, reason in self.rank(machine):
                bids.append('{"bid":%d,"owner":%d,"watts":%d,"price":"%s","currency":%s,"profit":%s,"eligible":%s}' % (
                    bid["id"], bid["owner"], self.watts(machine, bid), decimal(bid["price"], 8), quoted(bid["currency"]),
                    "null" if profit is None else '"%s"' % decimal(profit, 20),
                    "true" if reason is None else 'false,"reason":"%s"' % reason))
            hosts.append('{"host":%d,"winner":%s,"bids":[%s]}' % (host, choice, ",".join(bids)))
        skipped = ['{"host":%s,"path":%s,"problem":"%s"}' % (quoted(host), quoted(path), problem)
                   for host, path, problem in self.skipped]
        bids = ['{"host":%d,"bid":%s,"path":%s,"problem":"%s"}' % (host, "null" if bid_id is None else bid_id, quoted(path), problem)
                for host, path, problem, bid_id in self.skipped_bids]
        lacking = sum(self.lacks_rate(machine, bid) for machine in self.machines.values() for bid in machine["bids"])
        not_compared = '{"rate_missing":%d,"expired":0,"unreadable":%d}' % (lacking, len(self.skipped_bids))
        return '{"currency":%s,"usd_per_coin":"%s","hosts":[%s],"skipped":[%s],"skipped_bids":[%s],"not_compared":%s}\n' % (
            quoted(self.main), decimal(self.rates[self.main], 12), ",".join(hosts), ",".join(skipped), ",".join(bids), not_compared)

    def lacks_rate(self, machine, bid):
        """Returns whether a bid is not compared, for lack of a rate."""
        return self.reason(machine, bid) == "rate_missing"

    # The questions of section 10, answered by trying.

    def price_to_win(self, machine, bid, tick):
        """Returns the lowest price with which a bid of the machine wins, or why no price wins.

        It is a multiple of `tick` at which an edit of the bid wins, or the price that it has, which takes no edit.
        """
        reason = self.reason(machine, bid, at_any_price=True)
        if reason:
            return reason
        winner = self.select(machine)
        wins_now = winner is not None and winner[0] is bid
        for price in range(tick, bid["price"] if wins_now else 10**14 + 1, tick):
            if price * self.rates[bid["currency"]] > self.price_max * self.rates[self.main]:
                break
            edited = dict(bid, price=price, sequence=2**60)  # an edit makes it the youngest bid
            others = [edited if other is bid else other for other in machine["bids"]]
            # An incumbent that lowers its price has worsened, so no margin protects it any more.
            is_protected = bid["id"] != self.incumbent(machine) or price >= bid["price"]
            winner = self.select(dict(machine, bids=others), is_protected)
            if winner and winner[0] is edited:
                return price
        return bid["price"] if wins_now else "price_above_market_maximum"

    def price_to_keep(self, machine, tick):
        """Returns the lowest price with which the incumbent stays, or why no price keeps it."""
        run = self.incumbent(machine)
        bid = next((bid for bid in machine["bids"] if bid["id"] == run), None)
        return "bid_unknown" if bid is None else self.price_to_win(machine, bid, tick)

    def quote(self, machine, bid, tick, owner=None, without=()):
        """Returns the lowest price with which a new bid wins. It does not compete with the bids that are ignored."""
        new = dict(bid, price=-1, active=False)  # below every minimum, so that it does not win without an edit
        beside = [other for other in machine["bids"] if not self.is_ignored(other, owner, without)]
        price = self.price_to_win(dict(machine, bids=beside + [new]), new, tick)
        most = [gpu["pl"][1] for gpu in machine["gpus"]]
        least = [max(gpu["pl"][0], 1) for gpu in machine["gpus"]]  # 0 W is a missing power limit
        is_allowed = min(most) > 0 and sum(least) <= bid["pl"] <= sum(most)
        return price if is_allowed or price in UNAVAILABLE else "overclock_invalid"

    def not_compared(self, machine, owner=None, without=()):
        """Returns how many bids no answer compares, because they have no rate."""
        return sum(self.reason(machine, bid) == "rate_missing" for bid in machine["bids"]
                   if not self.is_ignored(bid, owner, without))

    def cheapest(self, watts, tick, k, by="gpu", model=None, gpus=None, currency=None, cached=False, owner=None, without=()):
        """Returns the first k hosts as (host, price or reason), how many hosts were asked, and how many bids not compared."""
        found, missed = [], 0
        for host, machine in self.machines.items():
            cards = machine["gpus"]
            if gpus not in (None, len(cards)) or any(model not in (None, card.get("model", "")) for card in cards):
                continue
            bid = {"id": -1, "owner": -1, "currency": currency or self.main, "pl": watts * len(cards), "cached": cached}
            price = self.quote(machine, bid, tick, owner, without)
            is_allowed = watts > 0 and all(card["pl"][0] <= watts <= card["pl"][1] for card in cards)
            if not is_allowed and price not in UNAVAILABLE:
                price = "overclock_invalid"
            missed += self.not_compared(machine, owner, without)
            is_price = not isinstance(price, str)
            cost = Fraction(price, len(cards) if by == "gpu" else 1) if is_price else 0
            found.append((not is_price, cost, host, price))
        return [(host, price) for _, _, host, price in sorted(found)[:k]], len(found), missed

    @staticmethod
    def is_ignored(bid, owner, without):
        return (owner is not None and bid["owner"] == owner) or bid["id"] in without

    def choice_at(self, machine, rate):
        present = self.rates[self.main]
        self.rates[self.main] = rate
        winner = self.select(machine)
        self.rates[self.main] = present
        return winner and winner[0]["id"]
