"""Computes the events of a live market from the rules of the market alone, without code of the library.

It is slow, simple and exact, and it caches nothing. The tests compare `gigaspot replay` with it, event by
event. The numbers in the comments are sections of the rules.
"""
import collections
import json
import re
import sys

from oracle import ENERGY_PRICE, MEGAHERTZ, NUMBER, PRICE, PRICE_MAX, PRICE_MIN, RATE, RENTAL_LENGTH, WATTS, WHOLE
from oracle import Number, Object, Problem, Reader, count_of, decimal

PPM = (0, 0, 10**6)
RESERVE = (20, -(10**29), 10**29)
MARGIN = (20, 0, 10**29)
DAY = 86_400_000  # milliseconds
RENTAL_DAYS_MAX = 20
TUNINGS = ("core_lock", "mem_lock", "core_offset", "mem_offset")  # 3: in the order of reports
FLAGS = ("online", "on_demand_rented", "working_properly")

if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)  # a number may have any number of digits


# Stage 1 of a rejection: the form of a command. Numbers are still text here.

SHAPES = Reader([])
flag, text = SHAPES.flag, SHAPES.text


def whole(value):
    # 9: "Ids and whole quantities are JSON numbers"
    if not isinstance(value, Number):
        raise Problem("malformed")
    return value


def money(value):
    # 9: "Money and rates may be JSON numbers or strings"; a string follows JSON's number grammar
    if not isinstance(value, Number) and not NUMBER.fullmatch(text(value)):
        raise Problem("malformed")
    return value


def range_of(value):
    ends = SHAPES.list(whole)(value)
    if len(ends) != 2:
        raise Problem("malformed")
    return ends


def env(value):
    if not isinstance(value, Object):
        raise Problem("malformed")
    found = {}
    for key, field in value:
        if text(key) not in found:  # 9: "If a key appears twice, the first counts."
            found[key] = text(field)  # 9: "`env` (string values only)"
    return found


def only(fields, knows_x=True):
    """Reads an object with these fields and no others."""
    read_known = SHAPES.object(fields)

    def read(value):
        # 9: "A field that its command does not know is `malformed`", except that "names beginning with `x_` belong to
        # the embedder and are ignored, except in an entry of `oc`"
        for key, _ in value if isinstance(value, Object) else ():
            if key not in fields and not (knows_x and text(key).startswith("x_")):
                raise Problem("malformed")
        return read_known(value)

    return read


gpu = only({"model": (False, text), "pl": (True, range_of), **{name: (False, range_of) for name in TUNINGS}})
profile = only({name: (False, whole) for name in ("pl",) + TUNINGS}, knows_x=False)


# 9: each command with its fields in the order of the rules: name, whether it is required, how it is read.
FIELDS = {
    "rate": (("currency", True, text), ("usd", False, money), ("fee_ppm", False, whole)),
    "host": (("id", True, whole), ("energy_price", True, money), ("min_bid", False, money), ("base_power", False, whole),
             ("max_rental_length", False, whole), *((name, False, flag) for name in FLAGS),
             ("gpus", True, SHAPES.list(gpu))),
    "host_status": (("id", True, whole), *((name, False, flag) for name in FLAGS)),
    "energy_price": (("id", True, whole), ("usd", True, money)),
    "remove_host": (("id", True, whole),),
    "bid": (("id", True, whole), ("host", True, whole), ("owner", True, whole), ("price", True, money),
            ("currency", True, text), ("oc", False, SHAPES.list(profile)), ("image", False, text), ("env", False, env)),
    "edit": (("id", True, whole), ("price", True, money), ("oc", False, SHAPES.list(profile)), ("owner", False, whole)),
    "cached": (("id", True, whole), ("cached", True, flag)),
    "cancel": (("id", True, whole), ("owner", False, whole)),
    "revoke": (("id", True, whole),),
    "close": (),
}


def shape_of(line):
    """Returns the fields of a command, with numbers as text, or the problem `malformed`."""
    def reject(name):
        raise ValueError(name)

    try:
        root = json.loads(line.decode("utf-8"), parse_int=Number, parse_float=Number, parse_constant=reject,
                          object_pairs_hook=Object)
        op = SHAPES.object({"op": (True, text)})(root)["op"]
        if op not in FIELDS:
            raise Problem("malformed")
        fields = {name: (required, read) for name, required, read in (("op", True, text), ("time", True, whole), *FIELDS[op])}
        found = only(fields)(root)  # the first of two equal keys counts, null means absent
        if op == "rate" and "usd" not in [key for key, _ in root]:
            raise Problem("malformed")  # 9: "usd is required; null withdraws the rate"
    except (ValueError, Problem):  # invalid JSON and invalid UTF-8 are ValueErrors
        raise Problem("malformed") from None
    return found


# Stage 3 of a rejection: all numbers except the time.

def gpu_counts(gpu):
    # 7: "an empty name counts as absent"
    counts = {"model": gpu.get("model") or None, "pl": [count_of(end, WATTS, exact=True) for end in gpu["pl"]]}
    for name in TUNINGS:
        counts[name] = [count_of(end, MEGAHERTZ, exact=True) for end in gpu[name]] if name in gpu else None
    return counts


def profile_counts(entry):
    return {name: count_of(entry[name], WATTS if name == "pl" else MEGAHERTZ, exact=True)
            for name in ("pl",) + TUNINGS if name in entry}


ROWS = {"id": WHOLE, "host": WHOLE, "owner": WHOLE, "min_bid": PRICE, "base_power": WATTS,
        "max_rental_length": RENTAL_LENGTH, "fee_ppm": PPM, "price": PRICE}


def counts_of(shape):
    """Returns the command with counts instead of texts. The first wrong number is the problem."""
    command = dict(shape)
    for name, _, _ in FIELDS[shape["op"]]:  # 9: "field by field in the order shown above"
        if name not in shape:
            continue
        if name == "gpus":
            command[name] = [gpu_counts(gpu) for gpu in shape[name]]
        elif name == "oc":
            command[name] = [profile_counts(entry) for entry in shape[name]]
        elif name == "price":
            command[name] = price_count(shape[name])
        elif name == "usd" or name == "energy_price":
            # 2: "exchange rates and energy prices everywhere: in commands", are "rounded half to even"
            command[name] = count_of(shape[name], RATE if shape["op"] == "rate" else ENERGY_PRICE)
        elif name in ROWS:
            command[name] = count_of(shape[name], ROWS[name], exact=True)
    return command


def price_count(value):
    try:
        return count_of(value, PRICE, exact=True)
    except Problem as problem:
        # 2: "`price_too_precise` for a bid's price, otherwise `number_too_precise`"
        raise Problem({"number_too_precise": "price_too_precise"}.get(problem.code, problem.code)) from None


# Stage 6 of a rejection: the rules of section 3. A reason is a code and a GPU, or a code and None.

def reason(code, gpu=None):
    return {"code": code} if gpu is None else {"code": code, "gpu": gpu}


def overclock_violations(gpus, profiles):
    if not profiles:
        return [reason("overclock_missing")]  # 3: "No other overclock row is then reported"
    if len(profiles) != len(gpus):
        return [reason("overclock_count_mismatch")]
    found = []
    for index, (gpu, wanted) in enumerate(zip(gpus, profiles)):  # 3: "Profile i belongs to GPU i"
        if wanted.get("pl", 0) == 0:
            found.append(reason("power_limit_missing", index))  # 3: "Its power limit is then not compared"
        elif wanted["pl"] < gpu["pl"][0]:
            found.append(reason("power_limit_below_card_minimum", index))
        elif wanted["pl"] > gpu["pl"][1]:
            found.append(reason("power_limit_above_host_maximum", index))
        for name in TUNINGS:
            if name not in wanted:
                continue  # 3: "An absent optional field is allowed"
            if gpu[name] is None:
                found.append(reason(name + "_not_supported", index))
            elif wanted[name] < gpu[name][0]:
                found.append(reason(name + "_below_minimum", index))
            elif wanted[name] > gpu[name][1]:
                found.append(reason(name + "_above_maximum", index))
    return found


def size(value):
    """Returns the number of bytes of a text in UTF-8."""
    return len(value.encode())


def workload_violations(image, environment):
    found = []
    if environment is not None:
        compact = json.dumps(environment, ensure_ascii=False, separators=(",", ":"))
        rules = (
            ("environment_too_long", size(compact) >= 12288),  # 3: "must be shorter than 12,288 bytes of UTF-8"
            ("environment_key_too_long", any(size(key) > 128 for key in environment)),  # 3: "each key at most 128 bytes"
            ("environment_value_too_long", any(size(value) > 1536 for value in environment.values())),
            ("environment_key_empty", "" in environment),
        )
        found = [reason(code) for code, fails in rules if fails]
    if image is not None and not re.fullmatch("[0-9a-fA-F]{24}", image):
        found.append(reason("image_malformed"))  # 3: "24 hexadecimal digits, upper or lower case"
    return found


def range_violations(gpus):
    # 9: "`gpus_missing`, otherwise `range_inverted` (minimum above maximum), at most once per GPU"
    if not gpus:
        return [reason("gpus_missing")]
    inverted = [any(gpu[name] and gpu[name][0] > gpu[name][1] for name in ("pl",) + TUNINGS) for gpu in gpus]
    return [reason("range_inverted", index) for index, is_inverted in enumerate(inverted) if is_inverted]


class Rejected(Exception):
    def __init__(self, reasons, time):
        super().__init__(reasons)
        self.reasons, self.time = reasons, time


class Bid:
    def __init__(self, command, sequence, expiry):
        self.id, self.host, self.owner = command["id"], command["host"], command["owner"]
        self.currency, self.price, self.oc = command["currency"], command["price"], command["oc"]
        self.image, self.env = command.get("image"), command.get("env")
        self.cached = False  # 9: "a new bid's image is not cached"
        self.sequence, self.expiry = sequence, expiry
        self.pending = None  # price and profiles of a pending edit
        self.is_cancelled = False  # whether a cancel is pending
        self.used = 0  # sum of price x milliseconds, over all runs
        self.due = self.fee = 0  # charged so far

    def accepted_terms(self):
        return self.pending or (self.price, self.oc)

    def take_up(self, terms):
        self.price, self.oc = terms
        self.pending = None

    def limits(self):
        return sum(entry["pl"] for entry in self.oc)


class Run:
    def __init__(self, bid, now):
        self.bid, self.charged_until = bid, now
        self.first_won = None  # time of the first close that the run won
        self.has_worsened = False


class Host:
    def __init__(self, id):
        self.id, self.run = id, None
        self.online, self.on_demand_rented, self.working_properly = True, False, True

    def trouble(self):
        """Returns why no bid can run here, in the order of section 5."""
        if not self.online:
            return "host_offline"
        if self.on_demand_rented:
            return "host_on_demand_rented"
        return None if self.working_properly else "host_malfunctioning"


class Market:
    """A live market. Options are texts, as on the command line. Limits are those of section 11."""

    def __init__(self, reserve="0", switch_margin="0", switch_margin_ppm="0", dwell_min="0", require_cached=False,
                 refill="at_close", queue_unavailable=False, rate_age_max=None, interval_min="1",
                 time_step_max="2592000000", main_currency="CLORE-Blockchain", host_bids_max=4096, owner_bids_max=16,
                 currencies_max=16, gpus_max=32, name_bytes_max=128, hosts_max=None, bids_max=None,
                 price_min=PRICE_MIN, price_max=PRICE_MAX):
        self.reserve = count_of(reserve, RESERVE, exact=True)
        self.margin = count_of(switch_margin, MARGIN, exact=True)
        self.ppm = count_of(switch_margin_ppm, PPM, exact=True)
        self.dwell_min, self.interval_min = int(dwell_min), int(interval_min)
        self.time_step_max = int(time_step_max)
        self.rate_age_max = None if rate_age_max is None else int(rate_age_max)
        self.require_cached, self.queue_unavailable = require_cached, queue_unavailable
        self.refills_at_once = refill == "at_once"
        self.main = main_currency
        self.host_bids_max, self.owner_bids_max, self.currencies_max = host_bids_max, owner_bids_max, currencies_max
        self.hosts_max, self.bids_max = hosts_max, bids_max
        self.price_min, self.price_max = price_min, price_max  # counts of 1e-8 coin per day
        self.gpus_max, self.name_bytes_max = gpus_max, name_bytes_max

        self.now, self.has_begun = 0, False
        self.last_close = None
        self.commands, self.sequence = 0, 0
        self.currencies = {self.main}  # 7: "the main currency exists from the start"
        self.rates = {}  # currency -> (rate, time of its command)
        self.fees = {}  # currency -> parts per million, fixed by its first `rate`
        self.hosts, self.bids = {}, {}
        self.events = []
        self.seen = collections.Counter()  # how often each case of a choice occurred

    # Commands in, events out.

    def feed(self, data):
        """Returns all events of a stream of bytes."""
        for line in data.split(b"\n"):
            self.take(line)
        return self.events

    def take(self, line):
        """Returns the events of one line."""
        before = len(self.events)
        line = line.removeprefix(b"\xef\xbb\xbf")  # 12: "A UTF-8 byte-order mark is ignored."
        if line.strip(b" \t\r"):  # 9: "Every line that is not blank is one command, including malformed lines."
            self.commands += 1
            try:
                command = self.admit(line)
                self.now, self.has_begun = command["time"], True
                self.tell("accepted")  # 9: "one per accepted command, first"
                getattr(self, "do_" + command["op"])(command)
            except Rejected as rejected:
                self.events.append({"event": "rejected", "time": rejected.time, "command": self.commands,
                                    "reasons": rejected.reasons})
        return self.events[before:]

    def tell(self, event, **more):
        self.events.append({"event": event, "time": self.now, "command": self.commands, **more})

    # Rejections. 9: "The first stage that fails determines the error".

    def admit(self, line):
        try:
            shape = shape_of(line)  # stage 1
            time = count_of(shape["time"], WHOLE, exact=True)  # stage 2
            if time < self.now:
                raise Problem("time_went_backwards")
            # 7: "The first accepted command sets the clock"; after that, a step above `time_step_max` is rejected
            if self.has_begun and time - self.now > self.time_step_max:
                raise Problem("time_too_far")
        except Problem as problem:
            # 9: "carries the command's own time, except in stages 1 and 2, where it carries the market's"
            raise Rejected([reason(problem.code)], self.now) from None
        try:
            command = dict(counts_of(shape), time=time)  # stage 3
            self.check_known(command)
            self.check_available(command)
        except Problem as problem:
            raise Rejected([reason(problem.code)], time) from None
        violations = self.violations(command)
        if violations:
            raise Rejected(violations, time)
        if self.is_too_much(command):
            raise Rejected([reason("limit_reached")], time)
        return command

    def check_known(self, command):
        """Returns the problem of stage 4, or None."""
        op = command["op"]
        if op == "rate":
            # 7: "A later `rate` with a different fee is rejected"
            fee = self.fees.get(command["currency"])
            if fee is not None and command.get("fee_ppm", fee) != fee:
                raise Problem("fee_changed")
        elif op == "host":
            known = self.hosts.get(command["id"])
            # 7: "a different number of GPUs or a different model"; "an absent model differs from a named one, and an empty
            # name counts as absent"
            if known and [gpu["model"] or None for gpu in known.gpus] != [gpu["model"] or None for gpu in command["gpus"]]:
                raise Problem("gpus_changed")
        elif op in ("host_status", "energy_price", "remove_host"):
            if command["id"] not in self.hosts:
                raise Problem("host_unknown")
        elif op == "bid":
            # 9: "for a bid the order is `bid_exists`, `host_unknown`, `currency_unknown`"; 7: "its id remains taken until
            # the bid is gone"
            if command["id"] in self.bids:
                raise Problem("bid_exists")
            if command["host"] not in self.hosts:
                raise Problem("host_unknown")
            # 7: "A currency exists once the marketplace has named it in a `rate` command"; "A bid in any other currency is
            # rejected (`currency_unknown`)"
            if command["currency"] not in self.currencies:
                raise Problem("currency_unknown")
        elif op in ("edit", "cached", "cancel", "revoke"):
            bid = self.bids.get(command["id"])
            # 7: "A bid whose cancel is pending is unknown to all further commands except `revoke`"
            if bid is None or bid.is_cancelled and op != "revoke":
                raise Problem("bid_unknown")
            if op in ("edit", "cancel") and command.get("owner", bid.owner) != bid.owner:
                raise Problem("not_owner")
        elif op == "close":
            # 7: "at least policy `interval_min` after the previous close; a sooner one is rejected"
            if self.last_close is not None and command["time"] - self.last_close < self.interval_min:
                raise Problem("close_too_soon")

    def check_available(self, command):
        """Returns the problem of stage 5, or None."""
        if command["op"] == "bid" and self.hosts[command["host"]].trouble():
            self.seen["host unavailable, " + ("queued" if self.queue_unavailable else "rejected")] += 1
            if not self.queue_unavailable:
                raise Problem("host_unavailable")

    def violations(self, command):
        """Returns the problems of stage 6."""
        if command["op"] == "host":
            return range_violations(command["gpus"])
        if command["op"] == "bid":
            host, profiles = self.hosts[command["host"]], command.get("oc", [])
            return self.bid_violations(host, profiles, command["price"], command["currency"], command.get("image"),
                                       command.get("env"), command["time"])
        if command["op"] == "edit":
            # 7: "An edit is validated as the complete bid that it produces."
            bid = self.bids[command["id"]]
            _, profiles = self.edited(bid, command)
            return self.bid_violations(self.hosts[bid.host], profiles, command["price"], bid.currency, bid.image,
                                       bid.env, command["time"])
        return []

    def bid_violations(self, host, profiles, price, currency, image, environment, now):
        """Returns what section 3 reports: the overclock rows, then the price rows, then the workload rows."""
        found = overclock_violations(host.gpus, profiles)
        if price == 0:
            found.append(reason("price_not_positive"))  # 3: "No other price row is then reported."
        else:
            worth = self.worth(price, currency, now)
            if worth is not None:
                main_rate = self.unit(currency, now)
                rows = (
                    ("price_below_market_minimum", worth < self.price_min * main_rate),
                    ("price_above_market_maximum", worth > self.price_max * main_rate),
                    ("price_below_host_minimum", worth < host.min_bid * main_rate),
                )
                found += [reason(code) for code, fails in rows if fails]
        return found + workload_violations(image, environment)

    def is_too_much(self, command):
        """Returns the problem of stage 7, or None. 11: every limit is "checked on entry"."""
        if command["op"] == "rate" and command["currency"] not in self.currencies:
            if len(self.currencies) >= self.currencies_max or size(command["currency"]) > self.name_bytes_max:
                return True
        if command["op"] == "host":
            names = [gpu["model"] for gpu in command["gpus"] if gpu["model"] is not None]
            is_one_too_many = self.hosts_max is not None and command["id"] not in self.hosts and len(self.hosts) >= self.hosts_max
            return (len(command["gpus"]) > self.gpus_max or any(size(name) > self.name_bytes_max for name in names)
                    or is_one_too_many)
        if command["op"] == "bid":
            bids = self.bids_of(command["host"])
            own = [bid for bid in bids if bid.owner == command["owner"]]
            return (len(bids) >= self.host_bids_max or len(own) >= self.owner_bids_max
                    or self.bids_max is not None and len(self.bids) >= self.bids_max)
        return False

    # Effects of commands.

    def do_rate(self, command):
        currency = command["currency"]
        self.currencies.add(currency)
        self.fees.setdefault(currency, command.get("fee_ppm", 0))  # 7: "fixed by the first `rate` command of its currency"
        if "usd" in command:
            self.rates[currency] = command["usd"], self.now
        else:
            self.rates.pop(currency, None)  # 7: "withdraws the rate; the fee remains"

    def do_host(self, command):
        host = self.hosts.setdefault(command["id"], Host(command["id"]))
        # 7: "Absent fields take their defaults, except that absent status flags keep their present value"
        host.gpus, host.energy_price = command["gpus"], command["energy_price"]
        host.min_bid, host.base_power = command.get("min_bid", 0), command.get("base_power", 0)
        host.max_rental_length = command.get("max_rental_length", RENTAL_DAYS_MAX * DAY // 1000)
        self.do_host_status(command)

    def do_host_status(self, command):
        host = self.hosts[command["id"]]
        for name in FLAGS:
            setattr(host, name, command.get(name, getattr(host, name)))
        if host.run:
            # 7: stops at once: unavailable, or "new capabilities make the running bid's present terms invalid"
            if host.trouble():
                self.stop(host, host.trouble())
            elif overclock_violations(host.gpus, host.run.bid.oc):
                self.stop(host, "overclock_invalid")
        self.refill(host)

    def do_energy_price(self, command):
        host = self.hosts[command["id"]]
        host.energy_price = command["usd"]
        self.refill(host)

    def do_remove_host(self, command):
        host = self.hosts[command["id"]]
        if host.run:
            host.run.bid.is_cancelled = False  # it is removed below, once
            self.stop(host, "host_removed")
        for bid in self.bids_of(host.id):  # 9: "all bids of the host (including one with a pending cancel), by ascending id"
            self.remove(bid, "removed")
        del self.hosts[host.id]

    def do_bid(self, command):
        host = self.hosts[command["host"]]
        # 7: "A bid expires at placement + min(the host's maximum rental length, 20 days)."
        expiry = self.now + min(host.max_rental_length * 1000, RENTAL_DAYS_MAX * DAY)
        self.bids[command["id"]] = Bid(command, self.next_sequence(), expiry)
        self.refill(host)

    def do_edit(self, command):
        bid = self.bids[command["id"]]
        host = self.hosts[bid.host]
        terms = self.edited(bid, command)
        bid.sequence = self.next_sequence()
        if self.is_running(bid):
            bid.pending = terms  # 7: "An accepted edit of a running bid is pending"
        else:
            bid.take_up(terms)  # 7: "Edits and cancels of a waiting bid take effect at once."
        self.refill(host)

    def do_cached(self, command):
        bid = self.bids[command["id"]]
        bid.cached = command["cached"]
        self.refill(self.hosts[bid.host])

    def do_cancel(self, command):
        bid = self.bids[command["id"]]
        if self.is_running(bid):
            bid.is_cancelled = True  # 7: "An accepted cancel of a running bid is pending too"
        else:
            self.remove(bid)
        self.refill(self.hosts[bid.host])

    def do_revoke(self, command):
        bid = self.bids[command["id"]]
        host = self.hosts[bid.host]
        if self.is_running(bid):
            bid.is_cancelled = False  # it is removed below, once
            self.stop(host, "revoked")
        self.remove(bid, "removed")
        self.refill(host)

    def do_close(self, command):
        """Does the steps of a close, in the order of section 7."""
        hosts = [self.hosts[id] for id in sorted(self.hosts)]
        for host in hosts:
            if host.run:
                self.charge(host)
        for host in hosts:
            for bid in self.bids_of(host.id):
                self.end_at_close(host, bid)
        edited = [host for host in hosts if host.run and host.run.bid.pending]
        for host in edited:
            self.take_up_edit(host.run)
        for host in hosts:
            self.select(host, host in edited)
        self.last_close = self.now

    def end_at_close(self, host, bid):
        if bid.is_cancelled:  # 7: "cancelled takes precedence"
            self.stop(host, "cancelled")
        elif self.now >= bid.expiry:  # 7: "removed at the first close at or after that time"
            if self.is_running(bid):
                self.stop(host, "expired")
            self.remove(bid, "expired")  # 9: "preceded by `stopped` if it was running"

    def take_up_edit(self, run):
        bid = run.bid
        price, watts = bid.price, bid.limits()
        bid.take_up(bid.pending)
        # 6: worsened: "the terms that took effect at a close since the run began had a lower price or more watts"
        if bid.price < price or bid.limits() > watts:
            run.has_worsened = True

    # Runs.

    def start(self, host, bid, is_close):
        host.run = Run(bid, self.now)
        if is_close:
            host.run.first_won = self.now  # 6: "A run wins the close at which it starts"
        self.seen["started at a close" if is_close else "started at once"] += 1
        self.tell("started", host=host.id, bid=bid.id, profit=decimal(self.profit(host, bid), 20))

    def stop(self, host, why):
        """Ends a run. Pending edits and cancels take effect."""
        self.charge(host)  # 9: "A run is charged before it is stopped."
        bid = host.run.bid
        self.tell("stopped", host=host.id, bid=bid.id, reason=why)
        host.run = None
        # 7: "If the run stops earlier for another reason, whatever is pending takes effect then."
        if bid.is_cancelled:
            self.remove(bid, "removed")  # 9: "a running bid whose cancel takes effect, after its `stopped`"
        elif bid.pending:
            self.seen["edit took effect at a stop"] += 1
            bid.take_up(bid.pending)

    def charge(self, host):
        """Charges by section 8: cumulative sums over all runs of the bid."""
        run, bid = host.run, host.run.bid
        bid.used += bid.price * (self.now - run.charged_until)
        run.charged_until = self.now
        due = -(-bid.used // DAY)  # 8: "rounded up, so that nothing is free"
        fee = due * self.fees.get(bid.currency, 0) // 10**6
        if due > bid.due:  # 8: "A charge of 0 produces no event."
            self.tell("charged", host=host.id, bid=bid.id, owner=bid.owner, currency=bid.currency,
                      amount=decimal(due - bid.due, 8), fee=decimal(fee - bid.fee, 8))
        bid.due, bid.fee = due, fee

    def refill(self, host):
        # 7: the host that the command names "selects at once", "if it is available and has no run"
        if self.refills_at_once and not host.trouble() and not host.run:
            self.select(host, is_close=False)

    def select(self, host, is_edited=False, is_close=True):
        """Lets a host select by section 6, at a close or between two."""
        run = host.run
        chosen, why = self.choose(host)
        if run and chosen is run.bid:
            if run.first_won is None:
                run.first_won = self.now  # 6: "the first close that leaves it in place"
            if is_edited:
                self.tell("changed", host=host.id, bid=chosen.id, profit=decimal(self.profit(host, chosen), 20))
            return
        if run:
            self.stop(host, why)  # 9: "A switch is `stopped` for the old bid, then `started` for the new one."
        if chosen:
            self.start(host, chosen, is_close)

    def choose(self, host):
        """Returns the bid that runs from now on, or None, and why the incumbent stops if another bid runs."""
        run = host.run
        eligible = [bid for bid in self.bids_of(host.id) if self.obstacle(host, bid) is None]
        challengers = [bid for bid in eligible if not run or bid is not run.bid]
        # 6: "the highest profit wins", then "the bid that has been unchanged for longer"
        best = min(challengers, key=lambda bid: (-self.profit(host, bid), bid.sequence), default=None)
        if best and [self.profit(host, bid) for bid in challengers].count(self.profit(host, best)) > 1:
            self.seen["challengers tie"] += 1
        if not run:
            return best, None
        if run.bid not in eligible:
            return best, self.obstacle(host, run.bid)
        if best and self.replaces(host, best):
            return best, "outbid"
        return run.bid, None

    def replaces(self, host, challenger):
        """Decides by section 6, "Switching", if the incumbent is eligible."""
        run, present = host.run, self.profit(host, host.run.bid)
        lead = self.profit(host, challenger) - present
        passes_margin, passes_ppm = lead > self.margin, lead * 10**6 > self.ppm * abs(present)
        is_protected = run.first_won is not None and run.first_won > self.now - self.dwell_min
        if run.first_won is None or run.has_worsened:  # 6: "Neither dwell nor margin protects" it
            if lead > 0 and (is_protected or not passes_margin or not passes_ppm):
                self.seen["not protected, " + ("worsened" if run.has_worsened else "no close won")] += 1
            return lead > 0
        if is_protected:
            if lead > 0:
                self.seen["kept by dwell"] += 1
            return False
        if lead == 0:
            self.seen["incumbent ties"] += 1
        elif lead > 0:
            for name, passes, is_equal in (("margin", passes_margin, lead == self.margin),
                                           ("ppm", passes_ppm, lead * 10**6 == self.ppm * abs(present))):
                if not passes:
                    self.seen["kept by %s%s" % (name, ", exactly" if is_equal else "")] += 1
        return passes_margin and passes_ppm

    # Computed from the market as it is now.

    def next_sequence(self):
        self.sequence += 1
        return self.sequence

    def remove(self, bid, event=None):
        del self.bids[bid.id]
        if event:
            self.tell(event, host=bid.host, bid=bid.id)

    def bids_of(self, host):
        return [self.bids[id] for id in sorted(self.bids) if self.bids[id].host == host]

    def is_running(self, bid):
        run = self.hosts[bid.host].run
        return run is not None and run.bid is bid

    def edited(self, bid, command):
        # 7: "Each edit changes what it names and keeps the rest as last accepted"
        _, profiles = bid.accepted_terms()
        return command["price"], command.get("oc", profiles)

    def rate(self, currency, now=None):
        """Returns the rate in 1e-12 USD, or None."""
        now = self.now if now is None else now
        rate, time = self.rates.get(currency, (None, 0))
        # 5: a rate older than `rate_age_max` counts as missing
        if rate is not None and self.rate_age_max is not None and now - time > self.rate_age_max:
            self.seen["rate too old"] += 1
            return None
        return rate

    def unit(self, currency, now):
        """Returns the factor with which a limit in the main currency is compared with `worth`."""
        return 1 if currency == self.main else self.rate(self.main, now)

    def worth(self, price, currency, now):
        # 3: "a bid in another currency is compared in USD at the latest rates, without fees. If one of the two rates is
        # missing, the rows are skipped"
        if currency == self.main:
            return price
        own, main = self.rate(currency, now), self.rate(self.main, now)
        return None if own is None or main is None else price * own

    def profit(self, host, bid):
        """Returns the profit of section 4 in 1e-20 USD per day, or None if a rate is missing."""
        rate = self.rate(bid.currency)
        if rate is None:
            return None
        net_rate = rate * (10**6 - self.fees[bid.currency]) // 10**6
        watts = bid.limits() + host.base_power
        return bid.price * net_rate - watts * 24 * host.energy_price * 10**8

    def obstacle(self, host, bid):
        """Returns why a bid is not eligible by section 5, or None."""
        profit = self.profit(host, bid)
        worth, main_rate = self.worth(bid.price, bid.currency, self.now), self.unit(bid.currency, self.now)
        is_main = bid.currency == self.main
        rules = (
            (host.trouble(), host.trouble()),
            ("bid_expired", self.now >= bid.expiry),
            ("overclock_invalid", overclock_violations(host.gpus, bid.oc)),
            ("price_below_market_minimum", worth is not None and worth < self.price_min * main_rate),
            ("price_below_host_minimum", worth is not None and worth < host.min_bid * main_rate),
            ("not_cached", self.require_cached and not bid.cached),
            ("rate_missing", profit is None or not is_main and self.rate(self.main) is None),
            ("below_reserve", profit is not None and profit < self.reserve),
        )
        found = next((name for name, fails in rules if fails), None)
        self.seen["obstacle " + str(found)] += 1
        return found


def reduced(event):
    """Returns an event as it is compared: only the code and the GPU of each reason."""
    if "reasons" not in event:
        return event
    reasons = [{name: given[name] for name in ("code", "gpu") if name in given} for given in event["reasons"]]
    return dict(event, reasons=reasons)


def line_of(event):
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))
