"""A renter's bot: keeps a bid winning on the cheapest machine with a model of GPU.

It uses only Python's standard library. A machine counts if each of its GPUs has that model. Every two
seconds, the bot reads its orders. If it has none, it bids what wins the machine with the lowest
price per GPU. If its bid does not win, it raises the price to what wins, up to a limit.

usage: bot.py SERVER TOKEN_FILE GPU_MODEL WATTS_PER_GPU PRICE_PER_GPU_MAX
"""
import json
import sys
import time
import urllib.error
import urllib.request
from decimal import Decimal

CURRENCY = "CLORE-Blockchain"
IMAGE = "6771db990479c1fac87da6cc"


def ask(path, body=None, token=None):
    """Sends a request and returns the answer. Tries again if the server says so, or is away: the
    same request counts once within a minute."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(path if "://" in path else SERVER + path, data)
    if token:
        request.add_header("auth", token)
    while True:
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code not in (429, 503):
                sys.exit(f"bot.py: {path}: {error.read().decode()}")
            time.sleep(int(error.headers["Retry-After"]))
        except OSError:
            time.sleep(2)


def offers(machines):
    """Yields each machine that can be won: its price per GPU, id, price and number of GPUs."""
    for number, machine in machines.items():
        gpus = machine["gpus"]
        if machine["online"] and all(gpu["model"] == MODEL for gpu in gpus):
            to_win = ask(f"/page/hosts/{number}.json?watts={WATTS}")["to_win"][-1]
            if to_win["price"]:
                yield Decimal(to_win["price"]) / len(gpus), int(number), to_win["price"], len(gpus)


def place():
    market = ask("/v1/get_gigaspot", token=TOKEN)
    best = min(offers(ask(market["v1_snapshot_url"])), default=None)
    if best and best[0] <= PRICE_MAX:
        _, number, price, gpus = best
        order = {"currency": CURRENCY, "image": IMAGE, "renting_server": number, "price": price,
                 "oc": [{"pl": WATTS}] * gpus}
        done = ask("/v1/create_gigaspot_orders", [order], TOKEN)
        print(f"bids {price} for machine {number}:", done, flush=True)


def raise_price(order):
    price = order["price_to_win"]
    if price and Decimal(price) <= PRICE_MAX * len(order["oc"]):
        edit = {"order_id": order["id"], "price": price}
        done = ask("/v1/edit_gigaspot_orders", [edit], TOKEN)
        print(f"raises order {order['id']} to {price}:", done, flush=True)


if len(sys.argv) != 6:
    sys.exit(__doc__)
SERVER, TOKEN, MODEL = sys.argv[1].rstrip("/"), open(sys.argv[2]).read().strip(), sys.argv[3]
WATTS, PRICE_MAX = int(sys.argv[4]), Decimal(sys.argv[5])
while True:
    own = ask("/v1/my_orders", token=TOKEN)["orders"]
    for own_order in own:
        raise_price(own_order)
    if not own:
        place()
    time.sleep(2)
