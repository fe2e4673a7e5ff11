"""Draws markets for the tests of the tool: small ones, full of near-ties and odd spellings of numbers."""
import json
import re

CURRENCIES = ("CLORE-Blockchain", "bitcoin", "usd-coin", "none", 'q"u,o\\t\u00e9\n')


class Raw(str):
    """A text that is written to the document unchanged."""


def text_of(value):
    if isinstance(value, Raw):
        return value
    if isinstance(value, dict):
        return "{" + ",".join(text_of(key) + ":" + text_of(field) for key, field in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(text_of, value)) + "]"
    return json.dumps(value)


def spelled(rng, count, decimals):
    """Spells `count` units of 10^-decimals in one of several ways, sometimes with digits that are rounded away."""
    sign, count = "-" if count < 0 else "", abs(count)
    tail = rng.choice(("", "", "", "0", "4", "49", "000000000000000000000000000000001"))
    if tail == "" and count % 2 == 0 and rng.random() < 0.2:
        tail = "5"  # half a unit, which is rounded to even
    if tail == "" and count % 2 == 1 and rng.random() < 0.2:
        count, tail = count - 1, "50000000000000000000000000000001"
    digits = str(count)
    way = rng.randrange(4)
    if way == 0:
        return Raw("%s%s%se-%d" % (sign, digits, "." + tail if tail else "", decimals))
    if way == 1:
        return Raw("%s0.%s%sE%+d" % (sign, digits, tail, len(digits) - decimals))
    if way == 2 and count % 10**decimals == 0 and tail.strip("0") == "":
        return Raw("%s%d" % (sign, count // 10**decimals))
    digits = digits.rjust(decimals + 1, "0")
    fraction = digits[len(digits) - decimals :] + tail
    return Raw(sign + digits[: len(digits) - decimals] + ("." + fraction if fraction else ""))


def spelled_money(rng, count, decimals):
    """Spells money as a number or as a string."""
    number = spelled(rng, count, decimals)
    return str(number) if rng.random() < 0.15 else number


def spelled_ends(rng, least, most):
    """Spells the ends of a range, sometimes with digits that are rounded away: a minimum up, a maximum down."""
    tail = rng.choice(("5", "00000000000000000000001", "999"))
    if least > 0 and rng.random() < 0.1:
        least = Raw("%d.%s" % (least - 1, tail))
    if rng.random() < 0.1:
        most = Raw("%d.%s" % (most, tail))
    return [least, most]


def make_bid(rng, bid_id, machine_watts, grid):
    """Draws a bid. Prices and watts are on one grid, so that many profits are equal or differ by a unit."""
    steps = rng.randrange(4)
    watts = machine_watts + steps * grid["watts"]
    currency = rng.choices(CURRENCIES, (12, 3, 2, 1, 1))[0]
    price = grid["price"] + steps * grid["price_step"] + rng.choice((0, 0, 0, 0, 1, -1, 10**6, -(10**6)))
    if currency == "bitcoin":
        price = price // 5000  # at 50 USD and 0.01 USD per coin
    elif currency == "usd-coin":
        price = price // 100
    fields = {
        "owner": rng.randrange(1, 5),
        "id": bid_id,
        "active": rng.random() < grid["active"],
        "cached": rng.random() < 0.7,
        "price": spelled_money(rng, max(price, 0), 8),
        "currency": currency,
        "pl": spelled(rng, watts, 0),
    }
    if rng.random() < grid["made_up"]:
        fields["currency"] = "c%d" % rng.randrange(40)  # more than a market holds
    if rng.random() < 0.05:
        fields["price"] = Raw(rng.choice(("0", "1e-5", "9.9999e-5", "0.0001", "-0", "5001", "1000000", "1e-400", "5e-9")))
    if rng.random() < 0.05:
        fields["pl"] = Raw(rng.choice(("0", "1", "1000000", "-0.0", "1e1")))
    if rng.random() < 0.3:
        fields = dict(rng.sample(sorted(fields.items()), len(fields)))
    return fields


def make_machine(rng, host, bids_max):
    gpus = rng.randrange(1, 4)
    least = [rng.choice((70, 100)) for _ in range(gpus)]
    grid = {"watts": rng.choice((10, 25)), "active": rng.choice((0, 0.3, 0.6)), "made_up": rng.choice((0,) * 7 + (0.9,))}
    energy = rng.choice((0, 50, 100, 123, -50)) * 10**6  # 1e-9 USD per kWh
    # This many 1e-8 coins pay for a step of the watts exactly, at 0.01 USD per coin. If energy is below 0, prices fall.
    grid["price_step"] = grid["watts"] * 24 * energy // 10**2 // 10**2
    grid["price"] = rng.choice((20, 60, 100, 400)) * 10**8
    first_id = rng.choice((1, 500_000, 2**53 - 100))
    ids = rng.sample(range(first_id, first_id + 40), rng.randrange(bids_max + 1))
    machine = {
        "bids": [make_bid(rng, bid_id, sum(least), grid) for bid_id in ids],
        "on_demand_rented": rng.random() < 0.05,
        "online": rng.random() < 0.95,
        "cpu": "Xeon \\ \"\u00e9\" \u4e2d",
        "gpus": [{"pl": spelled_ends(rng, low, low + rng.choice((0, 60, 300, 300))), "mem_lock": [405, 7001], "mem_offset": [-2000, Raw("2e3")],
                  "model": "GTX 1660 SUPER"} for low in least],
        "energy_price": spelled_money(rng, energy, 9),
        "made_up": [{"field": None}, "\ud83d\ude00", Raw("1e999")],
    }
    if rng.random() < 0.7:
        machine["min_bid"] = spelled_money(rng, rng.choice((0, 1, 20 * 10**8, 20 * 10**8 + 1, 60 * 10**8)), 8)
    if rng.random() < 0.2:
        machine["base_power"] = spelled(rng, rng.choice((0, 1, 97)), 0)
    if rng.random() < 0.7:
        machine["working_properly"] = rng.random() < 0.95
    return machine


ODD_VALUES = ('null', 'true', '"text"', '"\\ud800"', '-1', '1e400', '0.5', '1.5', '-1e-9', '2.5', '9007199254740993', '1e15',
              '-1000.0000000001', '1000001', '[]', '{}', '[1]', '[2,1]', '[0.6,0.4]', '[1.2,1.8]', '"0.5"', '"1e"', '"-1"', '[1,2,3]', '[null,1]', '[1,[]]', '"\\u0035"', '[{}]', '[[]]',
              '"' + "x" * 129 + '"', '[' + '{"pl":[1,2]},' * 32 + '{"pl":[1,2]}]')


BID_FAULTS = (("owner", Raw("2.5")), ("id", Raw("-1")), ("pl", "a lot"), ("price", "12 coins"), ("price", Raw('"\\ud800"')),
              ("currency", Raw('"\\ud800"')), ("currency", "x" * 129), ("active", 1), ("price", None))

# What no rule uses.
FACTS = {"cores": 8, "threads": 16, "ram": 62.5, "cuda": "12.4", "cc": "FI", "host": 2525, "reliability": 0.9}


def spoil(rng, machine):
    """Makes one field of a machine unusual, and mostly wrong."""
    inner = [list(machine[name]) for name in ("gpus", "bids") if isinstance(machine.get(name), list)]
    target = rng.choice([machine] + [rng.choice(items) for items in inner if items])
    if target is machine and rng.random() < 0.3:
        target.update(rng.sample(sorted(FACTS.items()), rng.randrange(1, len(FACTS))))
    key = rng.choice(sorted(target))
    way = rng.randrange(4)
    if rng.random() < 0.03:
        machine["gpus"] = [{"pl": [1, 2]}] * rng.choice((32, 33))
    elif way == 0:
        del target[key]
    elif way == 1 and isinstance(machine.get("bids"), list) and machine["bids"]:
        machine["bids"].append(dict(rng.choice(machine["bids"])))  # two bids with one id
        if rng.random() < 0.5:
            machine["bids"][-1].update([rng.choice(BID_FAULTS)])
    else:
        target[key] = Raw(rng.choice(ODD_VALUES))


def make_market(rng, hosts_max=8, bids_max=8):
    text = []
    for host in rng.sample(range(1, 30), rng.randrange(hosts_max + 1)):
        machine = make_machine(rng, host, bids_max)
        while rng.random() < 0.3:
            spoil(rng, machine)
        good, odd = (str(host), "%d.0" % host, "%de0" % host, "1"), ("x", "-1", "01", "1.5", "")
        # A document in which no entry is a machine would be rejected as a whole.
        key = rng.choice(good[:1] * 40 + good[1:] + (odd if text else ()))
        fields = text_of(machine)
        if rng.random() < 0.1:  # two equal keys: the first counts
            fields = '{"online":%s,' % rng.choice(("true", "false", "null", "1")) + fields[1:]
        text.append(text_of(key) + ":" + fields)
    end = rng.choice(("\n", "\n", "\n", "\r\n"))
    mark = rng.choice(("", "", "", "\ufeff"))  # some programs put a mark in front of UTF-8
    return mark + "{" + ("," + end).join(text) + "}" + end


def make_options(rng):
    """Draws keyword arguments of the oracle."""
    options = {"usd_per_coin": rng.choice(("0.01", "0.01", "0.010000000001", "0.0071", "1e-2", "1000000", "0.0099999999995", "0.0100000000005"))}
    options["rates"] = [rate for rate in ("bitcoin=50", "usd-coin=1.0", CURRENCIES[4] + "=0.01", "a=b=2") if rng.random() < 0.6]
    if rng.random() < 0.3:
        options["reserve"] = rng.choice(("0.2", "-1", "0.00000000000000000001", "-0.00000000000000000001", "1e9"))
    if rng.random() < 0.6:
        options["switch_margin"] = rng.choice(("0.01", "0.1", "0.0001", "0.00000000000000000001", "1e-2"))
    if rng.random() < 0.4:
        options["switch_margin_ppm"] = rng.choice(("20000", "1", "1000000", "500"))
    if rng.random() < 0.3:
        options["require_cached"] = True
    if rng.random() < 0.1:
        options["main_currency"] = "usd-coin"
        options["rates"] = [rate for rate in options["rates"] if not rate.startswith("usd-coin")]
    if rng.random() < 0.3:
        options["fees"] = [fee for fee in ("CLORE-Blockchain=25000", "bitcoin=2.5%", "usd-coin=1000000", "none=1", "a=b=0.0001%")
                           if rng.random() < 0.5]
    if rng.random() < 0.1:
        options["base_power"] = rng.choice(("0", "1", "97", "1000000"))
    if rng.random() < 0.1:
        options["price_min"] = rng.choice(("0", "0.00000001", "59.9999", "60", "100"))
    if rng.random() < 0.1:
        options["price_max"] = rng.choice(("100", "400", "1000000"))
    return options


def arguments(options):
    """Returns the same options as arguments of the tool."""
    words = []
    for name, value in options.items():
        option = "--" + {"rates": "rate", "fees": "fee", "hosts": "host"}.get(name, name).replace("_", "-")
        if value is True:
            words.append(option)
        elif isinstance(value, (list, tuple)):
            for item in value:
                words += [option, item]
        else:
            words += [option, value]
    return words


NAMED_MOST = 10  # machines, bids or fields of one kind that standard error names
LINES = re.compile(r"gigaspot: (?:(warning): (.+)|(skipped) bid (?:\d+ )?of host (\d+): (bids[^ ]*): .+|"
                   r"(skipped) ([^:]*): .+|(skipped) (\d+) more (bids|machines)|(note): .+)")


def passed_over(err):
    """Reads what standard error says: the warnings, how many machines were skipped, and the (host, path) of skipped bids."""
    warnings, machines, bids = [], 0, []
    for line in err.splitlines():
        found = LINES.fullmatch(line)
        assert found, err
        if found[1]:
            warnings.append(found[2])
        elif found[3]:
            bids.append((int(found[4]), found[5]))
        elif found[6]:
            machines += 1
        elif found[8]:
            machines += int(found[9]) if found[10] == "machines" else 0
            bids += [None] * int(found[9]) if found[10] == "bids" else []
    return warnings, machines, bids


def kinds_of(judged, machine):
    """Returns what is special about a machine, so that tests can count how often it occurred."""
    kinds = {
        "energy below 0": machine["energy_price"] < 0,
        "base power": machine.get("base_power", 0) or judged.base_power,
        "several currencies": len({bid["currency"] for bid in machine["bids"]}) > 1,
        "a rate is missing": any(judged.lacks_rate(machine, bid) for bid in machine["bids"]),
        "a fee": judged.fees,
    }
    return [kind for kind, holds in kinds.items() if holds]


KINDS = ("energy below 0", "base power", "several currencies", "a rate is missing", "a fee")


def skipped_bids_of(answer):
    """Reads the bids that an answer in JSON could not read, as the oracle has them."""
    return [(each["host"], each["path"], each["problem"], each["bid"]) for each in answer["skipped_bids"]]


def for_people(text):
    return "".join("?" if ord(c) < 0x20 or 0x7f <= ord(c) < 0xa0 else c for c in text)


def wanted_of(judged, options, owner=None, without=(), currencies=(), machines=True):
    """Returns what standard error must say. Bids of the owner do not compete; `currencies` are asked for."""
    counts = {}
    for machine in judged.machines.values():
        for bid in machine["bids"]:
            if bid["id"] not in without and bid["owner"] != owner and judged.lacks_rate(machine, bid):
                counts[bid["currency"]] = counts.get(bid["currency"], 0) + 1
    warnings = []
    if counts:
        total = sum(counts.values())
        names = ["%s (%d)" % (name, counts[name]) if counts[name] > 1 else name for name in judged.currencies if name in counts]
        warnings.append("%s not compared, for lack of a rate: %s" % (
            "1 bid was" if total == 1 else "%d bids were" % total, for_people(", ".join(names))))
    used = judged.used | set(currencies)
    shown = ", ".join(name for name in judged.currencies if name in used)
    for option, values in (("rate", options.get("rates", ())), ("fee", options.get("fees", ()))):
        for name in (value.rpartition("=")[0] for value in values):
            if shown and name not in used:
                warnings.append(for_people("--%s %s: no bid uses this currency; they use %s" % (option, name, shown)))
    bids = [(host, path) for host, path, *_ in judged.skipped_bids]
    return (warnings, len(judged.skipped) if machines else 0,
            bids[:NAMED_MOST] + [None] * len(bids[NAMED_MOST:]))
